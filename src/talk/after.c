/* The session is finished, and its person says something: what may they want?
 *
 * Their chart once more, one for somebody else, or a correction; where the chart failed, another try. The
 * last three are sessions of their own: a finished one stays as it is. Thanks, hearts and stickers want
 * nothing. Who came by a session's key has only that session, and is offered nothing. */

#include "talk/turn.h"

static bool is_over(const struct turn *turn)
{
    return session_is_finished(turn->out->next.status) && turn->input->door.len > 0;
}

static void ask_what_now(struct turn *turn)
{
    turn->out->kind = TURN_COMMANDED;
    ask_over(turn, ASKING_AFTER);
}

/* These work as ever; what would lead through a conversation leads to the offer. */
static bool is_a_wish(enum command command)
{
    switch (command) {
    case COMMAND_NONE:
    case COMMAND_HELP:
    case COMMAND_START:
    case COMMAND_RESTART:
    case COMMAND_BACK:
    case COMMAND_BOT:
        return false;
    case COMMAND_STOP:
    case COMMAND_LANGUAGE:
    case COMMAND_AGENT:
    case COMMAND_STATUS:
    case COMMAND_DELETE_DATA:
        return true;
    }
    return false;
}

static bool settle_words(struct turn *turn)
{
    struct utterance said = turn_utterance(turn, turn->text);
    enum asking asking = turn->memory.asking;
    if (is_a_wish(turn->command.command) || asking == ASKING_DELETE)
        return false;
    if (asking == ASKING_AFTER && take_named(turn).len)
        return false;
    if (understand_thanks(turn->script->lexicon, &said, turn->arena))
        return true;
    if (asking != ASKING_AFTER || turn_was_away(turn)) {
        ask_what_now(turn);
        return true;
    }
    /* They are talking of something else: the offer stands, and need not be said again and again. */
    return !turn->input->caller && turn->memory.misses >= turn->flow->misses_max;
}

bool after_settles(struct turn *turn)
{
    if (!is_over(turn))
        return false;
    switch (turn->input->kind) {
    case INPUT_WORDS:
        return settle_words(turn);
    case INPUT_BEGIN:
    case INPUT_FIELDS:
        ask_what_now(turn);
        return true;
    case INPUT_CHOICE:
    case INPUT_LOCATION:
    case INPUT_OTHER:
    case INPUT_CHART:
    case INPUT_WAKE:
    case INPUT_HELP:
    case INPUT_DESK:
        return false;
    }
    return false;
}

static bool wants_chart(struct turn *turn)
{
    struct utterance said = turn_utterance(turn, turn->text);
    struct offered chart = {.id = STR("chart"), .title = turn_words(turn, "label.my_chart", NULL)};
    return understand_offer(turn->script->lexicon, &said, &chart, 1, turn->arena).finding == FOUND;
}

bool after_answers_key(struct turn *turn)
{
    bool is_written = turn->input->kind == INPUT_WORDS && !turn->input->caller;
    if (!is_written || !turn->memory.has_told_waiting || turn->input->door.len > 0 ||
        !session_is_finished(turn->out->next.status))
        return false;
    turn->out->kind = TURN_COMMANDED;
    if (wants_chart(turn))
        turn_rest(turn);
    else
        turn_say(turn, turn_rest_words(turn));
    return true;
}

bool after_asks_caller(struct turn *turn)
{
    if (!is_over(turn))
        return false;
    ask_what_now(turn);
    return true;
}

void after_failure(struct turn *turn, struct str words)
{
    const struct presence *presence = &turn->memory.presence;
    if (presence->door.len == 0 || presence->is_calling) {
        turn_say(turn, words);
        return;
    }
    turn->memory.asking = ASKING_AFTER;
    ask_with(turn, words);
}

struct str after_question(struct turn *turn)
{
    bool has_failed = turn->out->next.status == SESSION_FAILED;
    return turn_words(turn, has_failed ? "after.failed" : "after.ask", NULL);
}

size_t after_offer(struct turn *turn, struct choice out[OUTBOUND_CHOICES_MAX])
{
    size_t count = 0;
    if (turn->out->next.status == SESSION_FAILED)
        out[count++] = (struct choice){STR("again"), turn_words(turn, "label.try_again", NULL), {0}};
    else if (turn->flow->ends_with_chart)
        out[count++] = (struct choice){STR("chart"), turn_words(turn, "label.my_chart", NULL), {0}};
    out[count++] = (struct choice){STR("other"), turn_words(turn, "label.for_other", NULL), {0}};
    out[count++] = (struct choice){STR("correct"), turn_words(turn, "label.correct", NULL), {0}};
    return count;
}

void after_take(struct turn *turn, struct str value)
{
    turn->out->kind = TURN_ANSWERED;
    turn->memory.misses = 0;
    turn->memory.asking = ASKING_NOTHING;
    if (turn->input->door.len && str_eq(value, STR("other")))
        turn->out->begins = BEGINS_NEW;
    else if (turn->input->door.len && str_eq(value, STR("correct")))
        turn->out->begins = BEGINS_CORRECTION;
    else if (turn->input->door.len && str_eq(value, STR("again")))
        turn->out->begins = BEGINS_RETRY;
    else if (turn->input->caller)
        call_rest(turn);
    else
        turn_rest(turn);
}
