/* SMS and telephone, as Twilio brings them: webhooks that are signed with the account's token, and documents
 * that answer. Their numbers are of a range that belongs to nobody. */

#include "base/digest.h"
#include "base/encoding.h"
#include "base/form.h"
#include "channels/secret.h"
#include "channels/twilio.h"
#include "cli/chat.h"

#include <unistd.h>

#define ROUNDS_MAX 5 /* a call's document that isn't ready sends us round again */

static struct str call_sid;
static struct str action; /* where the caller's answer goes; empty: nothing is asked */

/* ---- Asking ---- */

static struct str new_sid(const char *prefix, struct arena *arena)
{
    uint8_t bytes[16];
    random_bytes(bytes, sizeof bytes);
    return arena_printf(arena, "%s%.*s", prefix, STR_ARG(hex_encode(arena, bytes, sizeof bytes)));
}

/* Twilio signs the URL followed by each field's name and value, in the order of names. */
static struct str signature_of(const struct channel_conf *conf, struct str path,
                               const struct form_field *fields, size_t count, struct arena *arena)
{
    uint8_t digest[SHA1_BYTES];
    struct buf text = {.arena = arena};
    struct str last = {0};
    buf_put(&text, conf->public_url);
    buf_put(&text, path);
    for (size_t done = 0; done < count; done++) {
        const struct form_field *next = NULL;
        for (size_t i = 0; i < count; i++)
            if (str_compare(fields[i].name, last) > 0 &&
                (!next || str_compare(fields[i].name, next->name) < 0))
                next = &fields[i];
        if (!next)
            break;
        buf_put(&text, next->name);
        buf_put(&text, next->value);
        last = next->name;
    }
    hmac_sha1(secret_first(conf->twilio.auth_token), (const struct str[]){buf_str(&text)}, 1, digest);
    return base64_encode(arena, digest, sizeof digest);
}

static enum chat_end post(struct chat *chat, const struct channel_conf *conf, struct str path,
                          const struct form_field *fields, size_t count, struct arena *arena,
                          struct str *document)
{
    struct buf body = {.arena = arena};
    struct http_response response;
    *document = (struct str){0};
    for (size_t i = 0; i < count; i++)
        form_put(&body, arena_cstring(arena, fields[i].name), fields[i].value);
    struct http_request request = {.method = STR("POST"), .url = path, .body = buf_str(&body)};
    http_add_header(arena, &request, "Content-Type", STR("application/x-www-form-urlencoded"));
    http_add_header(arena, &request, TWILIO_SIGNATURE_HEADER, signature_of(conf, path, fields, count, arena));
    if (!chat_request(chat, &request, arena, &response))
        return CHAT_FAILED;
    if (chat_is_success(chat, &response, arena))
        *document = response.body;
    return CHAT_GOES_ON;
}

/* ---- Reading documents of ours ---- */

static struct str decode(struct str text, struct arena *arena)
{
    static const struct {
        const char *name;
        char means;
    } entities[] = {{"&amp;", '&'},   {"&lt;", '<'},   {"&gt;", '>'},  {"&quot;", '"'},
                    {"&apos;", '\''}, {"&#39;", '\''}, {"&#10;", '\n'}};
    struct buf out = {.arena = arena};
    for (size_t at = 0; at < text.len;) {
        struct str rest = str_slice(text, at, text.len);
        size_t taken = 0;
        for (size_t i = 0; i < sizeof entities / sizeof *entities && !taken; i++) {
            if (!str_starts(rest, str_from(entities[i].name)))
                continue;
            buf_put_char(&out, entities[i].means);
            taken = str_from(entities[i].name).len;
        }
        if (!taken)
            buf_put_char(&out, text.data[at]);
        at += taken ? taken : 1;
    }
    return buf_str(&out);
}

/* The next element of that name in `*rest`: its start tag, and its content without tags. */
static bool next_element(struct str *rest, const char *name, struct str *tag, struct str *content,
                         struct arena *arena)
{
    size_t begin = str_find(*rest, arena_printf(arena, "<%s", name));
    if (begin == STR_NONE)
        return false;
    struct str element = str_slice(*rest, begin, rest->len);
    size_t close = str_find_char(element, '>');
    struct str end_tag = arena_printf(arena, "</%s>", name);
    size_t end = str_find(element, end_tag);
    *tag = str_slice(element, 0, close);
    *rest = end == STR_NONE ? (struct str){0} : str_slice(element, end + end_tag.len, element.len);
    if (close == STR_NONE || end == STR_NONE)
        return false;
    struct buf text = {.arena = arena};
    bool is_tag = false;
    for (size_t i = close + 1; i < end; i++) {
        is_tag = element.data[i] == '<' || (is_tag && element.data[i - 1] != '>');
        if (!is_tag)
            buf_put_char(&text, element.data[i]);
    }
    *content = decode(buf_str(&text), arena);
    return true;
}

static struct str attribute_of(struct str tag, const char *name, struct arena *arena)
{
    struct str before = arena_printf(arena, " %s=\"", name);
    size_t begin = str_find(tag, before);
    if (begin == STR_NONE)
        return (struct str){0};
    struct str value = str_slice(tag, begin + before.len, tag.len);
    return decode(str_slice(value, 0, str_find_char(value, '"')), arena);
}

/* ---- SMS ---- */

static enum chat_end sms_say(struct chat *chat, struct str line)
{
    const struct channel_conf *conf = chat->config->channels[CHANNEL_SMS];
    struct arena arena = {0};
    struct str document;
    struct str tag;
    struct str text;
    struct form_field fields[] = {
        {STR("AccountSid"), conf->twilio.account_sid},
        {STR("Body"), line},
        {STR("From"), chat->number},
        {STR("MessageSid"), new_sid("SM", &arena)},
        {STR("NumMedia"), STR("0")},
        {STR("To"), conf->number},
    };
    enum chat_end end = post(chat, conf, STR("/webhooks/twilio/sms"), fields, sizeof fields / sizeof *fields,
                             &arena, &document);
    bool has_said = false;
    for (struct str rest = document; next_element(&rest, "Message", &tag, &text, &arena); has_said = true)
        chat_show(chat, text);
    if (document.len && !has_said)
        chat_note(chat, "nothing in the answer; what is said by the provider's API can't be seen here");
    arena_free(&arena);
    return end;
}

static enum chat_end sms_open(struct chat *chat)
{
    chat_note(chat, "texting as %.*s; what is sent later, by the provider's API, can't be seen here",
              STR_ARG(chat->number));
    if (!chat->tongue.len)
        return CHAT_GOES_ON;
    chat_note(chat, "%.*s", STR_ARG(chat->tongue));
    return sms_say(chat, chat->tongue);
}

static void sms_close(struct chat *chat)
{
    (void)chat;
}

/* ---- Telephone ---- */

/* The path of a URL of ours. */
static struct str path_of(const struct channel_conf *conf, struct str url)
{
    return str_starts(url, conf->public_url) ? str_slice(url, conf->public_url.len, url.len) : url;
}

/* Says what the document says; empty `*redirect`: it is all. */
static void hear_document(struct chat *chat, const struct channel_conf *conf, struct str document,
                          struct str *redirect, struct arena *arena)
{
    struct str tag;
    struct str text;
    struct str rest = document;
    while (next_element(&rest, "Say", &tag, &text, arena))
        chat_show(chat, text);
    rest = document;
    *redirect = next_element(&rest, "Redirect", &tag, &text, arena) ? path_of(conf, text) : (struct str){0};
    rest = document;
    action = (struct str){0};
    if (next_element(&rest, "Gather", &tag, &text, arena))
        action = arena_copy(&chat->arena, path_of(conf, attribute_of(tag, "action", arena)));
}

static enum chat_end call(struct chat *chat, struct str path, struct form_field done)
{
    const struct channel_conf *conf = chat->config->channels[CHANNEL_VOICE];
    struct arena arena = {0};
    enum chat_end end = CHAT_GOES_ON;
    for (int round = 0; round < ROUNDS_MAX && path.len && end == CHAT_GOES_ON; round++) {
        struct str document;
        struct form_field fields[] = {
            {STR("AccountSid"), conf->twilio.account_sid},
            {STR("CallSid"), call_sid},
            {STR("From"), chat->number},
            {STR("To"), conf->number},
            {STR("CallStatus"), STR("in-progress")},
            done,
            {STR("Confidence"), STR("0.9")},
        };
        bool is_speech = str_eq(done.name, STR("SpeechResult"));
        size_t count = sizeof fields / sizeof *fields - (done.name.len == 0 ? 2 : is_speech ? 0 : 1);
        if (round)
            usleep(1000 * 1000);
        end = post(chat, conf, path, fields, count, &arena, &document);
        hear_document(chat, conf, document, &path, &arena);
        done = (struct form_field){0};
    }
    arena_free(&arena);
    if (end == CHAT_GOES_ON && !action.len) {
        chat_note(chat, "the call has ended");
        end = CHAT_IS_OVER;
    }
    return end;
}

static bool is_keys(struct str line)
{
    for (size_t i = 0; i < line.len; i++)
        if ((line.data[i] < '0' || line.data[i] > '9') && line.data[i] != '*' && line.data[i] != '#')
            return false;
    return line.len > 0;
}

static enum chat_end voice_say(struct chat *chat, struct str line)
{
    struct form_field done = {0};
    if (line.len)
        done = (struct form_field){is_keys(line) ? STR("Digits") : STR("SpeechResult"), line};
    return call(chat, action, done);
}

static enum chat_end voice_open(struct chat *chat)
{
    call_sid = new_sid("CA", &chat->arena);
    chat_note(chat, "calling as %.*s: digits are keys, words are spoken, an empty line is silence",
              STR_ARG(chat->number));
    enum chat_end end = call(chat, STR("/webhooks/twilio/voice"), (struct form_field){0});
    if (end != CHAT_GOES_ON || !chat->tongue.len)
        return end;
    chat_note(chat, "%.*s", STR_ARG(chat->tongue));
    return voice_say(chat, chat->tongue);
}

static void voice_close(struct chat *chat)
{
    const struct channel_conf *conf = chat->config->channels[CHANNEL_VOICE];
    struct arena arena = {0};
    struct str document;
    struct form_field fields[] = {
        {STR("AccountSid"), conf->twilio.account_sid},
        {STR("CallSid"), call_sid},
        {STR("CallStatus"), STR("completed")},
        {STR("From"), chat->number},
        {STR("To"), conf->number},
    };
    post(chat, conf, STR("/webhooks/twilio/voice/status"), fields, sizeof fields / sizeof *fields, &arena,
         &document);
    arena_free(&arena);
}

const struct chat_door chat_sms = {.name = "sms", .open = sms_open, .say = sms_say, .close = sms_close};
const struct chat_door chat_voice = {
    .name = "voice", .open = voice_open, .say = voice_say, .close = voice_close};
