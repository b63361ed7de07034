/* What does a row say that was written by hand or through PostgREST? Its answers are understood again, as if
 * they had been said here; what can't be understood counts as missing and is asked for. */

#include "talk/turn.h"

static void store(struct turn *turn, const struct step *step, const struct json *members)
{
    turn_store_answer(turn, step, members);
    turn->has_stored = true;
}

static void reread(struct turn *turn, const struct step *step, struct str text)
{
    struct meant meant = step_understand(turn, step, utf8_truncate_bytes(text, INBOUND_TEXT_BYTES));
    if (meant.meaning == MEANT_VALUE)
        store(turn, step, meant.members);
    else if (meant.meaning == MEANT_UNKNOWN && step->may_be_unknown)
        store(turn, step, answer_unknown(step, turn->arena));
}

/* One turn asks the gazetteer once, and what is said now comes first. */
static bool may_look_up(const struct turn *turn, const struct step *place)
{
    const struct json *fields = turn->input->fields;
    if (turn->input->kind == INPUT_FIELDS)
        return !json_member(fields, place->id) && !json_get(fields, "latitude") &&
               !json_get(fields, "longitude") && !json_get(fields, "timezone");
    return !str_eq(turn->memory.step, place->id);
}

bool reread_answers(struct turn *turn)
{
    enum hearing hearing = turn->hearing;
    turn->hearing = HEARD_TEXT;
    for (size_t i = 0; i < turn->flow->step_count; i++) {
        const struct step *step = &turn->flow->steps[i];
        bool is_settled = turn_is_settled(turn, step);
        if (is_settled && step->kind != ANSWER_TIME)
            continue;
        struct str text = json_text(json_member(turn->out->next.data, step->id));
        bool is_short = step->kind == ANSWER_TIME && text.len == 5;
        if (is_settled && is_short)
            store(turn, step, answer_members(step, text, turn->arena));
        if (is_settled || str_trim(text).len == 0 || (step->kind == ANSWER_PLACE && !may_look_up(turn, step)))
            continue;
        reread(turn, step, text);
        if (step->kind == ANSWER_PLACE)
            turn->has_used_findings = true;
    }
    turn->hearing = hearing;
    return turn->out->wants_places;
}
