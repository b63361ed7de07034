/* Who takes our messages where there is no provider account?
 *
 * With SIMULATOR=true the channels' API addresses point at ourselves. What arrives is checked as the provider
 * would check it, accepted under an id of its own, and goes no further: the phones show it from the outbox,
 * so it doesn't matter which worker took it. */

#include "gateway/simulator.h"

#include "channels/secret.h"
#include "gateway/admin.h"
#include "gateway/respond.h"
#include "gateway/routes.h"

/* ---- Who may, and as whom ---- */

bool simulator_is_person(struct str number)
{
    static const struct str range = STR_INIT("155501");
    size_t digits = 0;
    if (number.len && number.data[0] == '+')
        number = str_slice(number, 1, number.len);
    while (digits < number.len && number.data[digits] >= '0' && number.data[digits] <= '9')
        digits++;
    return digits == number.len && digits == 11 && str_starts(number, range);
}

bool simulator_admit(struct gateway *gateway, struct http_exchange *exchange,
                     const struct http_request *request)
{
    /* What a proxy passes on comes from anywhere, though we listen to this machine only. */
    bool is_near = gateway->config->is_local && http_header_of(request, "X-Forwarded-For").len == 0;
    return is_near || admin_admit(gateway, exchange, request);
}

/* ---- Where it is ---- */

static struct str local_url(struct str address, int port, struct arena *arena)
{
    if (address.len == 0 || str_eq(address, STR("0.0.0.0")))
        address = STR("127.0.0.1");
    else if (str_eq(address, STR("::")))
        address = STR("::1");
    bool is_ipv6 = str_find_char(address, ':') != STR_NONE;
    return arena_printf(arena, is_ipv6 ? "http://[%.*s]:%d" : "http://%.*s:%d", STR_ARG(address), port);
}

struct str simulator_webhooks_url(const struct config *config, struct arena *arena)
{
    return local_url(config->bind_address, config->port, arena);
}

const struct channel_conf *simulator_door(const struct config *config, const struct channel_conf *conf,
                                          struct str person, struct arena *arena)
{
    if (!config->simulator || !simulator_is_person(person))
        return conf;
    struct channel_conf *door = arena_new(arena, struct channel_conf);
    struct str url = config->admin_address.len ? local_url(config->admin_address, config->admin_port, arena)
                                               : simulator_webhooks_url(config, arena);
    *door = *conf;
    door->whatsapp.graph_url = arena_printf(arena, "%.*s/simulator/graph", STR_ARG(url));
    door->twilio.api_url = arena_printf(arena, "%.*s/simulator/twilio", STR_ARG(url));
    return door;
}

/* ---- The providers' side of it ---- */

/* Does any setting of that kind send this Authorization header? */
static bool is_authorised(const struct gateway *gateway, enum channel_kind kind, struct str given,
                          struct arena *arena)
{
    for (const struct channel_conf *conf = gateway->config->channels[kind]; conf; conf = conf->next) {
        struct str expected;
        if (kind == CHANNEL_WHATSAPP) {
            expected = arena_printf(arena, "Bearer %.*s", STR_ARG(secret_first(conf->whatsapp.access_token)));
        } else {
            struct str pair = arena_printf(arena, "%.*s:%.*s", STR_ARG(conf->twilio.account_sid),
                                           STR_ARG(secret_first(conf->twilio.auth_token)));
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

struct str simulator_new_id(const char *prefix, struct arena *arena)
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
        json_set_str(arena, message, "id", simulator_new_id("wamid.simulated.", arena));
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
    json_set_str(arena, body, "sid", simulator_new_id("SM", arena));
    json_set_str(arena, body, "status", STR("queued"));
    json_set_null(arena, body, "error_code");
    respond_json(gateway, exchange, request, 201, body);
}
