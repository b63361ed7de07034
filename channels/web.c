/* How are the web chat's messages read and written?
 *
 * The socket itself, sessions and sequence numbers are the gateway's; here are only texts. */

#include "channels/web.h"

#include "base/json.h"
#include "base/uuid.h"
#include "channels/batch.h"

static void read_hello(const struct json *root, struct arena *arena, struct web_frame *out)
{
    out->kind = WEB_HELLO;
    out->hello.session_key = inbound_name(arena, json_text(json_get(root, "session_key")));
    out->hello.language = inbound_name(arena, json_text(json_get(root, "language")));
    out->hello.flow = inbound_name(arena, json_text(json_get(root, "flow")));
    if (!json_to_int64(json_get(root, "last_seen"), &out->hello.last_seen) || out->hello.last_seen < 0)
        out->hello.last_seen = 0;
}

static bool read_location(const struct json *place, struct location *out)
{
    out->is_given = json_to_double(json_get(place, "latitude"), &out->latitude) &&
                    json_to_double(json_get(place, "longitude"), &out->longitude) && out->latitude >= -90 &&
                    out->latitude <= 90 && out->longitude >= -180 && out->longitude <= 180;
    return out->is_given;
}

/* A message says one thing: a text, a choice, or a location. NULL, or what is wrong. */
static const char *read_content(const struct json *root, struct arena *arena, struct inbound *message)
{
    const struct json *text = json_get(root, "text");
    const struct json *choice = json_get(root, "choice");
    const struct json *location = json_get(root, "location");
    if (json_kind(text) == JSON_TEXT) {
        message->kind = INBOUND_TEXT;
        message->text = inbound_text(arena, json_text(text));
        return NULL;
    }
    if (json_kind(choice) == JSON_TEXT && json_text(choice).len) {
        message->kind = INBOUND_CHOICE;
        message->choice = inbound_name(arena, json_text(choice));
        return NULL;
    }
    if (json_is_nothing(location))
        return "a message needs a text, a choice or a location";
    message->kind = INBOUND_LOCATION;
    return read_location(location, &message->location) ? NULL
                                                       : "a location needs a latitude from -90 to 90 and a "
                                                         "longitude from -180 to 180";
}

static const char *read_message(const struct json *root, struct arena *arena, struct web_frame *out)
{
    struct uuid id;
    out->kind = WEB_MESSAGE;
    out->id = json_text(json_get(root, "id"));
    if (!uuid_from_text(out->id, &id)) {
        out->id = (struct str){0};
        return "a message needs an id that is a UUID";
    }
    out->message.channel = CHANNEL_WEB;
    out->message.provider_id = uuid_text(arena, id);
    return read_content(root, arena, &out->message);
}

enum err web_read(struct str text, struct arena *arena, struct web_frame *out, const char **detail)
{
    const struct json *root;
    *out = (struct web_frame){0};
    *detail = "not a JSON object";
    if (json_parse(arena, text, &root) || json_kind(root) != JSON_MEMBERS)
        return ERR_MALFORMED;
    struct str type = json_text(json_get(root, "type"));
    *detail = NULL;
    if (str_eq(type, STR("hello")))
        read_hello(root, arena, out);
    else if (str_eq(type, STR("ping")))
        out->kind = WEB_PING;
    else if (str_eq(type, STR("message")))
        *detail = read_message(root, arena, out);
    else
        *detail = "the type is one of hello, message, ping";
    return *detail ? ERR_MALFORMED : ERR_NONE;
}

/* A browser signs nothing; its Origin was checked before the socket was opened. */
static enum err authenticate(const struct channel_conf *confs, const struct http_request *request,
                             struct arena *arena, const struct channel_conf **matched, const char **reason)
{
    (void)request;
    (void)arena;
    *matched = confs;
    *reason = NULL;
    return ERR_NONE;
}

static enum err parse(const struct channel_conf *confs, const struct channel_conf *matched,
                      const struct http_request *request, struct arena *arena, struct batch *out)
{
    (void)confs;
    struct web_frame frame;
    const char *detail;
    *out = (struct batch){0};
    if (web_read(request->body, arena, &frame, &detail)) {
        batch_ignore(out, arena, STR("client message"), str_from(detail));
        return ERR_NONE;
    }
    switch (frame.kind) {
    case WEB_HELLO:
        batch_ignore(out, arena, STR("hello"), STR("says nothing"));
        break;
    case WEB_PING:
        batch_ignore(out, arena, STR("ping"), STR("says nothing"));
        break;
    case WEB_MESSAGE:
        frame.message.to = matched->number.len ? matched->number : matched->id;
        batch_add_message(out, arena, &frame.message);
        break;
    }
    return ERR_NONE;
}

static void set_choices(struct json *message, const struct outbound *say, struct arena *arena)
{
    struct json *choices = json_new_list(arena);
    json_set(arena, message, "choices", choices);
    for (size_t i = 0; i < say->choice_count; i++) {
        struct json *choice = json_new_object(arena);
        json_add(arena, choices, choice);
        json_set_str(arena, choice, "id", say->choices[i].id);
        json_set_str(arena, choice, "title", say->choices[i].title);
        if (say->choices[i].description.len)
            json_set_str(arena, choice, "description", say->choices[i].description);
    }
}

static struct str words_of(const struct outbound *say, struct arena *arena, struct degradations notes)
{
    struct buf text = {.arena = arena};
    buf_put(&text, say->text);
    put_template(&text, say, notes, STR("template to text"));
    if (say->asks_location)
        degrade(notes, STR("location request to text"));
    if (say->reply_to.len)
        degrade(notes, STR("quote left out"));
    return buf_str(&text);
}

static struct json *message_json(const struct outbound *say, int64_t seq, struct arena *arena,
                                 struct degradations notes)
{
    struct json *message = json_new_object(arena);
    json_set_str(arena, message, "type", STR("message"));
    if (seq)
        json_set_int(arena, message, "seq", seq);
    json_set_str(arena, message, "text", words_of(say, arena, notes));
    if (say->choice_count)
        set_choices(message, say, arena);
    json_set_str(arena, message, "input", input_hint_name(say->input));
    if (say->image.len)
        json_set_str(arena, message, "image", say->image);
    if (say->link.url.len) {
        struct json *link = json_new_object(arena);
        json_set(arena, message, "link", link);
        json_set_str(arena, link, "url", say->link.url);
        json_set_str(arena, link, "title", say->link.title);
    }
    return message;
}

struct str web_message(const struct outbound *say, int64_t seq, struct arena *arena,
                       struct degradations notes)
{
    return json_print(arena, message_json(say, seq, arena, notes));
}

/* All messages as one document, without numbers: for the command line and the plain HTML chat. */
static void reply(const struct channel_conf *conf, const struct outbound *say, size_t count,
                  struct arena *arena, struct replied *out)
{
    (void)conf;
    *out = (struct replied){.response = {.status = 200}};
    struct json *root = json_new_object(arena);
    struct json *messages = json_new_list(arena);
    json_set(arena, root, "messages", messages);
    for (size_t i = 0; i < count; i++)
        json_add(arena, messages, message_json(&say[i], 0, arena, DEGRADATIONS_OF(out)));
    out->response.body = json_print(arena, root);
    http_add_header(arena, &out->response, "Content-Type", STR("application/json"));
}

/* There is no provider to call: the worker that holds the socket writes into it. */
static void compose(const struct channel_conf *conf, const struct outbound *say, struct arena *arena,
                    struct composed *out)
{
    (void)conf;
    (void)say;
    (void)arena;
    *out = (struct composed){0};
}

static void judge(const struct channel_conf *conf, const struct http_response *response, struct arena *arena,
                  struct judged *out)
{
    (void)conf;
    (void)arena;
    *out = (struct judged){.verdict = VERDICT_REFUSED, .error = {.code = response->status}};
}

const struct channel channel_web = {
    .name = "web",
    .kind = CHANNEL_WEB,
    .authenticate = authenticate,
    .parse = parse,
    .reply = reply,
    .compose = compose,
    .judge = judge,
};
