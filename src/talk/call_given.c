/* What may be said into a call? Only what the same number gave lately: a caller's number can be forged.
 *
 * For each answer memory.given keeps when it came and a mark of who gave which value: a value that was
 * changed by another hand since no longer fits its mark. */

#include "base/digest.h"
#include "base/encoding.h"
#include "talk/turn.h"

#define MAY_SAY_MS (INT64_C(15) * 60 * 1000)
#define MARK_BYTES 6

/* Says of an answer who gave it, without saying either. */
static struct str mark_of(struct turn *turn, const struct step *step)
{
    uint8_t digest[SHA256_BYTES];
    const struct json *value = json_member(turn->out->next.data, step->id);
    struct str printed = value ? json_print(turn->arena, value) : STR("-");
    sha256(arena_join(turn->arena, turn->input->speaker, STR("|"), printed), digest);
    return hex_encode(turn->arena, digest, MARK_BYTES);
}

/* "1764160000000 0a1b2c3d4e5f" */
static bool read_given(struct str text, int64_t *at_ms, struct str *mark)
{
    struct str number;
    if (!str_cut(&text, ' ', &number) || !str_to_int64(number, at_ms) || *at_ms < 0)
        return false;
    *mark = text;
    return true;
}

static bool is_recent(const struct turn *turn, int64_t at_ms)
{
    const struct call_memory *call = &turn->memory.call;
    int64_t age_ms = turn->input->now_ms - at_ms;
    return (age_ms >= 0 && age_ms <= MAY_SAY_MS) || (call->id.len && at_ms >= call->began_ms);
}

static bool was_given_now(const struct turn *turn, const struct step *step)
{
    return turn->given >> flow_index(turn->flow, step) & 1;
}

bool call_may_say(struct turn *turn, const struct step *step)
{
    int64_t at_ms;
    struct str mark;
    if (!turn->input->caller || was_given_now(turn, step))
        return true;
    struct str given = json_text(json_member(turn->memory.given, step->id));
    return read_given(given, &at_ms, &mark) && is_recent(turn, at_ms) && str_eq(mark, mark_of(turn, step));
}

void call_note_given(struct turn *turn)
{
    struct json *given = json_new_object(turn->arena);
    for (size_t i = 0; i < turn->flow->step_count; i++) {
        const struct step *step = &turn->flow->steps[i];
        const struct json *old = json_member(turn->memory.given, step->id);
        int64_t at_ms;
        struct str mark;
        if (turn->input->speaker.len && was_given_now(turn, step)) {
            mark = mark_of(turn, step);
            struct str now = arena_number(turn->arena, turn->input->now_ms);
            struct str text = arena_join(turn->arena, now, STR(" "), mark);
            json_append(turn->arena, given, step->id, json_new_str(turn->arena, text));
        } else if (read_given(json_text(old), &at_ms, &mark) && is_recent(turn, at_ms))
            json_append(turn->arena, given, step->id, old);
    }
    turn->memory.given = given;
}
