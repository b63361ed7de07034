/* What did one person say in one WhatsApp message?
 *
 * Who said it, then the reader of its type. What can't be read is listed as ignored with the reason. */

#include "channels/whatsapp_message.h"

#include "channels/batch.h"

#define USER_ID_BYTES 128
#define FORM_BYTES    16384

static struct str text_of(const struct json *object, const char *key)
{
    return utf8_truncate_bytes(json_text(json_get(object, key)), INBOUND_TEXT_BYTES);
}

static bool is_phone(struct str id)
{
    for (size_t i = 0; i < id.len; i++)
        if (id.data[i] < '0' || id.data[i] > '9')
            return false;
    return id.len > 0 && id.len <= 20;
}

static bool is_alphanumeric(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/* A business-scoped user id: two letters of the country, a dot, letters and digits. */
static bool is_user_id(struct str id)
{
    if (id.len < 4 || id.len > USER_ID_BYTES || id.data[2] != '.')
        return false;
    for (size_t i = 0; i < id.len; i++)
        if (i != 2 && !(is_alphanumeric(id.data[i]) && (i > 2 || id.data[i] > '9')))
            return false;
    return true;
}

/* Puts an identifier where its form says it belongs; one of neither form is dropped. */
static void take_identity(struct inbound *message, struct str id)
{
    if (message->from.len == 0 && is_phone(id))
        message->from = id;
    else if (message->user_id.len == 0 && is_user_id(id))
        message->user_id = id;
}

/* A sender has a phone number, a user id (which may stand in the phone number's place), or both; the contact
 * with one of them tells the name and the other. */
static void read_sender(const struct whatsapp_change *change, const struct json *item,
                        struct inbound *message)
{
    take_identity(message, whatsapp_name(change, item, "from"));
    take_identity(message, whatsapp_name(change, item, "from_user_id"));
    for (size_t i = 0; i < whatsapp_count(change->contacts); i++) {
        const struct json *contact = json_at(change->contacts, i);
        struct str phone = whatsapp_name(change, contact, "wa_id");
        struct str user_id = whatsapp_name(change, contact, "user_id");
        bool is_sender = (phone.len && (str_eq(phone, message->from) || str_eq(phone, message->user_id))) ||
                         (user_id.len && str_eq(user_id, message->user_id));
        if (!is_sender)
            continue;
        message->profile_name = whatsapp_name(change, json_get(contact, "profile"), "name");
        take_identity(message, phone);
        take_identity(message, user_id);
        return;
    }
}

/* The readers of one type each: the type's own object into the message. False when it can't be read. */

static bool read_text(const struct whatsapp_change *change, const struct json *text, struct inbound *message)
{
    message->kind = INBOUND_TEXT;
    (void)change;
    message->text = text_of(text, "body");
    return json_kind(json_get(text, "body")) == JSON_TEXT;
}

/* The answer to a form is JSON inside a string; only an object is kept. */
static void read_form(const struct whatsapp_change *change, const struct json *reply, struct inbound *message)
{
    const struct json *form;
    struct str text = json_text(json_get(reply, "response_json"));
    message->kind = INBOUND_FORM;
    if (text.len <= FORM_BYTES && json_parse(change->arena, text, &form) == ERR_NONE &&
        json_kind(form) == JSON_MEMBERS)
        message->form = json_print(change->arena, form);
}

static bool read_interactive(const struct whatsapp_change *change, const struct json *interactive,
                             struct inbound *message)
{
    struct str type = json_text(json_get(interactive, "type"));
    if (str_eq(type, STR("nfm_reply"))) {
        read_form(change, json_get(interactive, "nfm_reply"), message);
        return true;
    }
    if (!str_eq(type, STR("button_reply")) && !str_eq(type, STR("list_reply")))
        return false;
    const struct json *picked =
        json_get(interactive, str_eq(type, STR("list_reply")) ? "list_reply" : "button_reply");
    message->kind = INBOUND_CHOICE;
    message->choice = whatsapp_name(change, picked, "id");
    message->choice_title = whatsapp_name(change, picked, "title");
    return message->choice.len != 0;
}

/* A template's button: its payload is what the template's sender put there. */
static bool read_button(const struct whatsapp_change *change, const struct json *button,
                        struct inbound *message)
{
    message->kind = INBOUND_CHOICE;
    message->choice = whatsapp_name(change, button, "payload");
    message->choice_title = whatsapp_name(change, button, "text");
    if (message->choice.len == 0)
        message->choice = message->choice_title;
    return message->choice.len != 0;
}

static bool read_location(const struct whatsapp_change *change, const struct json *place,
                          struct inbound *message)
{
    struct location *location = &message->location;
    message->kind = INBOUND_LOCATION;
    location->is_given = json_to_double(json_get(place, "latitude"), &location->latitude) &&
                         json_to_double(json_get(place, "longitude"), &location->longitude) &&
                         location->latitude >= -90 && location->latitude <= 90 &&
                         location->longitude >= -180 && location->longitude <= 180;
    location->name = whatsapp_name(change, place, "name");
    location->address = whatsapp_name(change, place, "address");
    return location->is_given;
}

static bool read_media(const struct whatsapp_change *change, const struct json *media,
                       struct inbound *message)
{
    struct str mime = whatsapp_name(change, media, "mime_type");
    message->kind = INBOUND_MEDIA;
    struct media *read = arena_new(change->arena, struct media);
    *read = (struct media){
        .id = whatsapp_name(change, media, "id"),
        .url = text_of(media, "url"),
        .mime = str_trim(str_slice(mime, 0, str_find_char(mime, ';'))),
        .caption = text_of(media, "caption"),
    };
    message->media = read;
    message->media_count = 1;
    return read->id.len || read->url.len;
}

static bool read_contacts(const struct whatsapp_change *change, const struct json *contacts,
                          struct inbound *message)
{
    (void)change;
    (void)contacts;
    message->kind = INBOUND_CONTACTS;
    return true;
}

/* A reaction that was taken back has no emoji. */
static bool read_reaction(const struct whatsapp_change *change, const struct json *reaction,
                          struct inbound *message)
{
    message->kind = INBOUND_REACTION;
    message->text = whatsapp_name(change, reaction, "emoji");
    message->reply_to = whatsapp_name(change, reaction, "message_id");
    return true;
}

static bool read_system(const struct whatsapp_change *change, const struct json *system,
                        struct inbound *message)
{
    struct str number = whatsapp_name(change, system, "wa_id");
    message->kind = INBOUND_SYSTEM;
    if (is_phone(number) || is_user_id(number))
        message->text = number;
    return true;
}

/* Something was sent that we get no content of; a stray text object beside it is none of the person's. */
static bool read_unsupported(const struct whatsapp_change *change, const struct json *value,
                             struct inbound *message)
{
    (void)change;
    (void)value;
    message->kind = INBOUND_UNSUPPORTED;
    return true;
}

static const struct reader {
    const char *type; /* also the name of its object */
    bool (*read)(const struct whatsapp_change *change, const struct json *value, struct inbound *message);
} readers[] = {
    {"text", read_text},
    {"interactive", read_interactive},
    {"button", read_button},
    {"location", read_location},
    {"image", read_media},
    {"video", read_media},
    {"audio", read_media},
    {"voice", read_media},
    {"document", read_media},
    {"sticker", read_media},
    {"contacts", read_contacts},
    {"reaction", read_reaction},
    {"system", read_system},
    {"order", read_unsupported},
    {"unsupported", read_unsupported},
};

static const struct reader *find_reader(struct str type)
{
    for (size_t i = 0; i < sizeof readers / sizeof *readers; i++)
        if (str_eq(type, str_from(readers[i].type)))
            return &readers[i];
    return NULL;
}

void whatsapp_read_message(const struct whatsapp_change *change, const struct json *item)
{
    struct inbound message = {
        .channel = CHANNEL_WHATSAPP,
        .provider_id = whatsapp_name(change, item, "id"),
        .to = change->number,
        .at_ms = whatsapp_instant_ms(item),
        .reply_to = whatsapp_name(change, json_get(item, "context"), "id"),
    };
    if (message.provider_id.len == 0) {
        whatsapp_ignore(change, STR("message"), STR("no id"));
        return;
    }
    if (json_kind(json_get(item, "group_id")) > JSON_NULL_VALUE) {
        whatsapp_ignore(change, message.provider_id, STR("a group's message"));
        return;
    }
    read_sender(change, item, &message);
    if (message.from.len == 0 && message.user_id.len == 0) {
        whatsapp_ignore(change, message.provider_id, STR("no sender"));
        return;
    }
    struct str type = whatsapp_name(change, item, "type");
    const struct reader *reader = find_reader(type);
    if (!reader) {
        whatsapp_ignore(change, message.provider_id,
                        arena_printf(change->arena, "unknown type \"%.*s\"", STR_ARG(type)));
        return;
    }
    if (!reader->read(change, json_get(item, reader->type), &message)) {
        whatsapp_ignore(change, message.provider_id,
                        arena_printf(change->arena, "unreadable content of type \"%.*s\"", STR_ARG(type)));
        return;
    }
    message.is_unanswerable = message.from.len && str_eq(message.from, change->display_number);
    batch_add_message(change->out, change->arena, &message);
}
