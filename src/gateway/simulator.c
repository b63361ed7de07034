/* Who takes our messages where there is no provider account?
 *
 * With SIMULATOR=true the channels' API addresses point at ourselves. What arrives is checked as the provider
 * would check it, accepted under an id of its own, and goes no further: the outbox and `frontdesk sessions
 * show` tell what was said. */

#include "gateway/respond.h"
#include "gateway/routes.h"

/* The first of the values that a secret may hold while it is being changed. */
static struct str first_of(struct str secret)
{
    return str_slice(secret, 0, str_find_char(secret, ','));
}

/* Does any setting of that kind send this Authorization header? */
static bool is_authorised(const struct gateway *gateway, enum channel_kind kind, struct str given,
                          struct arena *arena)
{
    for (const struct channel_conf *conf = gateway->config->channels[kind]; conf; conf = conf->next) {
        struct str expected;
        if (kind == CHANNEL_WHATSAPP) {
            expected = arena_printf(arena, "Bearer %.*s", STR_ARG(first_of(conf->whatsapp.access_token)));
        } else {
            struct str pair = arena_printf(arena, "%.*s:%.*s", STR_ARG(conf->twilio.account_sid),
                                           STR_ARG(first_of(conf->twilio.auth_token)));
            expected = arena_printf(arena, "Basic %.*s", STR_ARG(base64_encode(arena, pair.data, pair.len)));
        }
        if (secret_eq(given, expected))
            return true;
    }
    return false;
}

static bool admit(struct gateway *gateway, struct http_exchange *exchange, const struct http_request *request,
                  enum channel_kind kind, struct arena *arena)
{
    if (is_authorised(gateway, kind, http_header_of(request, "Authorization"), arena))
        return true;
    respond_problem(gateway, exchange, request, ERR_UNAUTHORISED,
                    STR("Send the credentials of a channel, as its provider would want them."), NULL, 0);
    return false;
}

static struct str new_id(const char *prefix, struct arena *arena)
{
    uint8_t bytes[16];
    random_bytes(bytes, sizeof bytes);
    return arena_printf(arena, "%s%.*s", prefix, STR_ARG(hex_encode(arena, bytes, sizeof bytes)));
}

HANDLER(simulator_graph)
{
    if (!admit(gateway, exchange, request, CHANNEL_WHATSAPP, arena))
        return;
    const struct json *asked = NULL;
    struct json *body = json_new_object(arena);
    json_parse(arena, request->body, &asked);
    /* A read mark is no message. */
    if (json_kind(json_get(asked, "status")) == JSON_TEXT) {
        json_set_bool(arena, body, "success", true);
    } else {
        struct json *messages = json_new_list(arena);
        struct json *message = json_new_object(arena);
        json_set_str(arena, message, "id", new_id("wamid.simulated.", arena));
        json_add(arena, messages, message);
        json_set_str(arena, body, "messaging_product", STR("whatsapp"));
        json_set(arena, body, "messages", messages);
    }
    respond_json(gateway, exchange, request, 200, body);
}

HANDLER(simulator_twilio)
{
    if (!admit(gateway, exchange, request, CHANNEL_SMS, arena))
        return;
    struct json *body = json_new_object(arena);
    if (!str_eq(request->method, STR("POST"))) {
        /* The list of messages: simulated people's words come by webhook only. */
        json_set(arena, body, "messages", json_new_list(arena));
        respond_json(gateway, exchange, request, 200, body);
        return;
    }
    json_set_str(arena, body, "sid", new_id("SM", arena));
    json_set_str(arena, body, "status", STR("queued"));
    json_set_null(arena, body, "error_code");
    respond_json(gateway, exchange, request, 201, body);
}
