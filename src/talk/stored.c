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

void turn_store_answer(struct turn *turn, const struct step *step, const struct json *members)
{
    const struct session *next = &turn->out->next;
    turn_store(turn, answers_with(next->data, step, members, turn->arena), next->steps_completed);
}

void turn_store_completed(struct turn *turn, const struct step *step)
{
    struct session *next = &turn->out->next;
    next->steps_completed =
        answers_completed(turn->flow, next->steps_completed, turn->settled, step, turn->arena);
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
