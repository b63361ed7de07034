/* What is known of a session between its turns: how it begins, which question is open, which answers are
 * missing? */

#include "talk/turn.h"

struct session talk_new_session(const struct flow *flow, enum channel_kind channel, struct str language,
                                struct uuid id, struct str key, struct arena *arena)
{
    return (struct session){
        .id = id,
        .key = key,
        .channel = channel,
        .status = SESSION_STARTED,
        .language = language,
        .data = json_new_object(arena),
        .steps_completed = json_new_list(arena),
        .flow = flow->id,
        .flow_version = flow->version,
    };
}

struct str talk_next_step(const struct flow *flow, const struct session *session)
{
    struct outcome out = {.next = *session};
    struct turn turn = {
        .flow = flow,
        .memory = memory_read(session->memory),
        .out = &out,
        .settled = answers_settled(flow, session),
    };
    if (turn_is_at_rest(&turn))
        return (struct str){0};
    const struct step *step = turn_open_step(&turn);
    if (step)
        return step->id;
    return flow->confirms ? STR("confirm") : (struct str){0};
}

size_t talk_missing(const struct flow *flow, const struct session *session, struct str *out, size_t most)
{
    uint32_t settled = answers_settled(flow, session);
    size_t count = 0;
    for (size_t i = 0; i < flow->step_count && count < most; i++)
        if (!(settled >> i & 1))
            out[count++] = flow->steps[i].id;
    return count;
}
