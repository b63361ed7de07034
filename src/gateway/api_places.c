/* Which places could this beginning of a name be? Suggestions while somebody types. */

#include "base/clock.h"
#include "base/form.h"
#include "gateway/respond.h"
#include "gateway/routes.h"
#include "gateway/turn.h"
#include "store/places.h"

#define QUERY_BYTES 100
#define KEY_LEAST   22

struct ask {
    struct gateway *gateway;
    struct http_exchange *exchange;
    const struct http_request *request;
    struct arena *arena;
    struct str query;
    struct turn_load load;
};

static void found(void *arg, enum err err, const struct place *places, size_t count)
{
    struct ask *ask = arg;
    if (err != ERR_NONE) {
        respond_problem(ask->gateway, ask->exchange, ask->request, err, (struct str){0}, NULL, 0);
        return;
    }
    struct json *list = json_new_list(ask->arena);
    for (size_t i = 0; i < count; i++) {
        struct json *place = json_new_object(ask->arena);
        json_set_str(ask->arena, place, "name", places[i].name);
        json_set_str(ask->arena, place, "region", places[i].admin1);
        json_set_str(ask->arena, place, "country", places[i].country);
        json_set_double(ask->arena, place, "latitude", places[i].latitude);
        json_set_double(ask->arena, place, "longitude", places[i].longitude);
        json_set_str(ask->arena, place, "timezone", places[i].timezone);
        json_add(ask->arena, list, place);
    }
    struct json *body = json_new_object(ask->arena);
    json_set(ask->arena, body, "places", list);
    respond_json(ask->gateway, ask->exchange, ask->request, 200, body);
}

static void refuse(struct ask *ask)
{
    respond_problem(
        ask->gateway, ask->exchange, ask->request, ERR_UNAUTHENTIC,
        STR("Send X-Session-Key, the session_key that a start gave, or ask from a page whose origin is "
            "among ALLOWED_ORIGINS."),
        NULL, 0);
}

static void suggest(struct ask *ask)
{
    store_suggest_places(ask->gateway->store, ask->query, ask->arena, found, ask);
}

static void key_loaded(void *arg, enum err err)
{
    struct ask *ask = arg;
    if (err != ERR_NONE)
        respond_problem(ask->gateway, ask->exchange, ask->request, err, (struct str){0}, NULL, 0);
    else if (!ask->load.has_session || turn_session_is_expired(&ask->load, clock_now_ms()))
        refuse(ask);
    else
        suggest(ask);
}

HANDLER(api_places)
{
    struct form form;
    struct ask *ask = arena_new(arena, struct ask);
    *ask = (struct ask){.gateway = gateway, .exchange = exchange, .request = request, .arena = arena};
    if (!form_parse(arena, request->query, &form) || form_get(&form, "q").len > QUERY_BYTES) {
        struct invalid_field field = {STR("q"), STR("too_long"), STR("At most 100 bytes.")};
        respond_problem(gateway, exchange, request, ERR_INVALID, (struct str){0}, &field, 1);
        return;
    }
    ask->query = text_clean(arena, form_get(&form, "q"));
    struct str origin = http_header_of(request, "Origin");
    if (origin.len && origin_is_allowed(gateway->config, origin)) {
        suggest(ask);
        return;
    }
    struct str key = http_header_of(request, "X-Session-Key");
    if (key.len < KEY_LEAST || !utf8_is_valid(key)) {
        refuse(ask);
        return;
    }
    ask->load = (struct turn_load){
        .message_key = uuid_random(),
        .brand = STR("default"),
        .flow = STR("instant_onboarding"),
        .session_key = key,
        .arena = arena,
        .done = key_loaded,
        .arg = ask,
    };
    store_load_turn(gateway->store, &ask->load);
}
