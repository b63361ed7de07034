/* A conversation is stuck and an operator lends a hand: what is said, and where does it go on?
 *
 * Whatever was half understood, offered or asked beside is let go; the answers there are stay. A finished
 * session stays finished: it can only say its last word once more. */

#include "talk/turn.h"

/* Nothing is open any more but what is asked next. */
static void let_go(struct turn *turn)
{
    struct memory *memory = &turn->memory;
    memory->asking = ASKING_NOTHING;
    memory->step = (struct str){0};
    memory->is_revisit = false;
    memory->is_edit = false;
    memory->misses = 0;
    memory->candidates = NULL;
    memory->guess = GUESS_HEARD;
    memory->begun = (struct str){0};
    memory->change = (struct str){0};
    memory->pending = (struct str){0};
    memory->clock = NULL;
    memory->has_told_waiting = false;
}

static void move(struct turn *turn)
{
    const struct step *step = flow_step(turn->flow, turn->input->moves_to, NULL);
    let_go(turn);
    turn_collect(turn);
    if (step)
        ask_step_again(turn, step, turn_settled_count(turn) == turn->flow->step_count);
    else
        ask_open(turn);
}

void helped(struct turn *turn)
{
    turn->out->kind = TURN_COMMANDED;
    bool is_finished = session_is_finished(turn->out->next.status);
    switch (turn->input->help) {
    case HELP_REPEAT:
        turn->out->says[turn->out->say_count++] = *turn->input->repeated;
        break;
    case HELP_MOVE:
        if (!is_finished)
            move(turn);
        break;
    case HELP_FAIL:
        if (!is_finished) {
            let_go(turn);
            turn_give_up(turn);
            turn_say(turn, turn_words(turn, "rest.failed", NULL));
        }
        break;
    case HELP_HAND_OVER:
        if (!is_finished)
            command_agent(turn);
        break;
    }
    if (turn->input->is_opted_out)
        turn->out->say_count = 0;
}
