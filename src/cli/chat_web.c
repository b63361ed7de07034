/* The web chat, as a page in a browser uses it. */

#include "base/clock.h"
#include "base/json.h"
#include "base/uuid.h"
#include "cli/chat.h"
#include "cli/chat_socket.h"
#include "cli/terminal.h"

#include <stdio.h>

#define PATIENCE_MS 15000
#define QUIET_MS    300 /* after the acknowledgement: an answer comes at once, or not at all */
#define CHART_MS    30000

static struct chat_socket *connection;

/* What one wait has heard. */
struct hearing {
    bool is_welcome;
    bool is_acknowledged;
    bool is_answered;
};

static void take(struct chat *chat, struct str text, struct hearing *hearing, struct arena *arena)
{
    const struct json *message;
    if (json_parse(arena, text, &message) != ERR_NONE)
        return;
    struct str type = json_text(json_get(message, "type"));
    if (str_eq(type, STR("message"))) {
        chat_show_message(chat, message);
        hearing->is_answered = true;
    } else if (str_eq(type, STR("ack"))) {
        hearing->is_acknowledged = true;
    } else if (str_eq(type, STR("welcome"))) {
        hearing->is_welcome = true;
        chat_show_status(chat, json_text(json_get(message, "status")));
    } else if (str_eq(type, STR("status"))) {
        chat_show_status(chat, json_text(json_get(message, "status")));
    } else if (str_eq(type, STR("error"))) {
        chat_note(chat, "%.*s", STR_ARG(terminal_text(json_text(json_get(message, "detail")), arena)));
        hearing->is_acknowledged = true;
    }
}

/* Hears one message. CHAT_IS_OVER: nothing came in time. */
static enum chat_end hear_one(struct chat *chat, int patience_ms, struct hearing *hearing)
{
    struct arena arena = {0};
    struct str text;
    enum chat_heard heard = chat_socket_hear(connection, patience_ms, &arena, &text);
    if (heard == CHAT_HEARD_TEXT)
        take(chat, text, hearing, &arena);
    arena_free(&arena);
    if (heard == CHAT_HEARD_END)
        fputs("frontdesk chat: the gateway has closed the chat\n", stderr);
    return heard == CHAT_HEARD_TEXT ? CHAT_GOES_ON : heard == CHAT_HEARD_END ? CHAT_FAILED : CHAT_IS_OVER;
}

static bool say_json(const struct json *message, struct arena *arena)
{
    return chat_socket_send(connection, json_print(arena, message));
}

static enum chat_end web_open(struct chat *chat)
{
    const char *why;
    struct arena arena = {0};
    struct hearing hearing = {0};
    enum chat_end end = CHAT_GOES_ON;
    if (!str_starts(chat->url, STR("http://"))) {
        fputs("frontdesk chat: the web chat is spoken here without TLS; name the gateway's own address with "
              "--url http://…\n",
              stderr);
        return CHAT_FAILED;
    }
    connection = chat_socket_open(chat->url, &why);
    if (!connection) {
        fprintf(stderr, "frontdesk chat: %.*s: %s\n", STR_ARG(chat->url), why);
        return CHAT_FAILED;
    }
    struct json *hello = json_new_object(&arena);
    json_set_str(&arena, hello, "type", STR("hello"));
    if (chat->language.len)
        json_set_str(&arena, hello, "language", chat->language);
    if (!say_json(hello, &arena))
        end = CHAT_FAILED;
    while (end == CHAT_GOES_ON && !(hearing.is_welcome && hearing.is_answered))
        end = hear_one(chat, PATIENCE_MS, &hearing);
    arena_free(&arena);
    if (end == CHAT_IS_OVER)
        fputs("frontdesk chat: nobody greets here\n", stderr);
    return end == CHAT_GOES_ON ? CHAT_GOES_ON : CHAT_FAILED;
}

/* A number is the choice that stands there. */
static struct json *message_of(const struct chat *chat, struct str line, struct arena *arena)
{
    int64_t number;
    struct json *message = json_new_object(arena);
    json_set_str(arena, message, "type", STR("message"));
    json_set_str(arena, message, "id", uuid_text(arena, uuid_random()));
    if (str_to_int64(line, &number) && number >= 1 && number <= (int64_t)chat->choice_count)
        json_set_str(arena, message, "choice", chat->choices[number - 1].id);
    else
        json_set_str(arena, message, "text", line);
    return message;
}

static enum chat_end web_say(struct chat *chat, struct str line)
{
    struct arena arena = {0};
    struct hearing hearing = {0};
    uint64_t began_ns = clock_monotonic_ns();
    bool is_sent = say_json(message_of(chat, line, &arena), &arena);
    enum chat_end end = is_sent ? CHAT_GOES_ON : CHAT_FAILED;
    arena_free(&arena);
    while (end == CHAT_GOES_ON && !hearing.is_acknowledged)
        end = hear_one(chat, PATIENCE_MS, &hearing);
    chat_trace(chat, "acknowledged", began_ns);
    if (end == CHAT_IS_OVER)
        chat_note(chat, "not acknowledged: say it again");
    while (end == CHAT_GOES_ON && !hearing.is_answered)
        end = hear_one(chat, QUIET_MS, &hearing);
    return end == CHAT_FAILED ? CHAT_FAILED : CHAT_GOES_ON;
}

static enum chat_end web_hear(struct chat *chat)
{
    struct hearing hearing = {0};
    return hear_one(chat, 0, &hearing) == CHAT_FAILED ? CHAT_FAILED : CHAT_GOES_ON;
}

/* Until it is quiet; while a chart is made, for longer. */
static void web_close(struct chat *chat)
{
    struct hearing hearing = {0};
    enum chat_end end = CHAT_GOES_ON;
    while (end == CHAT_GOES_ON) {
        bool awaits_chart = str_eq(chat->status, STR("generating_chart"));
        end = hear_one(chat, awaits_chart ? CHART_MS : QUIET_MS, &hearing);
    }
    chat_socket_close(connection);
}

static int web_descriptor(void)
{
    return chat_socket_descriptor(connection);
}

const struct chat_door chat_web = {
    .name = "web",
    .open = web_open,
    .say = web_say,
    .close = web_close,
    .descriptor = web_descriptor,
    .hear = web_hear,
};
