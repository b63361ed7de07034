/* The person has gone silent: are they reminded, and when?
 *
 * Once in a session, after the flow's patience, by day in their zone, only by a door where they wrote and a
 * message sent unasked may reach them, and as long as WhatsApp lets us write freely. Never into a call. What
 * is said is the choice that awaits whoever comes back: it names the open question, and no answer.
 *
 * The first thing said asks to be woken; whatever is said until then only moves what is found at the waking:
 * not yet, and when; or now; or never. */

#include "talk/turn.h"

#define SECOND_MS     INT64_C(1000)
#define HOUR_MS       (3600 * SECOND_MS)
#define FROM_HOUR     9
#define UNTIL_HOUR    20
/* WhatsApp's day, less what the message itself may take to leave. */
#define FREELY_MS     (DAY_MS - HOUR_MS / 4)
#define PER_MINUTE_MS (60 * SECOND_MS)

/* That moment, or the next at which one may be written to. */
static int64_t by_day(int64_t at_ms, int32_t utc_offset_s)
{
    int64_t local_ms = at_ms + utc_offset_s * SECOND_MS;
    int64_t of_day_ms = local_ms % DAY_MS;
    if (of_day_ms < FROM_HOUR * HOUR_MS)
        return at_ms - of_day_ms + FROM_HOUR * HOUR_MS;
    if (of_day_ms >= UNTIL_HOUR * HOUR_MS)
        return at_ms - of_day_ms + DAY_MS + FROM_HOUR * HOUR_MS;
    return at_ms;
}

/* When the person is to be reminded, not before `at_ms`; 0: not any more. */
static int64_t due_ms(const struct turn *turn, int64_t at_ms)
{
    const struct presence *presence = &turn->memory.presence;
    int64_t patient_ms = presence->heard_ms + turn->flow->patience_minutes * PER_MINUTE_MS;
    int64_t due = by_day(patient_ms > at_ms ? patient_ms : at_ms, turn->input->utc_offset_s);
    return due < presence->heard_ms + FREELY_MS ? due : 0;
}

/* Should the provider be slow to take it: when it must not reach the person any more. */
static int64_t until_ms(const struct turn *turn)
{
    int64_t now_ms = turn->input->now_ms;
    int64_t of_day_ms = (now_ms + turn->input->utc_offset_s * SECOND_MS) % DAY_MS;
    int64_t evening_ms = now_ms - of_day_ms + UNTIL_HOUR * HOUR_MS;
    int64_t freely_ms = turn->memory.presence.heard_ms + DAY_MS;
    return evening_ms < freely_ms ? evening_ms : freely_ms;
}

static void ask_to_be_woken(struct turn *turn, int64_t at_ms)
{
    turn->memory.presence.wakes_ms = at_ms;
    turn->out->wakes_at_ms = at_ms;
}

static bool may_remind(const struct turn *turn)
{
    const struct input *input = turn->input;
    return input->can_remind && !desk_is_silent(turn) && !input->is_opted_out &&
           !turn->memory.presence.is_reminded && turn->out->next.status == SESSION_COLLECTING_DATA;
}

void nudge_plan(struct turn *turn)
{
    bool is_heard = turn->memory.presence.heard_ms == turn->input->now_ms;
    bool is_leaving = turn->out->erases || turn->out->opts_out;
    bool is_planned = turn->memory.presence.wakes_ms > turn->input->now_ms;
    if (is_heard && !is_leaving && !is_planned && may_remind(turn))
        ask_to_be_woken(turn, due_ms(turn, 0));
}

void nudge_wake(struct turn *turn)
{
    struct presence *presence = &turn->memory.presence;
    turn->out->kind = TURN_IGNORED;
    presence->wakes_ms = 0;
    if (!may_remind(turn) || presence->is_calling || !str_eq(presence->door, turn->input->door))
        return;
    int64_t due = due_ms(turn, turn->input->now_ms);
    if (due > turn->input->now_ms) {
        ask_to_be_woken(turn, due);
    } else if (due) {
        presence->is_reminded = true;
        turn->out->kind = TURN_COMMANDED;
        turn->memory.misses = 0;
        turn->memory.asking = ASKING_RETURN;
        ask_with(turn, return_words(turn, "nudge.ask"));
        turn->out->says[turn->out->say_count - 1].until_ms = until_ms(turn);
    }
}
