/* What is on, what is missing, and what is to be pasted where? No secret is told: only whether it is set, and
 * the last four characters of an account's or number's id. */

#include "gateway/admin_call.h"
#include "gateway/doctor.h"

#include <stdlib.h>

#define SHOWN_BYTES 4

static struct json *add_to(struct json *list, struct arena *arena)
{
    struct json *object = json_new_object(arena);
    json_add(arena, list, object);
    return object;
}

/* ---- Channels ---- */

struct secret_named {
    const char *variable;
    struct str value; /* of a channel that is on */
};

static void put_credential(struct json *list, const char *variable, bool is_set, struct str shown,
                           struct arena *arena)
{
    struct json *credential = add_to(list, arena);
    json_set_str(arena, credential, "variable", str_from(variable));
    json_set_bool(arena, credential, "is_set", is_set);
    if (is_set && shown.len > SHOWN_BYTES)
        json_set_str(arena, credential, "end", str_slice(shown, shown.len - SHOWN_BYTES, shown.len));
}

static bool is_in_environment(const char *variable, struct arena *arena)
{
    const char *value = getenv(variable);
    const char *file = getenv(arena_printf(arena, "%s_FILE", variable).data);
    return (value && *value) || (file && *file);
}

#define CREDENTIALS_MAX 5

/* Those of ids may be shown in part, those of secrets not at all. */
static size_t credentials_of(enum channel_kind kind, const struct channel_conf *conf,
                             struct secret_named out[CREDENTIALS_MAX], size_t *ids)
{
    static const struct channel_conf none = {0};
    const struct channel_conf *of = conf ? conf : &none;
    *ids = 0;
    switch (kind) {
    case CHANNEL_WHATSAPP:
        *ids = 1;
        out[0] = (struct secret_named){"WHATSAPP_PHONE_NUMBER_ID", of->number};
        out[1] = (struct secret_named){"WHATSAPP_ACCESS_TOKEN", of->whatsapp.access_token};
        out[2] = (struct secret_named){"WHATSAPP_APP_SECRET", of->whatsapp.app_secret};
        out[3] = (struct secret_named){"WHATSAPP_VERIFY_TOKEN", of->whatsapp.verify_token};
        return 4;
    case CHANNEL_SMS:
    case CHANNEL_VOICE:
        *ids = 2;
        out[0] = (struct secret_named){"TWILIO_ACCOUNT_SID", of->twilio.account_sid};
        out[1] = (struct secret_named){"TWILIO_FROM", of->number};
        out[2] = (struct secret_named){"TWILIO_AUTH_TOKEN", of->twilio.auth_token};
        return 3;
    case CHANNEL_WEB:
        break;
    }
    return 0;
}

static void put_address(struct json *list, const char *where, struct str address, struct arena *arena)
{
    struct json *webhook = add_to(list, arena);
    json_set_str(arena, webhook, "name", str_from(where));
    json_set_str(arena, webhook, "url", address);
}

static void put_webhook(struct json *list, const struct config *config, const char *where, const char *path,
                        struct arena *arena)
{
    put_address(list, where, arena_printf(arena, "%.*s%s", STR_ARG(config->public_url), path), arena);
}

/* The exact addresses, and where they are pasted. */
static struct json *webhooks_of(enum channel_kind kind, const struct config *config, struct arena *arena)
{
    struct json *list = json_new_list(arena);
    switch (kind) {
    case CHANNEL_WHATSAPP:
        put_webhook(list, config, "Meta for Developers, WhatsApp, Configuration: Callback URL",
                    "/webhooks/whatsapp", arena);
        break;
    case CHANNEL_SMS:
        put_webhook(list, config, "Twilio Console, the number, Messaging: A message comes in (HTTP POST)",
                    "/webhooks/twilio/sms", arena);
        break;
    case CHANNEL_VOICE:
        put_webhook(list, config, "Twilio Console, the number, Voice: A call comes in (HTTP POST)",
                    "/webhooks/twilio/voice", arena);
        put_webhook(list, config, "Twilio Console, the number, Voice: Call status changes",
                    "/webhooks/twilio/voice/status", arena);
        break;
    case CHANNEL_WEB:
        put_address(list, "Into a page's HTML",
                    arena_printf(arena, "<script src=\"%.*s/widget.js\" async></script>",
                                 STR_ARG(config->public_url)),
                    arena);
        break;
    }
    return list;
}

static void put_channel(struct json *list, enum channel_kind kind, const struct channel_conf *conf,
                        const struct config *config, struct arena *arena)
{
    struct json *channel = add_to(list, arena);
    struct json *credentials = json_new_list(arena);
    struct secret_named named[CREDENTIALS_MAX];
    size_t ids;
    size_t count = credentials_of(kind, conf, named, &ids);
    for (size_t i = 0; i < count; i++)
        put_credential(credentials, named[i].variable,
                       conf ? named[i].value.len > 0 : is_in_environment(named[i].variable, arena),
                       i < ids ? named[i].value : (struct str){0}, arena);
    json_set_str(arena, channel, "kind", channel_kind_name(kind));
    json_set_str(arena, channel, "id", conf ? conf->id : channel_kind_name(kind));
    json_set_bool(arena, channel, "is_on", conf != NULL);
    json_set_str(arena, channel, "flow", conf ? conf->flow : (struct str){0});
    json_set(arena, channel, "credentials", credentials);
    json_set(arena, channel, "webhooks", webhooks_of(kind, config, arena));
}

/* ---- The rest ---- */

static void put_feature(struct json *list, const char *name, bool is_on, struct str words,
                        const char *variable, struct arena *arena)
{
    struct json *feature = add_to(list, arena);
    json_set_str(arena, feature, "name", str_from(name));
    json_set_bool(arena, feature, "is_on", is_on);
    json_set_str(arena, feature, "words", words);
    json_set_str(arena, feature, "variable", str_from(variable));
}

static struct json *features_of(const struct config *config, struct arena *arena)
{
    struct json *list = json_new_list(arena);
    struct str hours = config->tickets.hours_text.len ? config->tickets.hours_text : STR("always");
    put_feature(list, "Instant onboarding", config->instant_onboarding, STR("Birth charts by chat."),
                "FEATURE_INSTANT_ONBOARDING", arena);
    put_feature(list, "Tickets", config->tickets.is_on,
                arena_printf(arena, "People at this dashboard are there: %.*s.", STR_ARG(hours)), "TICKETS",
                arena);
    put_feature(list, "Simulator", config->simulator, STR("Phones to try it on, at /simulator."), "SIMULATOR",
                arena);
    put_feature(list, "Speech to text", config->transcribe.url.len > 0, STR("Voice notes are understood."),
                "TRANSCRIBE_URL", arena);
    put_feature(list, "Redis", config->redis_url.len > 0, STR("Limits hold across workers and nodes."),
                "REDIS_URL", arena);
    put_feature(list, "Spool", config->spool.folder.len > 0,
                STR("Webhooks are kept on disk while PostgreSQL is away."), "SPOOL_FOLDER", arena);
    put_feature(list, "Outgoing webhooks", config->webhook_secret.len > 0, STR("What we call is signed."),
                "WEBHOOK_SECRET", arena);
    return list;
}

HANDLER(admin_settings)
{
    struct admin_call *call = admin_call_new(gateway, exchange, request, arena, ROLE_VIEWER);
    const struct config *config = gateway->config;
    if (!call)
        return;
    struct json *body = json_new_object(arena);
    struct json *channels = json_new_list(arena);
    for (int kind = 0; kind < CHANNEL_KINDS; kind++) {
        const struct channel_conf *conf = config->channels[kind];
        do {
            put_channel(channels, (enum channel_kind)kind, conf, config, arena);
            conf = conf ? conf->next : NULL;
        } while (conf);
    }
    json_set_str(arena, body, "public_url", config->public_url);
    json_set(arena, body, "channels", channels);
    json_set(arena, body, "features", features_of(config, arena));
    admin_call_answer(call, body);
}

/* ---- The doctor ---- */

static void examined(void *arg, const struct doctor *doctor)
{
    struct admin_call *call = arg;
    struct json *body = json_new_object(call->arena);
    struct json *list = json_new_list(call->arena);
    for (size_t i = 0; i < doctor->count; i++) {
        const struct doctor_finding *finding = &doctor->findings[i];
        struct json *object = add_to(list, call->arena);
        json_set_str(call->arena, object, "verdict", doctor_verdict_name(finding->verdict));
        json_set_str(call->arena, object, "about", finding->about);
        json_set_str(call->arena, object, "found", finding->found);
        json_set_str(call->arena, object, "advice", finding->advice);
    }
    json_set(call->arena, body, "findings", list);
    admin_call_answer(call, body);
}

HANDLER(admin_doctor)
{
    struct admin_call *call = admin_call_new(gateway, exchange, request, arena, ROLE_OPERATOR);
    if (!call)
        return;
    struct doctor *doctor = arena_new(arena, struct doctor);
    *doctor = (struct doctor){.config = gateway->config,
                              .script = gateway->script,
                              .client = gateway->client,
                              .arena = arena,
                              .done = examined,
                              .arg = call};
    doctor_examine(doctor);
}
