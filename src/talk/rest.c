/* Nothing is left to ask: the chart is being made, or the session is finished. How do things stand, and what
 * becomes of what is said then? */

#include "talk/turn.h"

bool turn_is_at_rest(const struct turn *turn)
{
    enum session_status status = turn->out->next.status;
    return status == SESSION_GENERATING_CHART || session_is_finished(status);
}

struct str turn_rest_words(struct turn *turn)
{
    enum session_status status = turn->out->next.status;
    const char *name = "rest.generating_chart";
    if (status == SESSION_COMPLETED)
        name = "rest.completed";
    if (status == SESSION_FAILED)
        name = "rest.failed";
    return turn_words(turn, name, NULL);
}

void turn_rest(struct turn *turn)
{
    enum session_status status = turn->out->next.status;
    if (status == SESSION_GENERATING_CHART && turn->memory.clock) {
        turn->memory.asking = ASKING_CLOCK;
        ask_again(turn);
        return;
    }
    if (turn->memory.asking == ASKING_AFTER) {
        ask_again(turn);
        return;
    }
    turn->memory.has_told_waiting = true;
    struct str chart = status == SESSION_COMPLETED ? chart_words(turn) : (struct str){0};
    turn_say(turn, chart.len ? chart : turn_rest_words(turn));
    if (chart.len && turn->manner == MANNER_WRITTEN)
        chart_show(turn, &turn->out->says[turn->out->say_count - 1]);
}

void rest_take(struct turn *turn)
{
    enum asking asking = turn->memory.asking;
    bool is_asking = asking == ASKING_DELETE || asking == ASKING_CLOCK || asking == ASKING_AFTER;
    turn->out->kind = TURN_IGNORED;
    if (after_settles(turn))
        return;
    if (turn->input->kind == INPUT_WORDS && command_obey(turn))
        return;
    if (turn->input->kind == INPUT_WORDS && is_asking) {
        take_words(turn);
        return;
    }
    if (turn->input->kind == INPUT_CHOICE) {
        if (is_asking)
            tap_choice(turn);
        return;
    }
    if (after_answers_key(turn))
        return;
    bool is_asked = turn->input->kind == INPUT_BEGIN || turn->input->kind == INPUT_FIELDS;
    bool is_said = turn->input->kind == INPUT_WORDS && !turn->memory.has_told_waiting;
    if (is_asked || is_said) {
        turn->out->kind = TURN_COMMANDED;
        turn_rest(turn);
    }
}
