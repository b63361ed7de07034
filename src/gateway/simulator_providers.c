/* Who takes our messages where there is no provider account?
 *
 * With SIMULATOR=true the channels' API addresses point at ourselves. What arrives is checked as the provider
 * would check it and accepted under an id of its own. The phones show it from the outbox, so it doesn't
 * matter which worker took it; what the outbox forgets (a farewell) they show from here. For as many calls as
 * somebody asked for, the providers are in trouble: then the real outbox has to cope. */

#include "base/clock.h"
#include "base/digest.h"
#include "base/encoding.h"
#include "base/form.h"
#include "channels/secret.h"
#include "gateway/respond.h"
#include "gateway/routes.h"
#include "gateway/simulator.h"

#include <stdlib.h>

/* Longer than a call of the outbox waits. */
#define SILENCE_MS 20000
#define LOOK_MS    100

/* ---- Credentials ---- */

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

/* ---- Trouble ---- */

/* A request that gets no answer while its caller waits. */
struct unanswered {
    struct gateway *gateway;
    struct http_exchange *exchange;
    const struct http_request *request;
    struct loop_timer *timer;
    uint64_t until_ns;
};

static void look_whether_over(void *arg)
{
    struct unanswered *unanswered = arg;
    /* Who leaves must not be kept by a game. */
    if (!unanswered->gateway->is_draining && clock_monotonic_ns() < unanswered->until_ns)
        return;
    loop_timer_free(unanswered->timer);
    respond_problem(unanswered->gateway, unanswered->exchange, unanswered->request, ERR_TIMEOUT,
                    STR("Nobody waits for this any more."), NULL, 0);
    free(unanswered);
}

static void stay_silent(struct gateway *gateway, struct http_exchange *exchange,
                        const struct http_request *request)
{
    struct unanswered *unanswered = malloc(sizeof *unanswered);
    if (!unanswered)
        abort();
    *unanswered = (struct unanswered){.gateway = gateway, .exchange = exchange, .request = request};
    unanswered->until_ns = clock_monotonic_ns() + (uint64_t)SILENCE_MS * 1000000;
    unanswered->timer = loop_timer_new(gateway->loop, look_whether_over, unanswered);
    loop_timer_start(unanswered->timer, LOOK_MS, LOOK_MS);
}

/* The providers' own words for it, with their own codes. */
static struct json *error_json(enum channel_kind kind, int status, struct arena *arena)
{
    struct json *body = json_new_object(arena);
    bool is_rate = status == 429;
    if (kind == CHANNEL_WHATSAPP) {
        struct json *error = json_new_object(arena);
        json_set_str(arena, error, "message",
                     is_rate ? STR("(#130429) Rate limit hit") : STR("An unknown error occurred"));
        json_set_int(arena, error, "code", is_rate ? 130429 : 1);
        json_set(arena, body, "error", error);
        return body;
    }
    json_set_int(arena, body, "code", is_rate ? 20429 : 20500);
    json_set_str(arena, body, "message", is_rate ? STR("Too Many Requests") : STR("Internal Server Error"));
    json_set_int(arena, body, "status", status);
    return body;
}

/* True: this message is in trouble, and was answered so. */
static bool is_in_trouble(struct gateway *gateway, struct http_exchange *exchange,
                          const struct http_request *request, enum channel_kind kind, struct arena *arena)
{
    switch (simulator_take_trouble(&gateway->shared->simulator)) {
    case SIMULATOR_WELL:
        break;
    case SIMULATOR_TOO_MANY:
        respond_json(gateway, exchange, request, 429, error_json(kind, 429, arena));
        return true;
    case SIMULATOR_BROKEN:
        respond_json(gateway, exchange, request, 500, error_json(kind, 500, arena));
        return true;
    case SIMULATOR_SILENT:
        stay_silent(gateway, exchange, request);
        return true;
    }
    return false;
}

/* ---- The providers ---- */

static void keep(struct gateway *gateway, enum channel_kind kind, struct str to, struct str id,
                 struct str body)
{
    bool has_plus = to.len && to.data[0] == '+';
    simulator_keep(&gateway->shared->simulator, kind, str_slice(to, has_plus, to.len), id, body,
                   clock_now_ms());
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
        respond_json(gateway, exchange, request, 200, body);
        return;
    }
    if (is_in_trouble(gateway, exchange, request, CHANNEL_WHATSAPP, arena))
        return;
    struct str id = simulator_new_id("wamid.simulated.", arena);
    struct json *messages = json_new_list(arena);
    struct json *message = json_new_object(arena);
    keep(gateway, CHANNEL_WHATSAPP, json_text(json_get(asked, "to")), id, request->body);
    json_set_str(arena, message, "id", id);
    json_add(arena, messages, message);
    json_set_str(arena, body, "messaging_product", STR("whatsapp"));
    json_set(arena, body, "messages", messages);
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
    struct form form;
    if (is_in_trouble(gateway, exchange, request, CHANNEL_SMS, arena))
        return;
    struct str id = simulator_new_id("SM", arena);
    if (form_parse(arena, request->body, &form))
        keep(gateway, CHANNEL_SMS, form_get(&form, "To"), id, request->body);
    json_set_str(arena, body, "sid", id);
    json_set_str(arena, body, "status", STR("queued"));
    json_set_null(arena, body, "error_code");
    respond_json(gateway, exchange, request, 201, body);
}
