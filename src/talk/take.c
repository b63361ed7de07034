/* How is an answer to the open question taken? */

#include "talk/turn.h"
#include "understand/normalise.h"

#define DATE_DIGITS 8

static void settle(struct turn *turn, const struct step *step)
{
    turn_store_completed(turn, step);
    turn->memory.candidates = NULL;
    turn->memory.is_revisit = false;
    turn->memory.is_edit = false;
    turn->memory.misses = 0;
    begun_forget(turn, step);
    turn->has_stored = true;
    turn->out->kind = TURN_ANSWERED;
}

static void thank(struct turn *turn, const struct step *step)
{
    const char *thanks = arena_join(turn->arena, step->id, STR(".taken")).data;
    struct filling fillings[] = {{"first_name", turn_first_name(turn)}, {NULL, {0}}};
    if (step->kind != ANSWER_NAME || fillings[0].value.len)
        turn_lead(turn, turn_words_if_any(turn, thanks, fillings));
}

void take_quietly(struct turn *turn, const struct step *step, const struct json *members)
{
    bool is_first_time = !turn_is_settled(turn, step);
    turn->given |= 1u << flow_index(turn->flow, step);
    turn_store_answer(turn, step, members);
    settle(turn, step);
    if (is_first_time)
        thank(turn, step);
}

void take_members(struct turn *turn, const struct step *step, const struct json *members)
{
    take_quietly(turn, step, members);
    ask_open(turn);
}

static void take_skip(struct turn *turn, const struct step *step)
{
    turn_store_answer(turn, step, NULL);
    settle(turn, step);
    ask_open(turn);
}

static void take_unknown(struct turn *turn, const struct step *step)
{
    if (step->may_be_unknown)
        take_members(turn, step, answer_unknown(step, turn->arena));
    else if (step->may_skip)
        take_skip(turn, step);
    else
        miss_step(turn, step, &(struct meant){.meaning = MEANT_UNKNOWN, .why = "unknown"});
}

void take_several(struct turn *turn, const struct step *step, const struct json *candidates, enum guess guess)
{
    turn->memory.candidates = candidates;
    turn->memory.guess = guess;
    turn->memory.step = step->id;
    turn->memory.misses = 0;
    turn->out->kind = TURN_ANSWERED;
    ask_open(turn);
}

/* Someone who came back to a question may leave the answer as it is. */
static bool keeps_answer(struct turn *turn, const struct step *step, const struct utterance *said)
{
    return turn->memory.is_revisit && turn_is_settled(turn, step) &&
           understand_skip(turn->script->lexicon, said, turn->arena);
}

/* No value of that kind is in the words, or no place has such a name: they may be about something else. So
 * are more digits than a date has. */
static bool may_mean_other(struct turn *turn, const char *why)
{
    struct str folded = text_fold(turn->arena, turn->text);
    size_t digits = 0;
    for (size_t i = 0; i < folded.len; i++)
        digits += folded.data[i] >= '0' && folded.data[i] <= '9';
    if (digits > DATE_DIGITS && str_eq(str_from(why), STR("incomplete")))
        return true;
    return str_eq(str_from(why), STR("none")) || str_eq(str_from(why), STR("not_found"));
}

/* No answer to this step: a wish to go without one, an answer to something else, a question, or a miss. */
static void take_nothing(struct turn *turn, const struct step *step, const struct meant *meant)
{
    struct utterance said = turn_utterance(turn, turn->text);
    const struct lexicon *lexicon = turn->script->lexicon;
    bool is_skip = understand_skip(lexicon, &said, turn->arena);
    if (is_skip && step->may_skip)
        take_skip(turn, step);
    else if (is_skip)
        miss_step(turn, step, &(struct meant){.meaning = MEANT_UNKNOWN, .why = "unknown"});
    else if (may_mean_other(turn, meant->why) && otherwise_takes(turn, step))
        return;
    else if (str_eq(str_from(meant->why), STR("none")) && understand_question(lexicon, &said, turn->arena))
        miss_step(turn, step, &(struct meant){.meaning = MEANT_NOTHING, .why = "question"});
    else if (!miss_waits(turn, step, meant))
        miss_step(turn, step, meant);
}

void take_step_words(struct turn *turn, const struct step *step)
{
    struct utterance said = turn_utterance(turn, turn->text);
    if (keeps_answer(turn, step, &said)) {
        settle(turn, step);
        ask_open(turn);
        return;
    }
    if (carried_takes(turn, step) || otherwise_is_town(turn, step))
        return;
    struct meant meant = correct_instead(turn, step, step_understand(turn, step, turn->text));
    meant = begun_completed(turn, step, meant);
    switch (meant.meaning) {
    case MEANT_VALUE:
        if (!call_doubts(turn, step, meant.members) && !heard_doubts(turn, step, meant.members))
            take_members(turn, step, meant.members);
        break;
    case MEANT_SEVERAL:
        take_several(turn, step, meant.candidates, meant.guess);
        break;
    case MEANT_UNKNOWN:
        take_unknown(turn, step);
        break;
    case MEANT_NOTHING:
        take_nothing(turn, step, &meant);
        break;
    case MEANT_WAITS:
        break;
    }
}

/* "My wife", "meri beti ki": someone else, in any language and whatever the offer's title says. */
static void add_names(struct turn *turn, struct offered *offered)
{
    struct str languages[LANGUAGES_MAX], name;
    const struct phrasebook *book = turn->script->phrases;
    if (turn->memory.asking != ASKING_AFTER || !str_eq(offered->id, STR("other")))
        return;
    size_t count = phrasebook_languages(book, languages, LANGUAGES_MAX);
    struct str *names = arena_new_array(turn->arena, struct str, count * FLOW_NAMES_MAX);
    for (size_t i = 0; i < count; i++) {
        const struct phrase_entry *entry = phrase_find(book, languages[i], turn->flow->id, "after.others");
        struct str rest = entry ? entry->text : (struct str){0};
        for (size_t more = 0; more < FLOW_NAMES_MAX && str_cut(&rest, ',', &name); more++)
            names[offered->name_count++] = str_trim(name);
    }
    offered->names = names;
}

struct str take_named(struct turn *turn)
{
    struct choice offers[OUTBOUND_CHOICES_MAX];
    struct offered named[OUTBOUND_CHOICES_MAX];
    size_t count = ask_offers(turn, offers);
    for (size_t i = 0; i < count; i++) {
        named[i] = (struct offered){.id = offers[i].id, .title = offers[i].title};
        add_names(turn, &named[i]);
    }
    if (count == 0)
        return (struct str){0};
    struct utterance said = turn_utterance(turn, turn->text);
    struct understood found = understand_offer(turn->script->lexicon, &said, named, count, turn->arena);
    return found.finding == FOUND ? found.values[0] : (struct str){0};
}

static void take_offer_or_miss(struct turn *turn)
{
    struct str offer = take_named(turn);
    if (offer.len)
        take_choice(turn, offer);
    else
        miss_question(turn);
}

/* The field to change, or nothing; on this question "no" means that nothing is wrong. */
static void take_edit(struct turn *turn, const struct step *step, const struct confirmed *confirmed)
{
    struct str offer = step ? (struct str){0} : take_named(turn);
    if (step)
        otherwise_edit(turn, step, confirmed->rest);
    else if (offer.len)
        take_choice(turn, offer);
    else if (confirmed->confirmation == CONFIRM_NO)
        take_choice(turn, STR("none"));
    else
        miss_question(turn);
}

static void take_confirmation(struct turn *turn)
{
    struct utterance said = turn_utterance(turn, turn->text);
    struct confirmed confirmed = understand_confirm(turn->script->lexicon, &said, turn->arena);
    const struct step *step = NULL;
    if (confirmed.confirmation == CONFIRM_EDIT)
        step = otherwise_step_of_field(turn->flow, confirmed.field);
    turn->out->kind = TURN_ANSWERED;
    if (turn->memory.asking == ASKING_EDIT || step)
        take_edit(turn, step, &confirmed);
    else if (confirmed.confirmation == CONFIRM_YES)
        take_choice(turn, STR("yes"));
    else if (confirmed.rest.len && otherwise_restates_place(turn, confirmed.rest))
        return;
    else if (confirmed.confirmation == CONFIRM_NO || confirmed.confirmation == CONFIRM_EDIT)
        take_choice(turn, STR("no"));
    else if (!carried_takes(turn, NULL) && !otherwise_restates_place(turn, turn->text))
        take_offer_or_miss(turn);
}

static void take_yes_or_no(struct turn *turn)
{
    struct utterance said = turn_utterance(turn, turn->text);
    struct confirmed confirmed = understand_confirm(turn->script->lexicon, &said, turn->arena);
    if (confirmed.confirmation == CONFIRM_YES)
        take_choice(turn, STR("yes"));
    else if (confirmed.confirmation == CONFIRM_NO)
        take_choice(turn, STR("no"));
    else
        take_offer_or_miss(turn);
}

void take_words(struct turn *turn)
{
    const struct step *step = turn_open_step(turn);
    struct str offer = {0};
    switch (turn->memory.asking) {
    case ASKING_NOTHING:
    case ASKING_STEP:
    case ASKING_WHICH:
        turn->memory.asking = asking_about_step(&turn->memory);
        if (step)
            offer = take_named(turn);
        if (offer.len)
            take_choice(turn, offer);
        else if (!step)
            ask_open(turn);
        else if (!correct_takes(turn))
            take_step_words(turn, step);
        break;
    case ASKING_HEARD:
        if (step)
            call_take_heard(turn, step);
        else
            ask_open(turn);
        break;
    case ASKING_CONFIRM:
        if (!correct_takes(turn))
            take_confirmation(turn);
        break;
    case ASKING_EDIT:
        take_confirmation(turn);
        break;
    case ASKING_RESTART:
    case ASKING_DELETE:
    case ASKING_CHANGE:
        take_yes_or_no(turn);
        break;
    case ASKING_CLOCK:
        take_offer_or_miss(turn);
        break;
    case ASKING_RETURN:
        return_take_words(turn);
        break;
    case ASKING_AFTER:
        take_offer_or_miss(turn);
        break;
    case ASKING_DESK: /* desk.c's */
        break;
    }
}

/* "step=value" of a choice of that step, or of one of its candidates. */
static void take_value(struct turn *turn, const struct step *step, struct str value)
{
    const struct json *list = turn->memory.candidates;
    int64_t index;
    for (size_t i = 0; i < json_count(list); i++) {
        const struct json *members = json_at(list, i);
        struct str text = json_text(json_member(members, step->id));
        bool is_this = step->kind == ANSWER_PLACE ? str_to_int64(value, &index) && index == (int64_t)i
                                                  : str_eq(text, value);
        if (is_this) {
            take_members(turn, step, members);
            return;
        }
    }
    const struct json *members = answer_members(step, value, turn->arena);
    if (step->kind == ANSWER_CHOICE && answer_is_valid(step, members))
        take_members(turn, step, members);
    else
        ask_again(turn);
}

static void take_none(struct turn *turn, const struct step *step)
{
    turn->out->kind = TURN_ANSWERED;
    if (turn->memory.candidates && step) {
        turn->memory.candidates = NULL;
        turn_lead(turn, turn_step_words(turn, step, "none_of_these"));
    }
    ask_open(turn);
}

static void take_yes(struct turn *turn)
{
    switch (turn->memory.asking) {
    case ASKING_CONFIRM:
        turn_finish(turn);
        break;
    case ASKING_RESTART:
        turn_restart(turn);
        break;
    case ASKING_DELETE:
        erase_agreed(turn);
        break;
    case ASKING_CHANGE:
        tap_change(turn);
        break;
    case ASKING_HEARD:
        call_take_right(turn);
        break;
    case ASKING_NOTHING:
    case ASKING_STEP:
    case ASKING_WHICH:
    case ASKING_EDIT:
    case ASKING_CLOCK:
    case ASKING_RETURN:
    case ASKING_AFTER:
    case ASKING_DESK:
        ask_again(turn);
        break;
    }
}

static void take_no(struct turn *turn)
{
    turn->out->kind = TURN_ANSWERED;
    if (turn->memory.asking == ASKING_HEARD) {
        call_take_wrong(turn);
        return;
    }
    turn->memory.misses = 0;
    if (turn->memory.asking == ASKING_CONFIRM) {
        ask_over(turn, ASKING_EDIT);
        return;
    }
    turn_lead(turn, turn_words(turn, "kept", NULL));
    ask_open(turn);
}

void take_choice(struct turn *turn, struct str value)
{
    if (turn->memory.asking == ASKING_RETURN) {
        return_take(turn, value);
        return;
    }
    if (turn->memory.asking == ASKING_AFTER) {
        after_take(turn, value);
        return;
    }
    const struct step *open = turn_open_step(turn);
    size_t equals = str_find_char(value, '=');
    const struct step *named =
        flow_step(turn->flow, equals == STR_NONE ? value : str_slice(value, 0, equals), NULL);
    if (named && equals != STR_NONE)
        take_value(turn, named, str_slice(value, equals + 1, value.len));
    else if (named)
        ask_step_again(turn, named, true);
    else if (str_eq(value, STR("yes")))
        take_yes(turn);
    else if (str_eq(value, STR("no")))
        take_no(turn);
    else if (str_eq(value, STR("none")))
        take_none(turn, open);
    else if (str_eq(value, STR("unknown")) && open && open->may_be_unknown)
        take_members(turn, open, answer_unknown(open, turn->arena));
    else if (str_eq(value, STR("skip")) && open && open->may_skip)
        take_skip(turn, open);
    else if (turn->memory.asking == ASKING_CLOCK)
        chart_settle(turn, value);
    else if (str_eq(value, STR("agent")))
        command_agent(turn);
    else
        ask_again(turn);
}
