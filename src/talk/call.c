/* How does a conversation go on the telephone? See call.h. */

#include "talk/call.h"

#include "talk/turn.h"

#define SILENCES_MAX  2
#define LANGUAGE_ASKS 2

static void say_all_slowly(struct turn *turn)
{
    for (size_t i = 0; i < turn->out->say_count; i++)
        turn->out->says[i].is_slow = true;
}

void call_goodbye(struct turn *turn)
{
    bool has_answers = turn->settled != 0;
    turn_say(turn, turn_words(turn, has_answers ? "call.goodbye" : "call.bye", NULL));
}

/* ---- The language, first of all ---- */

static size_t spoken_languages(const struct turn *turn, struct str *out)
{
    struct str all[LANGUAGES_MAX];
    size_t count = 0, known = phrasebook_languages(turn->script->phrases, all, LANGUAGES_MAX);
    for (size_t i = 0; i < known && count < SAYS_MAX; i++)
        if (str_eq(phrasebook_spoken(turn->script->phrases, all[i]), all[i]))
            out[count++] = all[i];
    return count;
}

/* Each language asks for itself: "For English press 1. हिन्दी के लिए दो दबाइए।" */
static void ask_language(struct turn *turn)
{
    struct str languages[LANGUAGES_MAX];
    struct str before = turn->out->next.language;
    size_t count = spoken_languages(turn, languages);
    turn->memory.call.chooses_language = true;
    for (size_t i = 0; i < count; i++) {
        turn->out->next.language = languages[i];
        const char *number = arena_printf(turn->arena, "number.%zu", i + 1).data;
        bool has_word = turn_has_words(turn, number);
        struct filling fillings[] = {
            {"number", has_word ? turn_words(turn, number, NULL) : arena_printf(turn->arena, "%zu", i + 1)},
            {NULL, {0}},
        };
        turn_say(turn, turn_words(turn, "call.language", fillings));
    }
    turn->out->next.language = before;
    if (count == 0)
        return;
    turn->out->says[count - 1].is_question = true;
    turn->out->says[count - 1].input = HINT_CHOICE;
}

static struct str chosen_language(struct turn *turn)
{
    struct str languages[LANGUAGES_MAX];
    size_t count = spoken_languages(turn, languages);
    int64_t number;
    if (str_to_int64(turn->text, &number) && number >= 1 && number <= (int64_t)count)
        return languages[number - 1];
    if (turn->command.command == COMMAND_LANGUAGE)
        return phrasebook_spoken(turn->script->phrases,
                                 phrasebook_language(turn->script->phrases, turn->command.language));
    return (struct str){0};
}

static void take_language(struct turn *turn)
{
    struct str language = chosen_language(turn);
    turn->out->kind = TURN_COMMANDED;
    if (language.len == 0 && ++turn->memory.misses < LANGUAGE_ASKS) {
        ask_language(turn);
        return;
    }
    turn->memory.misses = 0;
    turn->memory.call.chooses_language = false;
    if (language.len)
        turn_switch_language(turn, language, STR("wish"));
    turn_begin(turn);
}

/* ---- The end: a text message with the link ---- */

/* Whatever the words say, they go to the caller's number. */
static void text_status(struct turn *turn)
{
    bool is_done = turn->out->next.status == SESSION_COMPLETED;
    turn_answer_in(turn, MANNER_WRITTEN);
    /* Written, it goes to the number's owner, whoever calls. */
    struct str chart = is_done ? chart_lines(turn) : (struct str){0};
    turn->out->texts = true;
    turn->out->text_message = (struct outbound){
        .text = chart.len ? chart : turn_rest_words(turn),
        .language = turn->out->next.language,
    };
    if (chart.len)
        chart_show(turn, &turn->out->text_message);
    turn_answer_in(turn, MANNER_SPOKEN);
}

static void offer_text(struct turn *turn)
{
    /* Another question is open already. */
    if (turn->memory.asking == ASKING_CLOCK || turn->memory.asking == ASKING_AFTER)
        return;
    bool may_come = turn->flow->ends_with_chart && turn->out->next.status != SESSION_FAILED;
    bool has_link = may_come && turn->input->caller->can_be_texted;
    turn_say(turn, turn_words(turn, has_link ? "call.offer_text" : "call.bye", NULL));
    if (!has_link)
        return;
    turn->out->says[turn->out->say_count - 1].is_question = true;
    turn->out->says[turn->out->say_count - 1].input = HINT_CONFIRM;
    turn->memory.call.offers_text = true;
}

void call_rest(struct turn *turn)
{
    turn_rest(turn);
    offer_text(turn);
}

/* While the caller was asked the chart has come, as a rule: the last chance to say what is in it. */
static void say_essentials(struct turn *turn)
{
    enum session_status status = turn->out->next.status;
    if (turn->memory.has_told_waiting)
        return;
    if (status == SESSION_COMPLETED)
        turn_lead(turn, chart_words(turn));
    else if (status == SESSION_FAILED)
        turn_lead(turn, turn_rest_words(turn));
    turn->memory.has_told_waiting = session_is_finished(status);
}

/* True unless it was another wish altogether. */
static bool take_offer(struct turn *turn)
{
    struct utterance said = turn_utterance(turn, turn->text);
    struct confirmed confirmed = understand_confirm(turn->script->lexicon, &said, turn->arena);
    turn->memory.call.offers_text = false;
    turn->out->kind = TURN_COMMANDED;
    if (turn->input->kind == INPUT_WORDS && confirmed.confirmation == CONFIRM_YES &&
        turn->input->caller->can_be_texted) {
        text_status(turn);
        say_essentials(turn);
        turn_say(turn, turn_words(turn, "call.texted", NULL));
        return true;
    }
    if (turn->command.command != COMMAND_NONE)
        return false;
    say_essentials(turn);
    turn_say(turn, turn_words(turn, "call.bye", NULL));
    return true;
}

/* ---- The beginning, and what moved meanwhile ---- */

static void begin_call(struct turn *turn)
{
    const struct caller *caller = turn->input->caller;
    struct memory *memory = &turn->memory;
    bool is_new = turn->out->next.status == SESSION_STARTED && turn->settled == 0;
    memory->call =
        (struct call_memory){.id = caller->call, .turn = caller->turn, .began_ms = turn->input->now_ms};
    turn->out->kind = TURN_COMMANDED;
    if (turn_is_at_rest(turn)) {
        if (!after_asks_caller(turn))
            call_rest(turn);
        return;
    }
    if (is_new && !caller->is_known && !memory->has_chosen_language) {
        turn->out->kind = TURN_BEGAN;
        memory->misses = 0;
        ask_language(turn);
        return;
    }
    if (is_new) {
        turn_begin(turn);
        return;
    }
    /* What was in doubt in an earlier call, or in writing, is asked anew. */
    memory->candidates = NULL;
    memory->misses = 0;
    memory->asking = ASKING_NOTHING;
    if (return_asks_caller(turn))
        return;
    turn_lead(turn, turn_words(turn, "call.resumed", NULL));
    ask_open(turn);
}

static void ask_or_rest(struct turn *turn)
{
    turn->out->kind = TURN_COMMANDED;
    if (turn_is_at_rest(turn)) {
        call_rest(turn);
    } else if (turn->memory.call.chooses_language) {
        ask_language(turn);
    } else if (turn->out->next.status == SESSION_STARTED) {
        turn_begin(turn);
    } else {
        ask_again(turn);
    }
}

static void repeat_after(struct turn *turn, const char *words)
{
    turn_lead(turn, turn_words(turn, words, NULL));
    ask_or_rest(turn);
}

/* Something else than this call has answered, or finished, what the call was asked. */
static bool was_moved(const struct turn *turn)
{
    const struct memory *memory = &turn->memory;
    if (turn_is_at_rest(turn))
        return !memory->call.offers_text && memory->asking == ASKING_NOTHING;
    if (memory->call.chooses_language)
        return turn->out->next.status != SESSION_STARTED;
    return memory->asking != ASKING_NOTHING && memory->since > memory->call.asked;
}

static void take_silence(struct turn *turn)
{
    turn->out->kind = TURN_COMMANDED;
    if (++turn->memory.call.silences >= SILENCES_MAX)
        call_goodbye(turn);
    else
        repeat_after(turn, "other.silence");
}

/* ---- Keys and doubtful hearing ---- */

static size_t offers_open(struct turn *turn)
{
    struct choice offers[OUTBOUND_CHOICES_MAX];
    return ask_offers(turn, offers);
}

/* 0 asks for a person when pressed twice, 9 says it again slowly. */
static bool take_key(struct turn *turn, bool pressed_zero_before)
{
    bool is_keypad = turn->input->kind == INPUT_WORDS && turn->hearing == HEARD_KEYPAD;
    if (is_keypad &&
        (str_eq(turn->text, STR("00")) || (str_eq(turn->text, STR("0")) && pressed_zero_before))) {
        command_agent(turn);
        return true;
    }
    if (is_keypad && str_eq(turn->text, STR("0"))) {
        turn->memory.call.has_pressed_zero = true;
        repeat_after(turn, "call.zero");
        return true;
    }
    if (is_keypad && str_eq(turn->text, STR("9")) && offers_open(turn) < 9) {
        ask_or_rest(turn);
        say_all_slowly(turn);
        return true;
    }
    return false;
}

static bool take_doubtful(struct turn *turn)
{
    const struct step *step = turn_open_step(turn);
    enum asking asking = turn->memory.asking;
    if (!heard_is_unsure(turn) || turn_is_at_rest(turn) || turn->out->next.status == SESSION_STARTED)
        return false;
    if (asking == ASKING_HEARD)
        turn->memory.candidates = NULL;
    if (step && (asking == ASKING_STEP || asking == ASKING_WHICH || asking == ASKING_HEARD))
        call_miss(turn, step, turn_words(turn, "call.unclear", NULL));
    else
        miss_question(turn);
    return true;
}

/* What the call that is known here, on its next turn, has said. */
static bool settle_next(struct turn *turn)
{
    struct call_memory *call = &turn->memory.call;
    bool pressed_zero = call->has_pressed_zero;
    bool is_silence = turn->input->kind == INPUT_OTHER && turn->input->other == INBOUND_SILENCE;
    call->has_pressed_zero = false;
    if (was_moved(turn)) {
        call->chooses_language = false;
        repeat_after(turn, "call.moved");
        return true;
    }
    if (turn->input->caller->is_retry) {
        repeat_after(turn, "call.retry");
        return true;
    }
    if (is_silence && call->offers_text)
        return take_offer(turn);
    if (is_silence) {
        take_silence(turn);
        return true;
    }
    call->silences = 0;
    if (call->offers_text)
        return take_offer(turn);
    if (call->chooses_language) {
        take_language(turn);
        return true;
    }
    return take_key(turn, pressed_zero) || take_doubtful(turn);
}

bool call_settles(struct turn *turn)
{
    const struct caller *caller = turn->input->caller;
    struct call_memory *call = &turn->memory.call;
    if (!caller)
        return false;
    bool is_this = str_eq(call->id, caller->call);
    if (turn->input->kind == INPUT_BEGIN || call->id.len == 0) {
        begin_call(turn);
        return true;
    }
    /* Another call of the same number has gone on meanwhile, or an answer came to a question long closed. */
    if (!is_this || caller->turn <= call->turn) {
        if (!is_this)
            *call = (struct call_memory){
                .id = caller->call, .turn = caller->turn, .began_ms = turn->input->now_ms};
        ask_or_rest(turn);
        return true;
    }
    call->turn = caller->turn;
    return settle_next(turn);
}

void call_close(struct turn *turn)
{
    struct call_memory *call = &turn->memory.call;
    if (turn->out->wants_places || turn->out->begins) /* nothing is said yet, or another session says it */
        return;
    if (turn->out->kind == TURN_FINISHED)
        offer_text(turn);
    if (turn->out->say_count == 0)
        ask_or_rest(turn);
    if (turn->out->say_count == 0)
        call_goodbye(turn);
    call->asked = turn->memory.question;
    turn->out->call_turn = call->turn;
}
