/* Do Meta and Twilio know us, and do we know their signature as it comes through the proxy? */

#include "base/form.h"
#include "base/json.h"
#include "channels/secret.h"
#include "channels/twilio.h"
#include "channels/whatsapp.h"
#include "gateway/doctor.h"

#define SMS_PATH "/webhooks/twilio/sms"

static struct str about(const struct doctor *doctor, const char *what)
{
    const char *const names[] = {"WhatsApp", "Web chat", "Voice", "Twilio"};
    return arena_printf(doctor->arena, "%s (%.*s): %s", names[doctor->conf->kind], STR_ARG(doctor->conf->id),
                        what);
}

static void unreached(struct doctor *doctor, const char *what, const char *who, enum err err)
{
    doctor_find(doctor, DOCTOR_FAILS, about(doctor, what),
                arena_printf(doctor->arena, "%s could not be asked (%s).", who, err_name(err)),
                STR("Check that this machine may call out by https, and look again."));
}

/* The gateway's own simulator plays the provider: there is nobody to ask. */
static bool is_simulated(struct doctor *doctor, struct str url, const char *what)
{
    if (str_find(url, STR("/simulator/")) == STR_NONE)
        return false;
    doctor_find(doctor, DOCTOR_WARNS, about(doctor, what),
                STR("The gateway's own simulator plays the provider; the real one was not asked."),
                STR("That is right for a trial. Else set the provider's credentials."));
    doctor_go_on(doctor);
    return true;
}

/* ---- Meta ---- */

static struct str number_words(const struct doctor *doctor, const struct json *body)
{
    struct str number = json_text(json_get(body, "display_phone_number"));
    struct str quality = json_text(json_get(body, "quality_rating"));
    return arena_printf(doctor->arena, "Meta knows the token and the number (%.*s%s%.*s).", STR_ARG(number),
                        quality.len ? ", quality " : "", STR_ARG(quality));
}

static void read_graph(struct doctor *doctor, enum err err, const struct http_response *response)
{
    const struct json *body = NULL;
    int64_t code = 0;
    if (err != ERR_NONE) {
        unreached(doctor, "credentials", "Meta's Graph API", err);
        return;
    }
    json_parse(doctor->arena, response->body, &body);
    json_to_int64(json_get(json_get(body, "error"), "code"), &code);
    if (response->status == 200)
        doctor_find(doctor, DOCTOR_OK, about(doctor, "credentials"), number_words(doctor, body),
                    (struct str){0});
    else if (response->status == 401 || code == 190)
        doctor_find(
            doctor, DOCTOR_FAILS, about(doctor, "credentials"),
            STR("Meta refuses WHATSAPP_ACCESS_TOKEN: it is wrong, has expired or was taken back."),
            STR("Make a permanent token of a system user with whatsapp_business_messaging and set it."));
    else
        doctor_find(
            doctor, DOCTOR_FAILS, about(doctor, "credentials"),
            arena_printf(doctor->arena, "Meta answers %d (code %lld) to WHATSAPP_PHONE_NUMBER_ID.",
                         response->status, (long long)code),
            STR("Check that the id is the phone number's (not the account's), and that the token's user may "
                "use it."));
}

void doctor_ask_graph(struct doctor *doctor)
{
    const struct channel_conf *conf = doctor->conf;
    struct str token = secret_first(conf->whatsapp.access_token);
    struct http_request request = {
        .method = STR("GET"),
        .url = arena_printf(doctor->arena, "%.*s/%.*s?fields=display_phone_number,quality_rating",
                            STR_ARG(conf->whatsapp.graph_url), STR_ARG(conf->number)),
    };
    if (is_simulated(doctor, conf->whatsapp.graph_url, "credentials"))
        return;
    http_add_header(doctor->arena, &request, "Authorization",
                    arena_printf(doctor->arena, "Bearer %.*s", STR_ARG(token)));
    doctor_ask(doctor, &request, read_graph);
}

/* ---- Our own webhooks, through the proxy ---- */

static void read_signed(struct doctor *doctor, enum err err, const struct http_response *response)
{
    bool is_graph = doctor->conf->kind == CHANNEL_WHATSAPP;
    if (err != ERR_NONE)
        unreached(doctor, "signature", "Our own webhook at PUBLIC_URL", err);
    else if (response->status >= 200 && response->status < 300)
        doctor_find(doctor, DOCTOR_OK, about(doctor, "signature"),
                    STR("A signed request through PUBLIC_URL is recognised; nothing of it was kept."),
                    (struct str){0});
    else if (response->status == 403)
        doctor_find(
            doctor, DOCTOR_FAILS, about(doctor, "signature"),
            STR("A rightly signed request through PUBLIC_URL is refused as forged."),
            is_graph
                ? STR("The proxy changes the body on its way: it must pass it on byte for byte.")
                : STR("The proxy changes the path, the query or the body, or PUBLIC_URL is not exactly the "
                      "address that Twilio calls."));
    else
        doctor_find(
            doctor, DOCTOR_FAILS, about(doctor, "signature"),
            arena_printf(doctor->arena, "Our own webhook answers %d through PUBLIC_URL.", response->status),
            STR("The proxy must pass POST requests under /webhooks/ on as they are."));
}

/* An event with no messages in it. */
void doctor_sign_whatsapp(struct doctor *doctor)
{
    struct http_request request = {
        .method = STR("POST"),
        .url = arena_printf(doctor->arena, "%.*s/webhooks/whatsapp", STR_ARG(doctor->config->public_url)),
        .body = STR("{\"object\":\"whatsapp_business_account\",\"entry\":[]}"),
    };
    http_add_header(doctor->arena, &request, "Content-Type", STR("application/json"));
    http_add_header(doctor->arena, &request, WHATSAPP_SIGNATURE_HEADER,
                    whatsapp_sign(doctor->conf, request.body, doctor->arena));
    doctor_ask(doctor, &request, read_signed);
}

/* The status of a message that never was: it is looked for, and not found. */
void doctor_sign_twilio(struct doctor *doctor)
{
    const struct channel_conf *conf = doctor->conf;
    struct str sid = STR("SM00000000000000000000000000000000");
    struct str target = STR(SMS_PATH "/status");
    struct buf body = {.arena = doctor->arena};
    struct form form;
    form_put(&body, "MessageSid", sid);
    form_put(&body, "SmsSid", sid);
    form_put(&body, "MessageStatus", STR("sent"));
    form_put(&body, "AccountSid", conf->twilio.account_sid);
    form_put(&body, "From", conf->number);
    form_put(&body, "ApiVersion", STR("2010-04-01"));
    form_parse(doctor->arena, buf_str(&body), &form);
    struct http_request request = {
        .method = STR("POST"),
        .url = arena_printf(doctor->arena, "%.*s%.*s", STR_ARG(doctor->config->public_url), STR_ARG(target)),
        .body = buf_str(&body),
    };
    http_add_header(doctor->arena, &request, "Content-Type", STR("application/x-www-form-urlencoded"));
    http_add_header(doctor->arena, &request, TWILIO_SIGNATURE_HEADER,
                    twilio_sign(conf, target, &form, doctor->arena));
    doctor_ask(doctor, &request, read_signed);
}

/* ---- Twilio ---- */

static void read_account(struct doctor *doctor, enum err err, const struct http_response *response)
{
    const struct json *body = NULL;
    if (err != ERR_NONE) {
        unreached(doctor, "credentials", "Twilio", err);
        return;
    }
    json_parse(doctor->arena, response->body, &body);
    struct str status = json_text(json_get(body, "status"));
    if (response->status == 200 && str_eq(status, STR("active")))
        doctor_find(doctor, DOCTOR_OK, about(doctor, "credentials"),
                    STR("Twilio knows the account, and it is active."), (struct str){0});
    else if (response->status == 200)
        doctor_find(doctor, DOCTOR_FAILS, about(doctor, "credentials"),
                    arena_printf(doctor->arena, "Twilio knows the account; it is %.*s.", STR_ARG(status)),
                    STR("See Twilio's console why."));
    else
        doctor_find(doctor, DOCTOR_FAILS, about(doctor, "credentials"),
                    arena_printf(doctor->arena,
                                 "Twilio answers %d to TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN.",
                                 response->status),
                    STR("Copy both anew from Twilio's console; the token must be the account's primary one, "
                        "not an API "
                        "key."));
}

static struct http_request twilio_get(const struct doctor *doctor, struct str path)
{
    const struct channel_conf *conf = doctor->conf;
    struct http_request request = {
        .method = STR("GET"),
        .url = arena_printf(doctor->arena, "%.*s/2010-04-01/Accounts/%.*s%.*s", STR_ARG(conf->twilio.api_url),
                            STR_ARG(conf->twilio.account_sid), STR_ARG(path)),
    };
    http_add_header(doctor->arena, &request, "Authorization", twilio_authorization(conf, doctor->arena));
    return request;
}

void doctor_ask_twilio(struct doctor *doctor)
{
    struct http_request request = twilio_get(doctor, STR(".json"));
    if (!is_simulated(doctor, doctor->conf->twilio.api_url, "credentials"))
        doctor_ask(doctor, &request, read_account);
}

/* Does the console name the address that the settings page tells to paste? */
static void compare_webhook(struct doctor *doctor, const struct json *number, const char *member,
                            const char *path, const char *what)
{
    struct arena *arena = doctor->arena;
    struct str ours = arena_printf(arena, "%.*s%s", STR_ARG(doctor->config->public_url), path);
    struct str theirs = json_text(json_get(number, member));
    if (str_eq(ours, theirs))
        doctor_find(doctor, DOCTOR_OK, about(doctor, what), STR("The number's webhook in Twilio is ours."),
                    (struct str){0});
    else
        doctor_find(doctor, DOCTOR_WARNS, about(doctor, what),
                    theirs.len ? STR("Twilio sends them to another address.")
                               : STR("Twilio sends them nowhere."),
                    arena_printf(arena, "Set the number's webhook in Twilio's console to %.*s (HTTP POST).",
                                 STR_ARG(ours)));
}

static void read_number(struct doctor *doctor, enum err err, const struct http_response *response)
{
    const struct json *body = NULL;
    if (err != ERR_NONE || response->status != 200) /* said already of the credentials */
        return;
    json_parse(doctor->arena, response->body, &body);
    const struct json *number = json_at(json_get(body, "incoming_phone_numbers"), 0);
    if (!number) {
        doctor_find(doctor, DOCTOR_FAILS, about(doctor, "number"),
                    STR("TWILIO_FROM is no number of this account."),
                    STR("Check it in Twilio's console: Phone Numbers, Active numbers."));
        return;
    }
    compare_webhook(doctor, number, "sms_url", SMS_PATH, "messages");
    if (doctor->config->channels[CHANNEL_VOICE])
        compare_webhook(doctor, number, "voice_url", "/webhooks/twilio/voice", "calls");
}

void doctor_ask_twilio_number(struct doctor *doctor)
{
    struct str number = url_encode(doctor->arena, doctor->conf->number);
    struct http_request request = twilio_get(
        doctor, arena_printf(doctor->arena, "/IncomingPhoneNumbers.json?PhoneNumber=%.*s", STR_ARG(number)));
    bool is_asked =
        doctor->conf->number.len && str_find(doctor->conf->twilio.api_url, STR("/simulator/")) == STR_NONE;
    if (is_asked)
        doctor_ask(doctor, &request, read_number);
    else
        doctor_go_on(doctor);
}
