/* What did the people and Meta say in this webhook?
 *
 * Three nested lists (entry, changes, messages or statuses), any of which may hold several items, none, or
 * rubbish: each item stands alone, and what is not for us is listed as ignored with the reason. */

#include "base/form.h"
#include "channels/batch.h"
#include "channels/errors.h"
#include "channels/whatsapp.h"
#include "channels/whatsapp_message.h"

#define SECONDS_END     1000000000000   /* from here on a timestamp is in milliseconds */
#define LAST_INSTANT_MS 253402300799999 /* the year 9999 */

size_t whatsapp_count(const struct json *value)
{
    return json_kind(value) == JSON_LIST ? json_count(value) : 0;
}

void whatsapp_ignore(const struct whatsapp_change *change, struct str what, struct str why)
{
    batch_ignore(change->out, change->arena, what, why);
}

struct str whatsapp_name(const struct whatsapp_change *change, const struct json *object, const char *key)
{
    /* Whatever json_parse read is valid, and without NUL. */
    return utf8_truncate_bytes(json_scalar(change->arena, json_get(object, key)), INBOUND_NAME_BYTES);
}

int64_t whatsapp_instant_ms(const struct json *item)
{
    int64_t instant;
    if (!json_to_int64(json_get(item, "timestamp"), &instant) || instant <= 0)
        return 0;
    if (instant < SECONDS_END)
        return instant * 1000;
    return instant <= LAST_INSTANT_MS ? instant : 0;
}

static bool status_of(struct str word, enum receipt_status *out)
{
    static const struct {
        struct str word;
        enum receipt_status status;
    } words[] = {
        {STR_INIT("sent"), RECEIPT_SENT},     {STR_INIT("delivered"), RECEIPT_DELIVERED},
        {STR_INIT("read"), RECEIPT_READ},     {STR_INIT("played"), RECEIPT_READ},
        {STR_INIT("failed"), RECEIPT_FAILED}, {STR_INIT("deleted"), RECEIPT_DELETED},
    };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (str_eq(word, words[i].word)) {
            *out = words[i].status;
            return true;
        }
    }
    return false;
}

static void parse_status(const struct whatsapp_change *change, const struct json *item)
{
    struct receipt receipt = {
        .provider_id = whatsapp_name(change, item, "id"),
        .outbox_id = whatsapp_name(change, item, "biz_opaque_callback_data"),
        .at_ms = whatsapp_instant_ms(item),
    };
    if (receipt.provider_id.len == 0) {
        whatsapp_ignore(change, STR("status"), STR("no id"));
        return;
    }
    struct str word = whatsapp_name(change, item, "status");
    if (!status_of(word, &receipt.status)) {
        whatsapp_ignore(change, receipt.provider_id,
                        arena_printf(change->arena, "unknown status \"%.*s\"", STR_ARG(word)));
        return;
    }
    const struct json *error = json_at(json_get(item, "errors"), 0);
    int64_t code;
    if (receipt.status == RECEIPT_FAILED && json_to_int64(json_get(error, "code"), &code))
        receipt.error =
            error_of(&whatsapp_errors, code, error_title(change->arena, json_text(json_get(error, "title"))));
    batch_add_receipt(change->out, change->arena, &receipt);
}

static bool is_served(const struct channel_conf *confs, const struct channel_conf *matched, struct str number)
{
    for (const struct channel_conf *conf = confs; conf; conf = conf->next)
        if (number.len && str_eq(conf->number, number) &&
            str_eq(conf->whatsapp.app_secret, matched->whatsapp.app_secret))
            return true;
    return false;
}

/* Trouble that belongs to no message. */
static void parse_error(const struct whatsapp_change *change, const struct json *item)
{
    whatsapp_ignore(change,
                    arena_printf(change->arena, "error %.*s", STR_ARG(whatsapp_name(change, item, "code"))),
                    whatsapp_name(change, item, "title"));
}

static void parse_change(const struct channel_conf *confs, const struct channel_conf *matched,
                         const struct json *item, struct whatsapp_change change)
{
    const struct json *value = json_get(item, "value");
    const struct json *metadata = json_get(value, "metadata");
    struct str field = whatsapp_name(&change, item, "field");
    if (!str_eq(field, STR("messages"))) {
        whatsapp_ignore(&change, arena_printf(change.arena, "field \"%.*s\"", STR_ARG(field)),
                        STR("not messages"));
        return;
    }
    change.number = whatsapp_name(&change, metadata, "phone_number_id");
    change.display_number = whatsapp_name(&change, metadata, "display_phone_number");
    change.contacts = json_get(value, "contacts");
    if (!is_served(confs, matched, change.number)) {
        whatsapp_ignore(&change,
                        arena_printf(change.arena, "phone_number_id \"%.*s\"", STR_ARG(change.number)),
                        STR("not one of our numbers"));
        return;
    }
    const struct json *messages = json_get(value, "messages");
    for (size_t i = 0; i < whatsapp_count(messages); i++)
        whatsapp_read_message(&change, json_at(messages, i));
    const struct json *statuses = json_get(value, "statuses");
    for (size_t i = 0; i < whatsapp_count(statuses); i++)
        parse_status(&change, json_at(statuses, i));
    const struct json *errors = json_get(value, "errors");
    for (size_t i = 0; i < whatsapp_count(errors); i++)
        parse_error(&change, json_at(errors, i));
}

static void parse_check(const struct http_request *request, struct arena *arena, struct batch *out)
{
    struct form query;
    if (!form_parse(arena, request->query, &query))
        return;
    out->is_challenge = true;
    out->challenge = inbound_name(arena, form_get(&query, "hub.challenge"));
}

enum err whatsapp_parse(const struct channel_conf *confs, const struct channel_conf *matched,
                        const struct http_request *request, struct arena *arena, struct batch *out)
{
    *out = (struct batch){0};
    if (!str_eq(request->method, STR("POST"))) {
        parse_check(request, arena, out);
        return ERR_NONE;
    }
    const struct json *body;
    enum err err = json_parse(arena, request->body, &body);
    if (err)
        return err;
    if (!str_eq(json_text(json_get(body, "object")), STR("whatsapp_business_account"))) {
        batch_ignore(out, arena, STR("object"), STR("not a WhatsApp business account"));
        return ERR_NONE;
    }
    const struct json *entries = json_get(body, "entry");
    for (size_t i = 0; i < whatsapp_count(entries); i++) {
        const struct json *changes = json_get(json_at(entries, i), "changes");
        for (size_t k = 0; k < whatsapp_count(changes); k++)
            parse_change(confs, matched, json_at(changes, k),
                         (struct whatsapp_change){.arena = arena, .out = out});
    }
    return ERR_NONE;
}
