/* Somebody comes back: do they go on with what they began, or begin anew?
 *
 * An address is a device, not a person. Within half an hour by the same door it is taken for the same hand;
 * later, or by another door of the same number, the person is asked first, by the name of the open question
 * and never by an answer. What they came with is kept: if it answers the open question, it is taken when they
 * go on. Where nothing was answered yet there is nothing to go on with, and nothing is asked. */

#include "talk/turn.h"

#define AWAY_MS       (INT64_C(30) * 60 * 1000)
/* A call that goes on says or asks something at least as often. */
#define CALLING_MS    (INT64_C(2) * 60 * 1000)
#define PENDING_BYTES 400

bool turn_was_away(const struct turn *turn)
{
    const struct presence *before = &turn->before.presence;
    const struct input *input = turn->input;
    int64_t silent_ms = input->now_ms - before->heard_ms;
    if (before->door.len == 0 || input->door.len == 0)
        return false;
    if (str_eq(before->door, input->door))
        return silent_ms > AWAY_MS;
    bool writes_during_call = before->is_calling && silent_ms <= CALLING_MS;
    return !before->is_handed_over && !writes_during_call;
}

static bool comes_back(const struct turn *turn)
{
    return turn_was_away(turn) && turn->settled != 0;
}

static bool is_quiet(const struct input *input)
{
    return input->kind == INPUT_OTHER && (input->other == INBOUND_REACTION || input->other == INBOUND_SYSTEM);
}

/* What they came with, where it may answer a question that is not asked again by its values. */
static struct str worth_keeping(const struct turn *turn)
{
    const struct step *step = turn_open_step(turn);
    enum asking asking = turn->memory.asking;
    bool is_asked = asking == ASKING_STEP || asking == ASKING_WHICH;
    /* Any words are a text: "hello" would be one. */
    if (!step || !is_asked || step->kind == ANSWER_TEXT)
        return (struct str){0};
    bool has_choices = step->kind == ANSWER_CHOICE || turn->memory.candidates;
    bool is_answer = turn->input->kind == INPUT_WORDS || (turn->input->kind == INPUT_CHOICE && has_choices);
    return is_answer ? utf8_truncate_bytes(turn->text, PENDING_BYTES) : (struct str){0};
}

static void ask_to_go_on(struct turn *turn)
{
    turn->out->kind = TURN_COMMANDED;
    ask_over(turn, ASKING_RETURN);
}

/* What is no answer, and concerns whoever holds the device. */
static bool is_for_anyone(enum command command)
{
    return command == COMMAND_LANGUAGE || command == COMMAND_AGENT || command == COMMAND_HELP ||
           command == COMMAND_DELETE_DATA;
}

bool return_settles(struct turn *turn)
{
    if (turn->memory.asking == ASKING_RETURN || is_quiet(turn->input) || !comes_back(turn))
        return false;
    if (turn->input->kind == INPUT_WORDS && is_for_anyone(turn->command.command)) {
        turn->memory.asking = ASKING_RETURN;
        return command_obey(turn);
    }
    turn->memory.pending = worth_keeping(turn);
    ask_to_go_on(turn);
    return true;
}

bool return_asks_caller(struct turn *turn)
{
    if (!comes_back(turn))
        return false;
    turn->memory.pending = (struct str){0};
    ask_to_go_on(turn);
    return true;
}

struct str return_words(struct turn *turn, const char *name)
{
    const struct step *step = turn_open_step(turn);
    struct filling fillings[] = {
        {"label", step ? turn_step_label(turn, step) : turn_words(turn, "return.confirm", NULL)},
        {NULL, {0}},
    };
    return turn_words(turn, name, fillings);
}

struct str return_question(struct turn *turn)
{
    return return_words(turn, "return.ask");
}

/* ---- The answer ---- */

/* Tried on a copy: words that are no answer to the open question leave no trace. */
static bool takes_answer(struct turn *turn, struct str text)
{
    struct turn attempt = *turn;
    struct outcome out = *turn->out;
    attempt.out = &out;
    attempt.text = text;
    out.kind = TURN_MISSED;
    attempt.memory.pending = (struct str){0};
    attempt.memory.asking = asking_about_step(&attempt.memory);
    if (text.len == 0 || !turn_open_step(turn))
        return false;
    take_words(&attempt);
    bool is_taken = out.wants_places || out.kind == TURN_ANSWERED;
    if (!is_taken)
        return false;
    attempt.out = turn->out;
    *turn = attempt;
    *turn->out = out;
    return true;
}

static void go_on(struct turn *turn)
{
    struct str pending = turn->memory.pending;
    turn->out->kind = TURN_ANSWERED;
    turn->memory.misses = 0;
    turn->memory.pending = (struct str){0};
    if (!takes_answer(turn, pending))
        ask_open(turn);
}

void return_take(struct turn *turn, struct str value)
{
    bool is_new = str_eq(value, STR("new"));
    /* Only an address can have several sessions; who came by a key goes on with the one it opens. */
    if (is_new && turn->input->door.len)
        turn->out->begins = BEGINS_NEW;
    else
        go_on(turn);
}

void return_take_words(struct turn *turn)
{
    struct utterance said = turn_utterance(turn, turn->text);
    struct confirmed confirmed = understand_confirm(turn->script->lexicon, &said, turn->arena);
    struct str offer = take_named(turn);
    turn->out->kind = TURN_ANSWERED;
    if (offer.len)
        return_take(turn, offer);
    else if (confirmed.confirmation == CONFIRM_YES)
        go_on(turn);
    else if (turn->input->caller || !takes_answer(turn, turn->text))
        miss_question(turn);
}

/* ---- Another session ---- */

struct session talk_another_session(const struct flow *flow, const struct session *left,
                                    enum beginning beginning, enum channel_kind channel, struct uuid id,
                                    struct str key, struct arena *arena)
{
    struct session another = talk_new_session(flow, channel, left->language, id, key, arena);
    struct memory before = memory_read(left->memory);
    /* What is known of the person, not of the chart. */
    struct memory memory = {
        .has_chosen_language = before.has_chosen_language,
        .switched_by = before.switched_by,
        .call = before.call,
        .presence = before.presence,
    };
    memory.call.offers_text = false; /* of the chart that is left */
    /* A new session is waited for anew. */
    memory.presence.is_reminded = false;
    memory.presence.wakes_ms = 0;
    /* Whoever was asked for answers there. */
    memory.desk = before.desk;
    memory.desk.below = ASKING_NOTHING;
    if (beginning != BEGINS_NEW) {
        another.data = answers_with(left->data, NULL, NULL, arena);
        another.steps_completed = left->steps_completed;
        memory.given = before.given;
    }
    another.memory = memory_write(&memory, arena);
    return another;
}

void return_begin(struct turn *turn)
{
    turn->out->kind = TURN_BEGAN;
    if (turn->memory.desk.state != DESK_NONE)
        turn->out->ticket = TICKET_MOVED;
    if (turn->input->caller)
        turn->memory.call.turn = turn->input->caller->turn;
    switch (turn->input->beginning) {
    case BEGINS_NOT:
        break;
    case BEGINS_NEW:
        turn_begin(turn);
        break;
    case BEGINS_CORRECTION:
        ask_over(turn, ASKING_EDIT);
        break;
    case BEGINS_RETRY:
        ask_open(turn);
        break;
    }
}

void return_note_presence(struct turn *turn)
{
    const struct input *input = turn->input;
    struct presence *presence = &turn->memory.presence;
    /* A like says nothing of who is there. */
    bool is_heard = turn_is_said(input) && (turn->out->kind != TURN_IGNORED || desk_is_silent(turn));
    if (input->door.len == 0 || !is_heard || turn->out->erases)
        return;
    presence->door = input->door;
    presence->heard_ms = input->now_ms;
    presence->is_calling = input->caller != NULL;
    presence->is_handed_over = presence->is_handed_over && presence->is_calling;
}
