/* Which answers are there now? Every change of them passes through here, so that what is settled is counted
 * once, however often it is asked. */

#include "talk/turn.h"

void turn_store(struct turn *turn, const struct json *data, const struct json *steps_completed)
{
    struct session *next = &turn->out->next;
    next->data = data;
    next->steps_completed = steps_completed;
    turn->settled = answers_settled(turn->flow, next);
}

/* May that step have another answer now? Of a place parts are stored by names of their own. */
static bool is_touched(const struct step *step, const struct step *stored, const struct json *members)
{
    return step == stored || step->kind == ANSWER_PLACE || json_member(members, step->id);
}

void turn_store_answer(struct turn *turn, const struct step *step, const struct json *members)
{
    struct session *next = &turn->out->next;
    next->data = answers_with(next->data, step, members, turn->arena);
    for (size_t i = 0; i < turn->flow->step_count; i++) {
        const struct step *other = &turn->flow->steps[i];
        if (!is_touched(other, step, members))
            continue;
        turn->settled &= ~(1u << i);
        turn->settled |= (uint32_t)answer_is_settled(other, next) << i;
    }
}

void turn_store_completed(struct turn *turn, const struct step *step)
{
    struct session *next = &turn->out->next;
    next->steps_completed =
        answers_completed(turn->flow, next->steps_completed, turn->settled, step, turn->arena);
    if (!turn_is_settled(turn, step))
        turn->settled |= (uint32_t)answer_is_settled(step, next) << flow_index(turn->flow, step);
}

bool turn_is_settled(const struct turn *turn, const struct step *step)
{
    return turn->settled >> flow_index(turn->flow, step) & 1;
}

size_t turn_settled_count(const struct turn *turn)
{
    return (size_t)__builtin_popcount(turn->settled);
}
