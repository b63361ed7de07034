/* The REST API of a session: start it, give answers.
 *
 * Each call is a turn like any other, with the same commit; only its reply is this response. */

#include "base/clock.h"
#include "gateway/api_call.h"
#include "gateway/coordinates.h"
#include "gateway/limits.h"
#include "gateway/routes.h"

#define TEXT_BYTES  4096
#define PHONE_BYTES 64

HANDLER(api_start)
{
    struct api_call *call = api_call_new(gateway, exchange, request, arena);
    call->is_start = true;
    if (!api_call_parse(call))
        return;
    struct turn_ask ask = {
        .channel = CHANNEL_WEB,
        .is_start = true,
        .language = api_call_text(call, "language", 35),
        .flow = api_call_text(call, "flow", 64),
        .phone_note = api_call_text(call, "phone_number", PHONE_BYTES),
        .body = request->body,
        .input = {.kind = INPUT_BEGIN},
        .answer = api_call_started,
        .done = api_call_answered,
        .arg = call,
    };
    struct str channel = api_call_text(call, "channel", 16);
    if (channel.len && !channel_kind_from(channel, &ask.channel))
        api_call_refuse(call, "channel", "unknown", "This is one of whatsapp, web, voice, sms.");
    if (ask.flow.len && !flow_find(gateway->script->flows, ask.flow))
        api_call_refuse(call, "flow", "unknown", "There is no such flow here.");
    api_call_check_language(call, &ask);
    if (!api_call_is_sound(call))
        return;
    int wait_s = limit_take(gateway->limits, LIMIT_START, request->client, clock_monotonic_ns());
    if (wait_s) {
        respond_too_many(gateway, exchange, request, wait_s);
        return;
    }
    api_call_set_day(call, &ask);
    ask.message_id = idempotency_message_id(&call->idempotency, "start", request->client, arena);
    turn_start(gateway, &ask);
}

static bool is_asked(const struct gateway *gateway, struct str field)
{
    for (const struct flow *flow = gateway->script->flows; flow; flow = flow->next)
        if (flow_step(flow, field, NULL))
            return true;
    return false;
}

/* What is no text at all is the program's mistake, not its person's. Which flow it is, only the session
 * knows: a field that this one does not have is told by the turn. */
static void check_types(struct api_call *call, const struct json *data)
{
    void *at = NULL;
    struct str field;
    const struct json *value;
    while (json_each(data, &at, &field, &value)) {
        bool is_confirm = str_eq(field, STR("confirm"));
        if (json_is_nothing(value) || json_kind(value) == (is_confirm ? JSON_BOOL : JSON_TEXT))
            continue;
        if (is_confirm)
            api_call_refuse(call, "confirm", "wrong_type", "This must be true or false.");
        else if (is_asked(call->gateway, field))
            api_call_refuse(call, arena_cstring(call->arena, field), "wrong_type", "This must be text.");
    }
}

HANDLER(api_collect)
{
    struct api_call *call = api_call_new(gateway, exchange, request, arena);
    if (!api_call_parse(call))
        return;
    struct turn_ask ask = {
        .channel = CHANNEL_WEB,
        .session_key = api_call_text(call, "session_key", API_KEY_MOST),
        .body = request->body,
        .input = {.kind = INPUT_WORDS, .text = api_call_text(call, "text", TEXT_BYTES)},
        .answer = api_call_collected,
        .done = api_call_answered,
        .arg = call,
    };
    const struct json *data = json_get(call->body, "data");
    bool has_data = !json_is_nothing(data);
    bool has_text = !json_is_nothing(json_get(call->body, "text"));
    if (call->invalid_count == 0 && json_is_nothing(json_get(call->body, "session_key")))
        api_call_refuse(call, "session_key", "missing", "This is needed: the key that the start gave.");
    if (json_kind(data) == JSON_MEMBERS) {
        ask.input.kind = INPUT_FIELDS;
        ask.input.fields = data;
        call->invalid_count += coordinates_check(data, &call->invalid[call->invalid_count]);
        check_types(call, data);
    } else if (has_data) {
        api_call_refuse(call, "data", "wrong_type", "This must be an object of answers by field.");
    } else if (!has_text) {
        api_call_refuse(call, "data", "missing",
                        "Give data (answers by field) or text (what the person said).");
    }
    if (has_data && has_text)
        api_call_refuse(call, "text", "one_too_many", "Give data or text, not both: one after the other.");
    if (!api_call_is_sound(call))
        return;
    /* A key that no session can have is answered like one that none has. */
    if (ask.session_key.len < API_KEY_LEAST) {
        struct turn_result unknown = {.err = ERR_NOT_FOUND};
        api_call_answered(call, &unknown);
        return;
    }
    api_call_set_day(call, &ask);
    ask.message_id = idempotency_message_id(&call->idempotency, "collect", ask.session_key, arena);
    turn_start(gateway, &ask);
}

HANDLER(api_info)
{
    struct json *body = json_new_object(arena);
    struct json *channels = json_new_list(arena);
    struct json *languages = json_new_list(arena);
    struct json *flows = json_new_list(arena);
    struct str names[16];
    size_t count = phrasebook_languages(gateway->script->phrases, names, 16);
    for (size_t i = 0; i < count; i++)
        json_add_str(arena, languages, names[i]);
    for (int kind = 0; kind < CHANNEL_KINDS; kind++)
        if (gateway->config->channels[kind])
            json_add_str(arena, channels, channel_kind_name((enum channel_kind)kind));
    for (const struct flow *flow = gateway->script->flows; flow; flow = flow->next)
        json_add_str(arena, flows, flow->id);
    json_set_str(arena, body, "feature", STR("instant_onboarding"));
    json_set_str(arena, body, "description",
                 STR("Name, date, time and place of birth, asked on any channel, and a birth chart in under "
                     "90 seconds."));
    json_set_bool(arena, body, "enabled", true);
    json_set(arena, body, "channels", channels);
    json_set(arena, body, "languages", languages);
    json_set(arena, body, "flows", flows);
    respond_json(gateway, exchange, request, 200, body);
}
