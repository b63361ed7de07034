/* How does what a simulated person says reach us?
 *
 *   the browser posts what was said
 *     → the provider's request is made of it and signed with the channel's own credentials
 *     → sent to our own webhook by the real HTTP client
 *     → the browser gets both, request and answer, and how long it took
 *
 * Asked for (simulator_control.c), the worker that brings it dies as soon as it has the answer: what was said
 * is taken then, and nobody outside knows. The browser brings it again, as a provider would.
 */

#include "base/clock.h"
#include "base/form.h"
#include "channels/gsm7.h"
#include "channels/twilio.h"
#include "channels/whatsapp.h"
#include "gateway/respond.h"
#include "gateway/routes.h"
#include "gateway/simulator.h"

#define DEADLINE_MS  30000
#define ID_BYTES     128
#define TARGET_BYTES 512
#define SMS_PATH     "/webhooks/twilio/sms"
#define VOICE_PATH   "/webhooks/twilio/voice"
#define API_VERSION  STR("2010-04-01")

struct post {
    struct gateway *gateway;
    struct http_exchange *exchange;
    const struct http_request *asked;
    struct arena *arena;
    const struct channel_conf *conf;
    struct str from;            /* the person, E.164 */
    struct str id;              /* the provider's, of what is said or of the call */
    int64_t at_s;               /* when it was said */
    const struct json *message; /* what is said, in the provider's own words; or */
    const struct json *status;  /* what became of a message of ours */
    struct str target;          /* path and query of our webhook */
    struct http_request sent;
    uint64_t sent_ns;
};

/* ---- What was asked ---- */

static void refuse(struct post *post, const char *field, struct str why)
{
    struct invalid_field invalid = {str_from(field), STR("invalid"), why};
    respond_problem(post->gateway, post->exchange, post->asked, ERR_INVALID, why, &invalid, 1);
}

static bool is_voice_target(struct str target)
{
    struct str rest = str_slice(target, sizeof VOICE_PATH - 1, target.len);
    return str_starts(target, STR(VOICE_PATH)) && target.len <= TARGET_BYTES &&
           (rest.len == 0 || rest.data[0] == '?' || str_eq(rest, STR("/status")));
}

static struct str target_of(const struct post *post, const struct json *body)
{
    struct str asked = json_text(json_get(body, "target"));
    switch (post->conf->kind) {
    case CHANNEL_WHATSAPP:
        return STR("/webhooks/whatsapp");
    case CHANNEL_SMS:
        if (post->status)
            return arena_printf(
                post->arena, SMS_PATH "/status?id=%.*s",
                STR_ARG(url_encode(post->arena, json_text(json_get(post->status, "outbox_id")))));
        return STR(SMS_PATH);
    case CHANNEL_VOICE:
        return asked.len ? asked : STR(VOICE_PATH);
    case CHANNEL_WEB:
        break;
    }
    return (struct str){0};
}

static const char *id_prefix(enum channel_kind kind)
{
    return kind == CHANNEL_WHATSAPP ? "wamid.simulated." : kind == CHANNEL_SMS ? "SM" : "CA";
}

/* False when it was refused. */
static bool read_asked(struct post *post)
{
    const struct json *body = NULL;
    enum channel_kind kind = CHANNEL_WEB;
    json_parse(post->arena, post->asked->body, &body);
    post->from = json_text(json_get(body, "from"));
    post->id = json_text(json_get(body, "id"));
    post->message = json_get(body, "message");
    post->status = json_get(body, "status");
    if (!simulator_is_person(post->from) || !str_starts(post->from, STR("+"))) {
        refuse(post, "from", STR("Only simulated people can be spoken as: +1 555 01x xxxx."));
        return false;
    }
    if (!channel_kind_from(json_text(json_get(body, "channel")), &kind) || kind == CHANNEL_WEB ||
        !post->gateway->config->channels[kind]) {
        refuse(post, "channel", STR("whatsapp, sms or voice, where that channel is on."));
        return false;
    }
    post->conf = post->gateway->config->channels[kind];
    if (json_kind(post->message) != JSON_MEMBERS && json_kind(post->status) != JSON_MEMBERS) {
        refuse(post, "message", STR("An object: a message, or the status of one of ours."));
        return false;
    }
    post->target = target_of(post, body);
    if (post->id.len > ID_BYTES || (kind == CHANNEL_VOICE && !is_voice_target(post->target))) {
        refuse(post, post->id.len > ID_BYTES ? "id" : "target",
               STR("An id is short; a target is where our TwiML says that a call goes on."));
        return false;
    }
    if (post->id.len == 0)
        post->id = simulator_new_id(id_prefix(kind), post->arena);
    if (!json_to_int64(json_get(body, "at"), &post->at_s))
        post->at_s = clock_now_ms() / 1000;
    return true;
}

/* ---- Meta ---- */

static struct json *add(struct arena *arena, struct json *object, const char *key, struct json *member)
{
    json_set(arena, object, key, member);
    return member;
}

static struct json *add_to_list(struct arena *arena, struct json *object, const char *key)
{
    struct json *item = json_new_object(arena);
    json_add(arena, add(arena, object, key, json_new_list(arena)), item);
    return item;
}

static struct str seconds_text(const struct post *post)
{
    return arena_printf(post->arena, "%lld", (long long)post->at_s);
}

static void put_whatsapp_message(const struct post *post, struct str wa_id, struct json *value)
{
    struct arena *arena = post->arena;
    struct json *contact = add_to_list(arena, value, "contacts");
    json_set_str(arena, add(arena, contact, "profile", json_new_object(arena)), "name", STR("Simulated"));
    json_set_str(arena, contact, "wa_id", wa_id);
    struct json *message = add_to_list(arena, value, "messages");
    void *at = NULL;
    struct str key;
    const struct json *member;
    while (json_each(post->message, &at, &key, &member))
        json_set(arena, message, arena_cstring(arena, key), member);
    /* Last: nobody says in whose name they speak. */
    json_set_str(arena, message, "from", wa_id);
    json_set_str(arena, message, "id", post->id);
    json_set_str(arena, message, "timestamp", seconds_text(post));
}

static void put_whatsapp_status(const struct post *post, struct str wa_id, struct json *value)
{
    struct arena *arena = post->arena;
    struct json *status = add_to_list(arena, value, "statuses");
    json_set_str(arena, status, "id", post->id);
    json_set_str(arena, status, "status", json_text(json_get(post->status, "status")));
    json_set_str(arena, status, "timestamp", seconds_text(post));
    json_set_str(arena, status, "recipient_id", wa_id);
    json_set_str(arena, status, "biz_opaque_callback_data", json_text(json_get(post->status, "outbox_id")));
}

static void make_whatsapp(struct post *post)
{
    struct arena *arena = post->arena;
    struct str wa_id = str_slice(post->from, 1, post->from.len);
    struct json *body = json_new_object(arena);
    json_set_str(arena, body, "object", STR("whatsapp_business_account"));
    struct json *entry = add_to_list(arena, body, "entry");
    json_set_str(arena, entry, "id", STR("0"));
    struct json *change = add_to_list(arena, entry, "changes");
    json_set_str(arena, change, "field", STR("messages"));
    struct json *value = add(arena, change, "value", json_new_object(arena));
    json_set_str(arena, value, "messaging_product", STR("whatsapp"));
    struct json *metadata = add(arena, value, "metadata", json_new_object(arena));
    json_set_str(arena, metadata, "display_phone_number", post->conf->number);
    json_set_str(arena, metadata, "phone_number_id", post->conf->number);
    if (post->status)
        put_whatsapp_status(post, wa_id, value);
    else
        put_whatsapp_message(post, wa_id, value);
    post->sent.body = json_print(arena, body);
    http_add_header(arena, &post->sent, "Content-Type", STR("application/json"));
    http_add_header(arena, &post->sent, WHATSAPP_SIGNATURE_HEADER,
                    whatsapp_sign(post->conf, post->sent.body, arena));
}

/* ---- Twilio ---- */

/* What a person's phone decides; all else the provider says. */
static const char *const own_fields[] = {"Body",         "CallStatus", "Digits",   "FinishedOnKey",
                                         "SpeechResult", "Confidence", "Language", "CallDuration"};

static void put_own_fields(const struct post *post, struct buf *form)
{
    for (size_t i = 0; i < sizeof own_fields / sizeof *own_fields; i++) {
        const struct json *value = json_get(post->message, own_fields[i]);
        if (json_kind(value) == JSON_TEXT)
            form_put(form, own_fields[i], json_text(value));
    }
}

static void put_sms(const struct post *post, struct str number, struct buf *form)
{
    struct arena *arena = post->arena;
    struct str status = json_text(json_get(post->status, "status"));
    struct sms_size size = sms_count(json_text(json_get(post->message, "Body")));
    form_put(form, "MessageSid", post->id);
    form_put(form, "SmsSid", post->id);
    form_put(form, "SmsStatus", post->status ? status : STR("received"));
    form_put(form, "From", post->status ? number : post->from);
    form_put(form, "To", post->status ? post->from : number);
    if (post->status) {
        form_put(form, "MessageStatus", status);
        return;
    }
    form_put(form, "NumMedia", STR("0"));
    form_put(form, "NumSegments", arena_printf(arena, "%zu", size.segments));
}

static void put_call(const struct post *post, struct str number, struct buf *form)
{
    form_put(form, "CallSid", post->id);
    form_put(form, "From", post->from);
    form_put(form, "To", number);
    form_put(form, "Caller", post->from);
    form_put(form, "Called", number);
    form_put(form, "Direction", STR("inbound"));
    if (json_kind(json_get(post->message, "CallStatus")) != JSON_TEXT)
        form_put(form, "CallStatus", STR("in-progress"));
}

static void make_twilio(struct post *post)
{
    struct arena *arena = post->arena;
    struct buf body = {.arena = arena};
    struct form form;
    /* A Messaging Service may own any number. */
    struct str number = post->conf->number.len ? post->conf->number : STR("+15550199999");
    form_put(&body, "AccountSid", post->conf->twilio.account_sid);
    form_put(&body, "ApiVersion", API_VERSION);
    if (post->conf->kind == CHANNEL_SMS)
        put_sms(post, number, &body);
    else
        put_call(post, number, &body);
    put_own_fields(post, &body);
    post->sent.body = buf_str(&body);
    form_parse(arena, post->sent.body, &form);
    http_add_header(arena, &post->sent, "Content-Type",
                    STR("application/x-www-form-urlencoded; charset=UTF-8"));
    http_add_header(arena, &post->sent, TWILIO_SIGNATURE_HEADER,
                    twilio_sign(post->conf, post->target, &form, arena));
}

/* ---- There and back ---- */

static struct json *request_json(const struct post *post)
{
    struct arena *arena = post->arena;
    struct json *request = json_new_object(arena);
    struct json *headers = add(arena, request, "headers", json_new_object(arena));
    json_set_str(arena, request, "method", post->sent.method);
    json_set_str(arena, request, "url",
                 arena_printf(arena, "%.*s%.*s", STR_ARG(post->conf->public_url), STR_ARG(post->target)));
    for (size_t i = 0; i < post->sent.header_count; i++)
        json_set_str(arena, headers, arena_cstring(arena, post->sent.headers[i].name),
                     post->sent.headers[i].value);
    json_set_str(arena, request, "body", post->sent.body);
    return request;
}

static void answered(void *arg, enum err err, const struct http_response *response, struct arena *theirs)
{
    struct post *post = arg;
    struct arena *arena = post->arena;
    struct json *body = json_new_object(arena);
    struct json *answer = json_new_object(arena);
    (void)theirs;
    if (post->message && atomic_exchange(&post->gateway->shared->simulator.is_death_due, false))
        simulator_die();
    json_set_str(arena, body, "id", post->id);
    uint64_t took_10us = (clock_monotonic_ns() - post->sent_ns) / 10000;
    json_set_double(arena, body, "took_ms", (double)took_10us / 100.0);
    json_set(arena, body, "request", request_json(post));
    json_set_int(arena, answer, "status", response ? response->status : 0);
    if (response) {
        json_set_str(arena, answer, "type", http_header_of(response, "Content-Type"));
        json_set_str(arena, answer, "body", text_clean(arena, response->body));
    } else {
        json_set_str(arena, answer, "body", err_title(err));
    }
    json_set(arena, body, "answer", answer);
    if (post->conf->kind == CHANNEL_SMS && post->message) {
        struct sms_size size = sms_count(json_text(json_get(post->message, "Body")));
        json_set_int(arena, body, "segments", (int64_t)size.segments);
        json_set_str(arena, body, "encoding", size.is_gsm7 ? STR("GSM-7") : STR("UCS-2"));
    }
    respond_json(post->gateway, post->exchange, post->asked, 200, body);
}

HANDLER(simulator_deliver)
{
    if (!simulator_admit(gateway, exchange, request))
        return;
    struct post *post = arena_new(arena, struct post);
    *post = (struct post){.gateway = gateway,
                          .exchange = exchange,
                          .asked = request,
                          .arena = arena,
                          .sent = {.method = STR("POST")}};
    if (!read_asked(post))
        return;
    if (post->conf->kind == CHANNEL_WHATSAPP)
        make_whatsapp(post);
    else
        make_twilio(post);
    post->sent.url = arena_printf(arena, "%.*s%.*s", STR_ARG(simulator_webhooks_url(gateway->config, arena)),
                                  STR_ARG(post->target));
    post->sent_ns = clock_monotonic_ns();
    http_call(gateway->client, &post->sent, DEADLINE_MS, answered, post);
}
