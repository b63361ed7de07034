/* What happens when the person tells us something about the conversation instead of answering? */

#include "talk/turn.h"

void turn_switch_language(struct turn *turn, struct str language, struct str by)
{
    turn->out->next.language = language;
    turn->memory.switched_by = by;
    turn->memory.keeps_latin = false; /* whatever it was before the call */
    if (str_eq(by, STR("wish")))
        turn->memory.has_chosen_language = true;
}

/* The phrases for a language that was asked for; empty when there are none. Hindi asked for in Latin letters
 * by SMS is Hindi in Latin letters: many a telephone there shows no others, and 70 of the others fill a
 * message. */
static struct str wished_language(struct turn *turn)
{
    const struct phrasebook *book = turn->script->phrases;
    struct str language = phrasebook_language(book, turn->command.language);
    bool is_latin = str_eq(str_from(understand_script(turn->text)), STR("Latn"));
    struct str latin = phrasebook_in_latin(book, language);
    bool is_short = turn->out->next.channel == CHANNEL_SMS && turn->manner == MANNER_WRITTEN;
    if (turn->manner == MANNER_SPOKEN)
        return phrasebook_spoken(book, language);
    return is_latin && is_short && latin.len ? latin : language;
}

/* Nothing is left to ask: the offer of what can be done now stands, or it is said how things stand. */
static void stay_at_rest(struct turn *turn)
{
    if (turn->memory.asking == ASKING_AFTER)
        ask_again(turn);
    else
        ask_open(turn);
}

static void help(struct turn *turn)
{
    const struct step *step = turn_open_step(turn);
    switch (turn->memory.asking) {
    case ASKING_NOTHING:
    case ASKING_STEP:
    case ASKING_WHICH:
    case ASKING_HEARD:
        /* Spoken, a list of candidates is long enough. */
        if (step && !(turn->manner == MANNER_SPOKEN && turn->memory.candidates))
            turn_lead(turn, turn_step_words(turn, step, "help"));
        break;
    case ASKING_CONFIRM:
        turn_lead(turn, turn_words(turn, "confirm.help", NULL));
        break;
    case ASKING_EDIT:
    case ASKING_RESTART:
    case ASKING_DELETE:
    case ASKING_CHANGE:
    case ASKING_CLOCK:
    case ASKING_RETURN:
    case ASKING_AFTER:
    case ASKING_DESK:
        turn_lead(turn, turn_words(turn, "again.offer", NULL));
        break;
    }
    if (turn_is_at_rest(turn))
        ask_again(turn);
    else
        ask_with(turn, turn_words(turn, "help.commands", NULL));
}

void command_introduce(struct turn *turn)
{
    struct filling fillings[] = {{"title", turn->input->title}, {NULL, {0}}};
    enum session_status status = turn->out->next.status;
    bool is_new = status == SESSION_STARTED && turn->memory.asking == ASKING_NOTHING;
    turn->out->kind = TURN_COMMANDED;
    turn_lead(turn, turn_words(turn, "help.about", fillings));
    /* Asking for help is not yet wanting to begin. */
    if (desk_is_silent(turn))
        desk_still(turn);
    else if (is_new || session_is_finished(status))
        turn_say(turn, turn_words(turn, "help.begin", NULL));
    else
        help(turn);
}

static void back_from_step(struct turn *turn)
{
    struct memory *memory = &turn->memory;
    const struct step *step = turn_open_step(turn);
    bool leaves_edit = memory->is_edit;
    bool had_candidates = memory->candidates != NULL;
    size_t index = step ? flow_index(turn->flow, step) : turn->flow->step_count;
    memory->candidates = NULL;
    if (leaves_edit) {
        memory->is_revisit = false;
        memory->is_edit = false;
        ask_open(turn);
    } else if (had_candidates) {
        ask_open(turn);
    } else if (index > 0) {
        ask_step_again(turn, &turn->flow->steps[index - 1], false);
    } else {
        turn_lead(turn, turn_words(turn, "back.first", NULL));
        ask_open(turn);
    }
}

static void back(struct turn *turn)
{
    turn->memory.misses = 0;
    if (turn_is_at_rest(turn)) {
        stay_at_rest(turn);
        return;
    }
    switch (turn->memory.asking) {
    case ASKING_NOTHING:
    case ASKING_STEP:
    case ASKING_WHICH:
    case ASKING_HEARD:
    case ASKING_CONFIRM:
        back_from_step(turn);
        break;
    case ASKING_EDIT:
    case ASKING_RESTART:
    case ASKING_DELETE:
    case ASKING_CHANGE:
    case ASKING_CLOCK:
    case ASKING_RETURN:
    case ASKING_AFTER:
    case ASKING_DESK:
        ask_open(turn);
        break;
    }
}

static void wish_language(struct turn *turn)
{
    struct str language = wished_language(turn);
    if (turn->command.language.len == 0) {
        turn_lead(turn, turn_words(turn, "language.which", NULL));
    } else if (language.len == 0) {
        turn_lead(turn, turn_words(turn, "language.none", NULL));
    } else {
        turn_switch_language(turn, language, STR("wish"));
        turn_lead(turn, turn_words(turn, "language.switched", NULL));
    }
    ask_again(turn);
}

static void tell_status(struct turn *turn)
{
    struct filling fillings[] = {
        {"done", arena_number(turn->arena, (int64_t)turn_settled_count(turn))},
        {"count", arena_number(turn->arena, (int64_t)turn->flow->step_count)},
        {NULL, {0}},
    };
    if (!turn_is_at_rest(turn))
        turn_lead(turn, turn_words(turn, "status.answers", fillings));
    if (turn->memory.asking == ASKING_RETURN)
        ask_again(turn);
    else
        ask_open(turn);
}

void command_agent(struct turn *turn)
{
    struct filling fillings[] = {{"person", turn->flow->person}, {NULL, {0}}};
    turn->out->kind = TURN_COMMANDED;
    turn->out->wants_person = true;
    if (desk_asks(turn))
        return;
    turn_lead(turn, turn_words(turn, turn->flow->person.len ? "agent.person" : "agent.none", fillings));
    ask_again(turn);
}

static void restart(struct turn *turn)
{
    bool has_answers = turn->settled != 0;
    if (turn_is_at_rest(turn))
        stay_at_rest(turn);
    else if (!has_answers)
        ask_open(turn);
    else
        ask_over(turn, ASKING_RESTART);
}

static bool obey(struct turn *turn, const struct commanded *commanded)
{
    turn->out->kind = TURN_COMMANDED;
    switch (commanded->command) {
    case COMMAND_NONE:
    case COMMAND_STOP: /* settled before the flow, by opt_out.c */
        return false;
    case COMMAND_HELP:
        help(turn);
        return true;
    case COMMAND_START:
        ask_again(turn);
        return true;
    case COMMAND_RESTART:
        restart(turn);
        return true;
    case COMMAND_BACK:
        back(turn);
        return true;
    case COMMAND_LANGUAGE:
        wish_language(turn);
        return true;
    case COMMAND_AGENT:
        command_agent(turn);
        return true;
    case COMMAND_BOT: /* it is here */
        return false;
    case COMMAND_STATUS:
        tell_status(turn);
        return true;
    case COMMAND_DELETE_DATA:
        ask_over(turn, ASKING_DELETE);
        return true;
    }
    return false;
}

/* What a first message may ask for before anything was asked of the person. */
static bool is_for_a_stranger(enum command command)
{
    return command == COMMAND_LANGUAGE || command == COMMAND_AGENT || command == COMMAND_DELETE_DATA;
}

bool command_obey(struct turn *turn)
{
    struct commanded commanded = turn->command;
    bool is_new = turn->out->next.status == SESSION_STARTED;
    if (commanded.command == COMMAND_NONE || (is_new && !is_for_a_stranger(commanded.command)))
        return false;
    if (is_new && commanded.command == COMMAND_LANGUAGE) {
        struct str language = wished_language(turn);
        if (language.len)
            turn_switch_language(turn, language, STR("wish"));
        return false;
    }
    return obey(turn, &commanded);
}
