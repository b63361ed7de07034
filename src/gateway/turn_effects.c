/* What does the commit of a turn do besides moving its session? See apply_effects in sql/migrations. */

#include "gateway/chart_jobs.h"
#include "gateway/input.h"
#include "gateway/turn_state.h"
#include "gateway/voice_notes.h"

static struct json *job_payload(struct turn *turn)
{
    struct arena *arena = &turn->arena;
    const struct session *next = &turn->outcome->next;
    struct json *payload = json_new_object(arena);
    json_set_str(arena, payload, "session_id", uuid_text(arena, next->id));
    json_set_str(arena, payload, "flow", next->flow);
    json_set_str(arena, payload, "channel", channel_kind_name(next->channel));
    json_set_str(arena, payload, "language", next->language);
    json_set(arena, payload, "data", next->data);
    return payload;
}

static struct json *profile_of(struct turn *turn)
{
    struct json *profile = json_new_object(&turn->arena);
    json_set_str(&turn->arena, profile, "id", uuid_text(&turn->arena, turn->link->profile));
    json_set(&turn->arena, profile, "chart", turn->input.chart);
    return profile;
}

static struct json *chart_payload(struct turn *turn)
{
    struct json *payload = job_payload(turn);
    if (turn->outcome->utc_offset)
        json_set(&turn->arena, payload, "utc_offset", turn->outcome->utc_offset);
    chart_settings_put(turn->flow, payload, &turn->arena);
    return payload;
}

static bool asks(const struct outcome *outcome)
{
    for (size_t i = 0; i < outcome->say_count; i++)
        if (outcome->says[i].is_question)
            return true;
    return false;
}

static struct json *jobs_of(struct turn *turn)
{
    const struct outcome *outcome = turn->outcome;
    struct arena *arena = &turn->arena;
    struct json *jobs = json_new_object(arena);
    if (outcome->starts_chart)
        json_set(arena, jobs, "chart", chart_payload(turn));
    if (outcome->calls_webhook)
        json_set(arena, jobs, "webhook", job_payload(turn));
    if (outcome->listens)
        json_set(arena, jobs, "transcribe",
                 voice_note_payload(turn->ask.said, outcome->next.id, outcome->next.language, arena));
    return jobs;
}

static struct json *session_left(struct turn *turn)
{
    struct json *left = json_new_object(&turn->arena);
    json_set_str(&turn->arena, left, "session", uuid_text(&turn->arena, turn->left));
    json_set_int(&turn->arena, left, "version", turn->left_version);
    return left;
}

/* Empty: none any more. */
static struct json *next_wake(struct turn *turn)
{
    struct json *wake = json_new_object(&turn->arena);
    if (turn->outcome->wakes_at_ms)
        json_set_int(&turn->arena, wake, "at_ms", turn->outcome->wakes_at_ms);
    return wake;
}

struct str turn_effects(struct turn *turn)
{
    const struct outcome *outcome = turn->outcome;
    struct arena *arena = &turn->arena;
    struct json *effects = json_new_object(arena);
    if (outcome->opts_out)
        json_set_bool(arena, effects, "opts_out", true);
    if (outcome->opts_in)
        json_set_bool(arena, effects, "opts_in", true);
    if (outcome->erases)
        json_set_bool(arena, effects, "erases", true);
    bool is_later = turn->ask.said && (turn->place.has_waited || turn->input.is_late);
    if (is_later && asks(outcome))
        json_set_bool(arena, effects, "overtakes", true);
    /* A user id first seen beside a known phone number is the same person's, and the other way round: both
     * came in one signed webhook. */
    if (turn->ask.said && !uuid_is_nil(turn->load.contact) && !turn->load.knows_addresses) {
        json_set_str(arena, effects, "link_user", turn->load.whatsapp_user);
        json_set_str(arena, effects, "link_phone", turn->load.phone);
    }
    if (!uuid_is_nil(turn->left))
        json_set(arena, effects, "leaves", session_left(turn));
    if (outcome->wakes_at_ms || turn->input.kind == INPUT_WAKE)
        json_set(arena, effects, "wakes", next_wake(turn));
    if (outcome->keeps_chart)
        json_set(arena, effects, "profile", profile_of(turn));
    if (outcome->starts_chart || outcome->calls_webhook || outcome->listens)
        json_set(arena, effects, "jobs", jobs_of(turn));
    const struct json *ticket = turn_ticket(turn);
    if (ticket)
        json_set(arena, effects, "ticket", ticket);
    if (turn->ask.audit && !(ticket == NULL && turn->input.kind == INPUT_DESK))
        json_set(arena, effects, "audit", turn->ask.audit);
    return json_count(effects) ? json_print(arena, effects) : (struct str){0};
}

/* "This person has a new number": the provider's own word, so that number is theirs from now on, and the old
 * one no more. */
struct str turn_news(struct turn *turn)
{
    const struct inbound *said = turn->ask.said;
    if (!said || said->kind != INBOUND_SYSTEM || uuid_is_nil(turn->load.contact))
        return (struct str){0};
    struct str number = phone_address(turn->ask.channel, said->text, &turn->arena);
    if (number.len == 0)
        return (struct str){0};
    struct json *effects = json_new_object(&turn->arena);
    json_set_str(&turn->arena, effects, "link_phone", number);
    if (turn->load.phone.len && !str_eq(turn->load.phone, number))
        json_set_str(&turn->arena, effects, "drops_phone", turn->load.phone);
    return json_print(&turn->arena, effects);
}
