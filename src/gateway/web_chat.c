/* What happens on one socket of the web chat?
 *
 * web_chat_open → taken → (hello, messages: chat_hello, chat_say) → closed. Each message is a turn like any
 * other; what is acknowledged is durable, and what is not was not taken. */

#include "gateway/web_chat.h"

#include "base/clock.h"
#include "gateway/web_chat_state.h"

#include <stdlib.h>

#define MESSAGE_BYTES ((size_t)16 * 1024)
#define QUEUE_BYTES   ((size_t)256 * 1024)
#define HELD_MAX      16
#define UNDER_WAY_MAX 32
#define HELLO_MS      15000
#define TICK_MS       5000
/* Messages beyond the limit that are answered with an error before the socket is closed. */
#define PATIENCE      50

/* ---- The socket ---- */

void chat_send(struct chat *chat, struct str text)
{
    if (chat->socket)
        websocket_send(chat->socket, text);
}

void chat_error(struct chat *chat, const char *code, const char *detail, struct str id)
{
    struct arena arena = {0};
    struct web_error error = {code, detail, id};
    chat_send(chat, web_error_text(&error, &arena));
    arena_free(&arena);
}

void said_free(struct said *said)
{
    struct arena arena = said->arena;
    arena_free(&arena);
}

static void release(struct chat *chat)
{
    if (!chat->socket && !chat->under_way)
        free(chat);
}

void chat_leave_if_done(struct chat *chat)
{
    if (chat->web->is_draining && chat->socket && !chat->under_way && !audience_is_looking(&chat->listener))
        websocket_close(chat->socket, WEBSOCKET_GOING_AWAY, "the server is going away");
}

void chat_ended(struct chat *chat)
{
    chat->under_way--;
    chat_leave_if_done(chat);
    release(chat);
}

static void hear(struct listener *listener, struct str text)
{
    chat_send((struct chat *)listener, text);
}

static void settled(struct listener *listener)
{
    chat_leave_if_done((struct chat *)listener);
}

static void closed(void *arg)
{
    struct chat *chat = arg;
    struct web_chat *web = chat->web;
    chat->socket = NULL;
    audience_leave(&chat->listener);
    while (chat->held) {
        struct said *next = chat->held->next;
        said_free(chat->held);
        chat->held = next;
    }
    if (chat->previous)
        chat->previous->next = chat->next;
    else
        web->chats = chat->next;
    if (chat->next)
        chat->next->previous = chat->previous;
    web_client_leave(web->gateway->web_clients, chat->client);
    release(chat);
}

/* ---- Messages ---- */

static bool take_token(struct chat *chat)
{
    const struct config *config = chat->web->gateway->config;
    uint64_t now_ns = clock_monotonic_ns();
    float burst = (float)config->web.message_burst;
    chat->tokens += (float)((double)(now_ns - chat->filled_ns) / 1e9 * config->web.messages_per_second);
    chat->filled_ns = now_ns;
    if (chat->tokens > burst)
        chat->tokens = burst;
    chat->tokens -= 1;
    if (chat->tokens < -PATIENCE)
        websocket_close(chat->socket, WEBSOCKET_POLICY, "too many messages");
    if (chat->tokens >= 0)
        return true;
    metric_add(chat->web->gateway->metrics, METRIC_LIMITED, 1);
    return false;
}

static void hold(struct chat *chat, struct said *said)
{
    if (chat->held_count == HELD_MAX) {
        chat_error(chat, "too_fast", "Wait for the welcome.", said->frame.id);
        said_free(said);
        return;
    }
    struct said **end = &chat->held;
    while (*end)
        end = &(*end)->next;
    *end = said;
    chat->held_count++;
}

static void take_message(struct chat *chat, struct said *said)
{
    switch ((enum chat_stage)chat->stage) {
    case CHAT_NEW:
        chat_error(chat, "hello_first", "The first message is a hello.", said->frame.id);
        said_free(said);
        break;
    case CHAT_GREETING:
        hold(chat, said);
        break;
    case CHAT_OPEN:
        if (chat->under_way >= UNDER_WAY_MAX) {
            chat_error(chat, "too_fast", "Too many messages wait for their answer.", said->frame.id);
            said_free(said);
        } else {
            chat_say(chat, said);
        }
        break;
    }
}

static void take_frame(struct chat *chat, struct said *said)
{
    switch (said->frame.kind) {
    case WEB_HELLO:
        if (chat->stage == CHAT_NEW) {
            chat_hello(chat, said);
        } else {
            chat_error(chat, "wrong_order", "There was a hello already.", (struct str){0});
            said_free(said);
        }
        break;
    case WEB_PING:
        said_free(said); /* that it came is all it says */
        break;
    case WEB_MESSAGE:
        take_message(chat, said);
        break;
    }
}

static void message(void *arg, struct websocket *socket, struct str text)
{
    (void)socket;
    struct chat *chat = arg;
    if (chat->web->is_draining)
        return;
    if (!take_token(chat)) {
        chat_error(chat, "too_fast", "Too many messages; try again in a moment.", (struct str){0});
        return;
    }
    struct arena arena = {0};
    struct said *said = arena_new(&arena, struct said);
    const char *detail;
    enum err err = web_read(text, &arena, &said->frame, &detail);
    said->chat = chat;
    said->arena = arena;
    if (err == ERR_NONE) {
        take_frame(chat, said);
        return;
    }
    chat_error(chat, "malformed", detail, said->frame.id);
    said_free(said);
}

/* ---- All of them ---- */

static void tick(void *arg)
{
    struct web_chat *web = arg;
    uint64_t now_ns = clock_monotonic_ns();
    for (struct chat *chat = web->chats; chat; chat = chat->next)
        if (chat->stage == CHAT_NEW && now_ns - chat->filled_ns > HELLO_MS * UINT64_C(1000000))
            websocket_close(chat->socket, WEBSOCKET_POLICY, "nobody said hello");
}

struct web_chat *web_chat_new(struct gateway *gateway)
{
    static const struct audiences_conf audiences_conf = {.hear = hear, .settled = settled};
    const struct config *config = gateway->config;
    struct websockets_conf sockets_conf = {
        .message_bytes = MESSAGE_BYTES,
        .queue_bytes = QUEUE_BYTES,
        .ping_s = (uint16_t)config->web.ping_s,
        .dead_s = (uint16_t)config->web.dead_s,
        .message = message,
        .closed = closed,
    };
    struct web_chat *web = calloc(1, sizeof *web);
    if (!web)
        abort();
    web->gateway = gateway;
    web->sockets = websockets_new(gateway->loop, &sockets_conf);
    if (!web->sockets) {
        free(web);
        return NULL;
    }
    web_clients_clear(gateway->web_clients);
    web->audiences = audiences_new(gateway, &audiences_conf);
    web->tick = loop_timer_new(gateway->loop, tick, web);
    loop_timer_start(web->tick, TICK_MS, TICK_MS);
    return web;
}

void web_chat_drain(struct web_chat *web)
{
    web->is_draining = true;
    for (struct chat *chat = web->chats; chat; chat = chat->next)
        chat_leave_if_done(chat);
}

size_t web_chat_sockets(const struct web_chat *web)
{
    return websockets_count(web->sockets);
}

void web_chat_news(struct web_chat *web, struct uuid session)
{
    audience_news(web->audiences, session);
}

struct transcripts *web_chat_transcripts(struct web_chat *web)
{
    return audiences_transcripts(web->audiences);
}

void web_chat_close(struct web_chat *web)
{
    loop_timer_free(web->tick);
    for (struct chat *chat = web->chats; chat; chat = chat->next)
        audience_leave(&chat->listener);
    audiences_free(web->audiences);
}

void web_chat_free(struct web_chat *web)
{
    websockets_free(web->sockets);
    while (web->chats) {
        struct chat *next = web->chats->next;
        free(web->chats);
        web->chats = next;
    }
    free(web);
}
