/* What exactly is written down of a turn? */

#include "gateway/guard.h"
#include "gateway/input.h"
#include "gateway/payload.h"
#include "gateway/turn_state.h"

static struct json *job_payload(struct turn *turn)
{
    struct arena *arena = &turn->arena;
    const struct session *next = &turn->outcome.next;
    struct json *payload = json_new_object(arena);
    json_set_str(arena, payload, "session_id", uuid_text(arena, next->id));
    json_set_str(arena, payload, "flow", next->flow);
    json_set_str(arena, payload, "channel", channel_kind_name(next->channel));
    json_set_str(arena, payload, "language", next->language);
    json_set(arena, payload, "data", next->data);
    return payload;
}

static struct str print_effects(struct turn *turn)
{
    const struct outcome *outcome = &turn->outcome;
    struct arena *arena = &turn->arena;
    struct json *effects = json_new_object(arena);
    if (outcome->opts_out)
        json_set_bool(arena, effects, "opts_out", true);
    if (outcome->opts_in)
        json_set_bool(arena, effects, "opts_in", true);
    if (outcome->erases)
        json_set_bool(arena, effects, "erases", true);
    /* A user id first seen beside a known phone number is the same person's: both came in one signed webhook.
     */
    if (!uuid_is_nil(turn->load.contact) && turn->load.phone.len && turn->load.whatsapp_user.len)
        json_set_str(arena, effects, "link_user", turn->load.whatsapp_user);
    if (outcome->starts_chart || outcome->calls_webhook) {
        struct json *jobs = json_new_object(arena);
        if (outcome->starts_chart)
            json_set(arena, jobs, "chart", job_payload(turn));
        if (outcome->calls_webhook)
            json_set(arena, jobs, "webhook", job_payload(turn));
        json_set(arena, effects, "jobs", jobs);
    }
    return json_count(effects) ? json_print(arena, effects) : (struct str){0};
}

/* "This person has a new number": the provider's own word, so the number is theirs from now on. */
static struct str print_news(struct turn *turn)
{
    const struct inbound *said = turn->ask.said;
    if (!said || said->kind != INBOUND_SYSTEM || uuid_is_nil(turn->load.contact))
        return (struct str){0};
    struct str number = phone_address(turn->ask.channel, said->text, &turn->arena);
    if (number.len == 0)
        return (struct str){0};
    struct json *effects = json_new_object(&turn->arena);
    json_set_str(&turn->arena, effects, "link_phone", number);
    return json_print(&turn->arena, effects);
}

static void record_person(struct turn *turn)
{
    struct turn_commit *commit = &turn->commit;
    const struct turn_load *load = &turn->load;
    commit->contact = load->contact;
    commit->brand = load->brand;
    commit->phone = load->phone;
    commit->whatsapp_user = load->whatsapp_user;
    bool has_address = load->phone.len || load->whatsapp_user.len;
    commit->is_new_contact = turn->has_outcome && has_address && uuid_is_nil(load->contact);
    if (commit->is_new_contact) {
        commit->contact = uuid_ordered(turn->input.now_ms);
        commit->profile_name = turn->ask.said ? turn->ask.said->profile_name : (struct str){0};
    } else if (!has_address) {
        commit->contact = load->session_contact;
    }
}

static enum out_mode mode_of(const struct turn *turn)
{
    if (!turn->ask.said)
        return OUT_SAID;
    switch (channel_delivery(turn->ask.conf)) {
    case DELIVERY_IN_REPLY:
        return OUT_REPLY;
    case DELIVERY_BY_CALL:
    case DELIVERY_BY_SOCKET:
        return OUT_BY_CALL;
    }
    return OUT_BY_CALL;
}

static void record_says(struct turn *turn)
{
    struct turn_commit *commit = &turn->commit;
    struct arena *arena = &turn->arena;
    const struct inbound *said = turn->ask.said;
    for (size_t i = 0; i < turn->outcome.say_count && commit->out_count < TURN_OUTS_MAX; i++) {
        commit->outs[commit->out_count++] = (struct turn_out){
            .account = said ? said->to : STR("api"),
            .recipient = said ? recipient_print(arena, said->from, said->user_id) : STR("{}"),
            .payload = payload_print(arena, &turn->outcome.says[i]),
            .mode = mode_of(turn),
        };
    }
}

static bool moved_on(enum turn_kind kind)
{
    return kind == TURN_ANSWERED || kind == TURN_FINISHED || kind == TURN_BEGAN;
}

/* Only what a provider brought can be a machine's automatic answer. */
static void rule_guard(struct turn *turn)
{
    const struct inbound *said = turn->ask.said;
    if (!said)
        return;
    /* A photo, a pin and a contact card have no words, but are not the same thing said three times. */
    struct str what = arena_printf(&turn->arena, "%.*s %.*s", STR_ARG(inbound_kind_name(said->kind)),
                                   STR_ARG(turn->input.text));
    struct guard_ruling ruling = guard_rule(turn->load.guard, what, moved_on(turn->outcome.kind),
                                            turn->outcome.say_count != 0, turn->input.now_ms, &turn->arena);
    turn->commit.guard = ruling.guard;
    if (ruling.is_silent && turn->outcome.say_count) {
        turn->outcome.say_count = 0;
        metric_add(turn->gateway->metrics, METRIC_SILENCED, 1);
        log_event(LOG_WARN, "the loop guard keeps silent",
                  log_str("session", uuid_text(&turn->arena, turn->outcome.next.id)));
    }
}

void turn_record(struct turn *turn)
{
    struct arena *arena = &turn->arena;
    const struct turn_ask *ask = &turn->ask;
    turn->commit = (struct turn_commit){
        .message_key = turn->load.message_key,
        .channel = ask->channel,
        .kind = turn->is_poison ? STR("poison")
                : ask->said     ? inbound_kind_name(ask->said->kind)
                                : STR("api"),
        .said = ask->said ? said_print(arena, ask->said) : (struct str){0},
        .said_at_us = ask->said ? ask->said->at_ms * 1000 : 0,
        .lane = turn->place.lane,
        .is_new_session = turn->is_new_session,
        .loaded_at_us = turn->load.loaded_at_us,
        .phone_note = ask->phone_note,
    };
    record_person(turn);
    if (!turn->has_outcome) {
        turn->commit.effects = print_news(turn);
        return;
    }
    rule_guard(turn);
    /* Somebody who says stop, or nothing to be answered, before anything began needs no session. */
    turn->commit.has_session = !(turn->is_new_session && turn->outcome.say_count == 0 && ask->said);
    turn->commit.session = turn->outcome.next;
    turn->commit.effects = print_effects(turn);
    turn->commit.answer = turn->answer;
    record_says(turn);
}
