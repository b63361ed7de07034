/* Did Meta send this webhook, and what does it say to our requests?
 *
 * A GET is the subscription check, a POST carries events, signed over its raw bytes. Reading the events is in
 * whatsapp_parse.c and whatsapp_message.c, writing messages in whatsapp_compose.c. */

#include "channels/whatsapp.h"

#include "base/digest.h"
#include "base/encoding.h"
#include "base/form.h"
#include "base/json.h"
#include "channels/batch.h"
#include "channels/errors.h"
#include "channels/secret.h"

#define SIGNATURE_PREFIX "sha256="

static bool secret_holds(struct str secret, struct str given)
{
    struct str value;
    while (secret_next(&secret, &value))
        if (secret_eq(value, given))
            return true;
    return false;
}

/* The subscription check: whoever knows the verify token gets the challenge back. */
static enum err authenticate_check(const struct channel_conf *confs, const struct http_request *request,
                                   struct arena *arena, const struct channel_conf **matched,
                                   const char **reason)
{
    struct form query;
    *reason = "not a subscription check";
    if (!form_parse(arena, request->query, &query) ||
        !str_eq(form_get(&query, "hub.mode"), STR("subscribe")) || !form_has(&query, "hub.challenge"))
        return ERR_UNAUTHENTIC;
    struct str token = form_get(&query, "hub.verify_token");
    for (const struct channel_conf *conf = confs; conf; conf = conf->next) {
        if (secret_holds(conf->whatsapp.verify_token, token)) {
            *matched = conf;
            *reason = NULL;
            return ERR_NONE;
        }
    }
    *reason = "wrong verify token";
    return ERR_UNAUTHENTIC;
}

static bool signed_with(struct str secret, struct str body, struct str signature)
{
    struct str key;
    while (secret_next(&secret, &key)) {
        uint8_t digest[SHA256_BYTES];
        hmac_sha256(key, body, digest);
        if (secret_eq((struct str){(const char *)digest, sizeof digest}, signature))
            return true;
    }
    return false;
}

struct str whatsapp_sign(const struct channel_conf *conf, struct str body, struct arena *arena)
{
    uint8_t digest[SHA256_BYTES];
    hmac_sha256(secret_first(conf->whatsapp.app_secret), body, digest);
    return arena_printf(arena, SIGNATURE_PREFIX "%.*s", STR_ARG(hex_encode(arena, digest, sizeof digest)));
}

static enum err authenticate_events(const struct channel_conf *confs, const struct http_request *request,
                                    const struct channel_conf **matched, const char **reason)
{
    struct str header = http_header_of(request, WHATSAPP_SIGNATURE_HEADER);
    uint8_t signature[SHA256_BYTES];
    *reason = "no " WHATSAPP_SIGNATURE_HEADER;
    if (header.len == 0)
        return ERR_UNAUTHENTIC;
    *reason = WHATSAPP_SIGNATURE_HEADER " is not sha256=<64 hex digits>";
    if (!str_starts(header, STR(SIGNATURE_PREFIX)) ||
        !hex_decode(str_slice(header, sizeof SIGNATURE_PREFIX - 1, header.len), signature, sizeof signature))
        return ERR_UNAUTHENTIC;

    struct str given = {(const char *)signature, sizeof signature};
    for (const struct channel_conf *conf = confs; conf; conf = conf->next) {
        if (signed_with(conf->whatsapp.app_secret, request->body, given)) {
            *matched = conf;
            *reason = NULL;
            return ERR_NONE;
        }
    }
    *reason = WHATSAPP_SIGNATURE_HEADER " does not fit";
    return ERR_UNAUTHENTIC;
}

static enum err authenticate(const struct channel_conf *confs, const struct http_request *request,
                             struct arena *arena, const struct channel_conf **matched, const char **reason)
{
    if (!str_eq(request->method, STR("POST")))
        return authenticate_check(confs, request, arena, matched, reason);
    return authenticate_events(confs, request, matched, reason);
}

/* Meta wants a 200 and reads nothing else. */
static void reply(const struct channel_conf *conf, const struct outbound *say, size_t count,
                  struct arena *arena, struct replied *out)
{
    (void)conf;
    (void)say;
    (void)count;
    *out = (struct replied){.response = {.status = 200}};
    http_add_header(arena, &out->response, "Content-Type", STR("text/plain"));
}

void whatsapp_request(const struct channel_conf *conf, struct str from, struct str body, struct arena *arena,
                      struct http_request *out)
{
    struct str number = from.len ? from : conf->number;
    *out = (struct http_request){.method = STR("POST"), .body = body};
    out->url = arena_join(arena, conf->whatsapp.graph_url, STR("/"), number, STR("/messages"));
    struct str token = secret_first(conf->whatsapp.access_token);
    http_add_header(arena, out, "Authorization", arena_join(arena, STR("Bearer "), token));
    http_add_header(arena, out, "Content-Type", STR("application/json"));
}

void whatsapp_compose_read(const struct channel_conf *conf, struct str message_id, bool is_typing,
                           struct arena *arena, struct http_request *out)
{
    struct buf body = {.arena = arena};
    json_write_open(&body, NULL, JSON_MEMBERS);
    json_write_str(&body, "messaging_product", STR("whatsapp"));
    json_write_str(&body, "status", STR("read"));
    json_write_str(&body, "message_id", message_id);
    if (is_typing) {
        json_write_open(&body, "typing_indicator", JSON_MEMBERS);
        json_write_str(&body, "type", STR("text"));
        json_write_close(&body, JSON_MEMBERS);
    }
    json_write_close(&body, JSON_MEMBERS);
    whatsapp_request(conf, (struct str){0}, buf_str(&body), arena, out);
}

static void judge(const struct channel_conf *conf, const struct http_response *response, struct arena *arena,
                  struct judged *out)
{
    (void)conf;
    const struct json *body = NULL;
    bool is_json = json_parse(arena, response->body, &body) == ERR_NONE;
    const struct json *error = is_json ? json_get(body, "error") : NULL;
    bool is_success = response->status >= 200 && response->status < 300;
    if (is_success && json_kind(error) != JSON_MEMBERS && !answer_is_foreign(response)) {
        const struct json *message = json_at(json_get(body, "messages"), 0);
        *out =
            (struct judged){.verdict = VERDICT_ACCEPTED,
                            .provider_id = inbound_name(arena, json_scalar(arena, json_get(message, "id")))};
        return;
    }
    int64_t code = 0;
    bool has_code = json_to_int64(json_get(error, "code"), &code);
    judge_refusal(&whatsapp_errors, response, has_code, code, json_text(json_get(error, "message")), arena,
                  out);
}

const struct channel channel_whatsapp = {
    .name = "whatsapp",
    .kind = CHANNEL_WHATSAPP,
    .signature_header = STR_INIT(WHATSAPP_SIGNATURE_HEADER),
    .authenticate = authenticate,
    .parse = whatsapp_parse,
    .reply = reply,
    .compose = whatsapp_compose,
    .judge = judge,
};
