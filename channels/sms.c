/* How is an SMS read, and how is one written?
 *
 *   authenticate  the signature (twilio.c)
 *   parse         a text that came in, or the status of one that went out
 *   reply         TwiML, saying the turn's messages where the setting answers inline
 *   compose       the same by Twilio's API
 *   judge         the API's answer (twilio.c)
 *
 * SMS can show nothing but text: all else is put into words here. */

#include "channels/sms.h"

#include "base/form.h"
#include "channels/batch.h"
#include "channels/errors.h"
#include "channels/gsm7.h"
#include "channels/secret.h"
#include "channels/twilio.h"
#include "channels/twiml.h"
#include "channels/wording.h"

/* Twilio's limit for one message (21617), in UTF-16 units so that it holds however it counts. */
#define TEXT_UNITS  1600
#define STATUS_PATH "/webhooks/twilio/sms/status"

/* Is it to a number of ours, or of a Messaging Service of ours, whose numbers no setting needs to list? */
static bool is_served(const struct channel_conf *confs, const struct channel_conf *matched,
                      const struct form *form)
{
    struct str account = form_get(form, "AccountSid");
    struct str service = form_get(form, "MessagingServiceSid");
    if (twilio_find_number(confs, matched, account, form_get(form, "To")))
        return true;
    for (const struct channel_conf *conf = confs; conf; conf = conf->next)
        if (twilio_serves(conf, matched, account) && service.len &&
            str_eq(conf->twilio.messaging_service_sid, service))
            return true;
    return false;
}

static bool is_own_number(const struct channel_conf *confs, struct str number)
{
    for (const struct channel_conf *conf = confs; conf; conf = conf->next)
        if (str_eq(conf->number, number))
            return true;
    return false;
}

/* The number at the end of a field such as MediaUrl3; false for any other field. */
static bool is_numbered(struct str name, struct str stem, size_t *number)
{
    if (name.len != stem.len + 1 || !str_starts(name, stem))
        return false;
    *number = (size_t)(name.data[stem.len] - '0');
    return *number < INBOUND_MEDIA_MAX;
}

/* Without parameters: "audio/ogg" of "audio/ogg; codecs=opus". */
static struct str mime_of(struct str type, struct arena *arena)
{
    return inbound_name(arena, str_trim(str_slice(type, 0, str_find_char(type, ';'))));
}

/* Most messages have none. */
static struct media *found_at(struct media **found, size_t number, struct arena *arena)
{
    if (!*found)
        *found = arena_new_array(arena, struct media, INBOUND_MEDIA_MAX);
    return *found + number;
}

/* The count in NumMedia can disagree with what is there: what is there counts. */
static void read_media(const struct form *form, struct arena *arena, struct inbound *message)
{
    struct media *found = NULL;
    size_t number;
    for (size_t i = 0; i < form->count; i++) {
        const struct form_field *field = &form->fields[i];
        if (is_numbered(field->name, STR("MediaUrl"), &number))
            found_at(&found, number, arena)->url = inbound_text(arena, field->value);
        else if (is_numbered(field->name, STR("MediaContentType"), &number))
            found_at(&found, number, arena)->mime = mime_of(field->value, arena);
    }
    for (size_t i = 0; found && i < INBOUND_MEDIA_MAX; i++)
        if (found[i].url.len)
            found[message->media_count++] = found[i];
    message->media = found;
    if (message->media_count)
        message->kind = INBOUND_MEDIA;
}

static struct str read_opt_out(const struct form *form)
{
    static const struct str words[] = {STR_INIT("STOP"), STR_INIT("START"), STR_INIT("HELP")};
    struct str type = form_get(form, "OptOutType");
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (str_eq_nocase(type, words[i]))
            return words[i];
    return (struct str){0};
}

/* MessageSid under the names it had over the years. */
static struct str read_sid(const struct form *form, struct arena *arena)
{
    static const char *const names[] = {"MessageSid", "SmsSid", "SmsMessageSid"};
    struct str sid = {0};
    for (size_t i = 0; !sid.len && i < sizeof names / sizeof *names; i++)
        sid = form_get(form, names[i]);
    return inbound_name(arena, sid);
}

static void parse_message(const struct channel_conf *confs, const struct channel_conf *matched,
                          const struct form *form, struct arena *arena, struct batch *out)
{
    struct inbound message = {
        .channel = CHANNEL_SMS,
        .kind = INBOUND_TEXT,
        .provider_id = read_sid(form, arena),
        .from = inbound_name(arena, form_get(form, "From")),
        .to = inbound_name(arena, form_get(form, "To")),
        .text = inbound_text(arena, form_get(form, "Body")),
        .opt_out = read_opt_out(form),
    };
    if (message.provider_id.len == 0) {
        batch_ignore(out, arena, STR("message"), STR("no MessageSid"));
        return;
    }
    if (message.from.len == 0) {
        batch_ignore(out, arena, message.provider_id, STR("no sender"));
        return;
    }
    if (!is_served(confs, matched, form)) {
        batch_ignore(out, arena, message.provider_id, STR("not to one of our numbers"));
        return;
    }
    /* Short codes and names ("DHL") can't be answered; our own numbers would talk to themselves. */
    message.is_unanswerable = !twilio_is_e164(message.from) || is_own_number(confs, message.from);
    read_media(form, arena, &message);
    batch_add_message(out, arena, &message);
}

static bool status_of(struct str word, enum receipt_status *out)
{
    static const struct {
        struct str word;
        enum receipt_status status;
    } words[] = {
        {STR_INIT("accepted"), RECEIPT_ACCEPTED},  {STR_INIT("scheduled"), RECEIPT_ACCEPTED},
        {STR_INIT("queued"), RECEIPT_ACCEPTED},    {STR_INIT("sending"), RECEIPT_ACCEPTED},
        {STR_INIT("sent"), RECEIPT_SENT},          {STR_INIT("delivered"), RECEIPT_DELIVERED},
        {STR_INIT("read"), RECEIPT_READ},          {STR_INIT("failed"), RECEIPT_FAILED},
        {STR_INIT("undelivered"), RECEIPT_FAILED}, {STR_INIT("canceled"), RECEIPT_FAILED},
    };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (str_eq(word, words[i].word)) {
            *out = words[i].status;
            return true;
        }
    }
    return false;
}

/* The word of a status callback; "received" is what a message says of itself. */
static struct str status_word(const struct form *form)
{
    struct str word = form_get(form, "MessageStatus");
    return word.len ? word : form_get(form, "SmsStatus");
}

/* Our own id, which we put into the callback's URL. */
static struct str read_outbox_id(const struct http_request *request, struct arena *arena)
{
    struct form query;
    if (!form_parse(arena, request->query, &query))
        return (struct str){0};
    return inbound_name(arena, form_get(&query, "id"));
}

static void parse_status(const struct http_request *request, const struct form *form, struct arena *arena,
                         struct batch *out)
{
    struct receipt receipt = {
        .provider_id = read_sid(form, arena),
        .outbox_id = read_outbox_id(request, arena),
    };
    if (receipt.provider_id.len == 0) {
        batch_ignore(out, arena, STR("status"), STR("no MessageSid"));
        return;
    }
    if (!status_of(status_word(form), &receipt.status)) {
        batch_ignore(out, arena, receipt.provider_id,
                     arena_printf(arena, "status \"%.*s\" means nothing here",
                                  STR_ARG(inbound_name(arena, status_word(form)))));
        return;
    }
    int64_t code;
    if (receipt.status == RECEIPT_FAILED && str_to_int64(form_get(form, "ErrorCode"), &code) && code != 0)
        receipt.error = error_of(&twilio_errors, code, error_title(arena, form_get(form, "ErrorMessage")));
    batch_add_receipt(out, arena, &receipt);
}

static bool is_status_callback(const struct http_request *request, const struct form *form)
{
    if (str_ends(request->path, STR("/status")))
        return true;
    struct str word = form_get(form, "MessageStatus");
    return word.len && !str_eq(word, STR("received"));
}

static enum err parse(const struct channel_conf *confs, const struct channel_conf *matched,
                      const struct http_request *request, struct arena *arena, struct batch *out)
{
    struct form form;
    *out = (struct batch){0};
    enum err err = twilio_fields(request, arena, &form);
    if (err == ERR_MALFORMED)
        return err;
    if (err)
        batch_ignore(out, arena, STR("JSON body"), STR("neither a message nor a status"));
    else if (!twilio_is_own_account(confs, matched, form_get(&form, "AccountSid")))
        batch_ignore(out, arena, STR("AccountSid"), STR("not our account"));
    else if (is_status_callback(request, &form))
        parse_status(request, &form, arena, out);
    else
        parse_message(confs, matched, &form, arena, out);
    return ERR_NONE;
}

/* Everything to be said, in words; the notes say what was not words before. */
static struct str words_of(const struct outbound *say, struct arena *arena, struct degradations notes)
{
    struct buf text = {.arena = arena};
    buf_put(&text, say->brief.len ? say->brief : say->text);
    put_template(&text, say, notes, STR("template to text"));
    if (say->choice_count) {
        degrade(notes, STR("choices to numbered lines"));
        put_numbered(&text, say->choices, say->choice_count);
    }
    if (say->asks_location)
        degrade(notes, STR("location request to text"));
    if (say->image.len) {
        degrade(notes, STR("image to link"));
        put_link(&text, (struct str){0}, say->image);
    }
    if (say->link.url.len) {
        degrade(notes, STR("link to text"));
        put_link(&text, say->brief.len ? (struct str){0} : say->link.title, say->link.url);
    }
    if (say->reply_to.len)
        degrade(notes, STR("quote left out"));
    return sms_fold(arena, buf_str(&text));
}

static struct split parts_of(const struct outbound *say, struct arena *arena, struct degradations notes)
{
    struct split parts = text_split(words_of(say, arena, notes), UNIT_UTF16, TEXT_UNITS, COMPOSED_MAX);
    if (parts.is_cut)
        degrade(notes, STR("text cut"));
    return parts;
}

/* Where Twilio shall tell what became of a message of ours. Only the last part of one asks: what is told of
 * those before it must not pass for news of what is still to be sent. */
static struct str callback_url(const struct channel_conf *conf, const struct outbound *say,
                               struct arena *arena)
{
    struct str id = url_encode(arena, say->id);
    return arena_join(arena, conf->public_url, STR(STATUS_PATH "?id="), id);
}

static void put_message(struct buf *verbs, const struct channel_conf *conf, const struct outbound *say,
                        struct str text, bool is_last)
{
    buf_put(verbs, STR("<Message"));
    if (say->id.len && is_last)
        twiml_put_attribute(verbs, "statusCallback", callback_url(conf, say, verbs->arena));
    buf_put_char(verbs, '>');
    twiml_put_text(verbs, text);
    buf_put(verbs, STR("</Message>"));
}

static void reply(const struct channel_conf *conf, const struct outbound *say, size_t count,
                  struct arena *arena, struct replied *out)
{
    out->degraded_count = 0;
    struct buf verbs = {.arena = arena};
    for (size_t i = 0; i < count; i++) {
        struct split parts = parts_of(&say[i], arena, DEGRADATIONS_OF(out));
        for (size_t part = 0; part < parts.count; part++) {
            size_t before = verbs.len;
            put_message(&verbs, conf, &say[i], parts.parts[part], part + 1 == parts.count);
            if (verbs.len > TWIML_BYTES_MAX) {
                degrade(DEGRADATIONS_OF(out), STR("text cut"));
                verbs.len = before;
            }
        }
    }
    twiml_answer(arena, buf_str(&verbs), &out->response);
}

static void compose_part(const struct channel_conf *conf, const struct outbound *say, struct str text,
                         bool is_last, struct arena *arena, struct http_request *out)
{
    struct buf body = {.arena = arena};
    struct str from = say->from.len ? say->from : conf->number;
    form_put(&body, "To", say->to);
    if (conf->twilio.messaging_service_sid.len)
        form_put(&body, "MessagingServiceSid", conf->twilio.messaging_service_sid);
    if (from.len)
        form_put(&body, "From", from);
    form_put(&body, "Body", text);
    if (say->id.len && is_last)
        form_put(&body, "StatusCallback", callback_url(conf, say, arena));

    *out = (struct http_request){.method = STR("POST"), .body = buf_str(&body)};
    out->url = arena_printf(arena, "%.*s/2010-04-01/Accounts/%.*s/Messages.json",
                            STR_ARG(conf->twilio.api_url), STR_ARG(conf->twilio.account_sid));
    http_add_header(arena, out, "Authorization", twilio_authorization(conf, arena));
    http_add_header(arena, out, "Content-Type", STR("application/x-www-form-urlencoded"));
    http_add_header(arena, out, "Accept", STR("application/json"));
}

static void compose(const struct channel_conf *conf, const struct outbound *say, struct arena *arena,
                    struct composed *out)
{
    *out = (struct composed){.encoding = "GSM-7"};
    struct split parts = parts_of(say, arena, DEGRADATIONS_OF(out));
    for (size_t i = 0; i < parts.count; i++) {
        struct sms_size size = sms_count(parts.parts[i]);
        if (!size.is_gsm7)
            out->encoding = "UCS-2";
        out->segments += size.segments;
        struct http_request *request = arena_new(arena, struct http_request);
        compose_part(conf, say, parts.parts[i], i + 1 == parts.count, arena, request);
        out->requests[out->count++] = request;
    }
}

const struct channel channel_sms = {
    .name = "sms",
    .kind = CHANNEL_SMS,
    .signature_header = STR_INIT(TWILIO_SIGNATURE_HEADER),
    .authenticate = twilio_authenticate,
    .parse = parse,
    .reply = reply,
    .compose = compose,
    .judge = twilio_judge,
};
