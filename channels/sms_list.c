/* What would the webhooks have said that were never heard?
 *
 * Each message of Twilio's list is written as the form that its webhook would have been, and read by the same
 * parser: what is not for us, or can't be answered, is told apart in one place only. */

#include "channels/sms_list.h"

#include "base/clock.h"
#include "base/json.h"
#include "channels/batch.h"
#include "channels/sms.h"
#include "channels/twilio.h"

#define PAGE_SIZE "200"

static struct str account_path(const struct channel_conf *conf, struct arena *arena)
{
    return arena_printf(arena, "/2010-04-01/Accounts/%.*s/", STR_ARG(conf->twilio.account_sid));
}

static void ask(const struct channel_conf *conf, struct str path_and_query, struct arena *arena,
                struct http_request *out)
{
    *out = (struct http_request){.method = STR("GET")};
    out->url = arena_printf(arena, "%.*s%.*s", STR_ARG(conf->twilio.api_url), STR_ARG(path_and_query));
    http_add_header(arena, out, "Authorization", twilio_authorization(conf, arena));
    http_add_header(arena, out, "Accept", STR("application/json"));
}

void sms_list_request(const struct channel_conf *conf, int64_t since_ms, struct arena *arena,
                      struct http_request *out)
{
    struct date day = date_of_ms(since_ms, 0);
    int64_t second = since_ms / 1000 % (INT64_C(24) * 60 * 60);
    struct buf query = {.arena = arena};
    if (conf->number.len)
        form_put(&query, "To", conf->number);
    /* The name ends in ">": "DateSent>=…" is Twilio's way to say "since". */
    form_put(&query, "DateSent>",
             arena_printf(arena, "%04d-%02d-%02dT%02d:%02d:%02dZ", day.year, day.month, day.day,
                          (int)(second / 3600), (int)(second / 60 % 60), (int)(second % 60)));
    form_put(&query, "PageSize", STR(PAGE_SIZE));
    ask(conf,
        arena_printf(arena, "%.*sMessages.json?%.*s", STR_ARG(account_path(conf, arena)),
                     STR_ARG(buf_str(&query))),
        arena, out);
}

void sms_list_page(const struct channel_conf *conf, struct str next, struct arena *arena,
                   struct http_request *out)
{
    ask(conf, next, arena, out);
}

static void put(struct buf *form, const char *name, const struct json *message, const char *key)
{
    struct str value = json_scalar(form->arena, json_get(message, key));
    if (value.len)
        form_put(form, name, value);
}

static void read_message(const struct channel_conf *confs, const struct channel_conf *conf,
                         const struct json *message, struct arena *arena, struct batch *out)
{
    struct buf form = {.arena = arena};
    struct batch one = {0};
    put(&form, "MessageSid", message, "sid");
    put(&form, "AccountSid", message, "account_sid");
    put(&form, "MessagingServiceSid", message, "messaging_service_sid");
    put(&form, "From", message, "from");
    put(&form, "To", message, "to");
    put(&form, "Body", message, "body");
    form_put(&form, "SmsStatus", STR("received"));
    struct str media = json_text(json_get(json_get(message, "subresource_uris"), "media"));
    if (media.len && !str_eq(json_scalar(arena, json_get(message, "num_media")), STR("0")))
        form_put(&form, "MediaUrl0",
                 arena_printf(arena, "%.*s%.*s", STR_ARG(conf->twilio.api_url), STR_ARG(media)));
    struct http_request webhook = {
        .method = STR("POST"), .path = STR("/webhooks/twilio/sms"), .body = buf_str(&form)};
    http_add_header(arena, &webhook, "Content-Type", STR("application/x-www-form-urlencoded"));
    if (channel_sms.parse(confs, conf, &webhook, arena, &one) != ERR_NONE || one.message_count == 0)
        return;
    one.messages[0].at_ms = twilio_instant_ms(json_text(json_get(message, "date_sent")));
    batch_add_message(out, arena, &one.messages[0]);
}

enum err sms_list_read(const struct channel_conf *confs, const struct channel_conf *conf, struct str body,
                       struct arena *arena, struct batch *out, struct str *next)
{
    const struct json *page = NULL;
    *next = (struct str){0};
    if (json_parse(arena, body, &page) != ERR_NONE || json_kind(json_get(page, "messages")) != JSON_LIST)
        return ERR_MALFORMED;
    const struct json *messages = json_get(page, "messages");
    for (size_t i = 0; i < json_count(messages); i++) {
        const struct json *message = json_at(messages, i);
        if (str_eq(json_text(json_get(message, "direction")), STR("inbound")))
            read_message(confs, conf, message, arena, out);
    }
    /* Our credentials go to our own account's pages only. */
    struct str uri = json_text(json_get(page, "next_page_uri"));
    if (str_starts(uri, account_path(conf, arena)))
        *next = uri;
    return ERR_NONE;
}
