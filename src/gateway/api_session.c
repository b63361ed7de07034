/* Where does a session stand? For a client that comes back. */

#include "base/clock.h"
#include "gateway/respond.h"
#include "gateway/routes.h"
#include "gateway/turn.h"
#include "store/answers.h"

#include <string.h>

#define KEY_LEAST 22
#define KEY_MOST  255

struct look {
    struct gateway *gateway;
    struct http_exchange *exchange;
    const struct http_request *request;
    struct arena *arena;
    struct turn_load load;
};

static void add_progress(struct look *look, struct json *body)
{
    struct arena *arena = look->arena;
    const struct session *session = &look->load.session;
    struct str flow_name = look->load.has_conversation ? session->flow : look->load.flow;
    const struct flow *flow = flow_find(look->gateway->script->flows, flow_name);
    if (!flow)
        return;
    struct str missing[FLOW_STEPS_MAX];
    size_t count = talk_missing(flow, session, missing, FLOW_STEPS_MAX);
    struct json *list = json_new_list(arena);
    for (size_t i = 0; i < count; i++)
        json_add_str(arena, list, missing[i]);
    struct str next = talk_next_step(flow, session);
    json_set_str(arena, body, "flow", flow->id);
    if (next.len)
        json_set_str(arena, body, "next_step", next);
    else
        json_set_null(arena, body, "next_step");
    json_set_bool(arena, body, "is_complete", count == 0);
    json_set(arena, body, "missing_fields", list);
}

static void last_said(void *arg, enum err err, const struct str *payloads, size_t count)
{
    struct look *look = arg;
    struct arena *arena = look->arena;
    const struct session *session = &look->load.session;
    if (err != ERR_NONE) {
        respond_problem(look->gateway, look->exchange, look->request, err, (struct str){0}, NULL, 0);
        return;
    }
    struct json *body = json_new_object(arena);
    json_set_str(arena, body, "session_id", uuid_text(arena, session->id));
    json_set_str(arena, body, "status", session_status_name(session->status));
    json_set_str(arena, body, "channel", channel_kind_name(session->channel));
    json_set_str(arena, body, "language", session->language);
    json_set_int(arena, body, "current_step", session->current_step);
    add_progress(look, body);
    const struct json *payload = NULL;
    if (count && json_parse(arena, payloads[count - 1], &payload) == ERR_NONE)
        json_set_str(arena, body, "message", json_text(json_get(payload, "text")));
    if (session->data)
        json_set(arena, body, "collected_data", session->data);
    respond_json(look->gateway, look->exchange, look->request, 200, body);
}

static void loaded(void *arg, enum err err)
{
    struct look *look = arg;
    if (err != ERR_NONE)
        respond_problem(look->gateway, look->exchange, look->request, err, (struct str){0}, NULL, 0);
    else if (!look->load.has_session || turn_session_is_expired(&look->load, clock_now_ms()))
        respond_unknown_session(look->gateway, look->exchange, look->request);
    else
        store_find_last_said(look->gateway->store, look->load.session.id, look->arena, last_said, look);
}

HANDLER(api_session)
{
    struct look *look = arena_new(arena, struct look);
    *look = (struct look){.gateway = gateway, .exchange = exchange, .request = request, .arena = arena};
    struct str key = http_header_of(request, "X-Session-Key");
    if (key.len == 0) {
        struct invalid_field missing = {STR("X-Session-Key"), STR("missing"),
                                        STR("This header is needed: the session_key that the start gave.")};
        respond_problem(gateway, exchange, request, ERR_INVALID, STR("A header is missing; see errors."),
                        &missing, 1);
        return;
    }
    if (key.len < KEY_LEAST || key.len > KEY_MOST || !utf8_is_valid(key)) {
        respond_unknown_session(gateway, exchange, request);
        return;
    }
    look->load = (struct turn_load){
        .message_key = uuid_random(),
        .brand = STR("default"),
        .flow = STR("instant_onboarding"),
        .session_key = key,
        .arena = arena,
        .done = loaded,
        .arg = look,
    };
    store_load_turn(gateway->store, &look->load);
}
