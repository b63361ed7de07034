/* How do a client's frames become messages, and messages frames, and how does a socket end?
 *
 * open → ESTABLISHED → RECEIVE …, SERVER_WRITEABLE … → (websocket_close → SERVER_WRITEABLE → TIMER) → CLOSED
 *
 * A close frame is lost while the library still holds part of a message, and when it is asked for from within
 * SERVER_WRITEABLE. So a close waits until that comes with nothing left to send, which means that all was
 * sent, and then for a timer, which on a foreign loop is only noticed when the library is woken. */

#include "net/websocket_state.h"

#include <libwebsockets.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_BYTES 1024 /* of the room for a message that comes in pieces */

struct outgoing {
    struct outgoing *next;
    size_t len;
    unsigned char bytes[]; /* LWS_PRE of them are the library's */
};

/* ---- The end ---- */

static void forget_outgoing(struct websocket *socket)
{
    while (socket->first) {
        struct outgoing *next = socket->first->next;
        free(socket->first);
        socket->first = next;
    }
    socket->last = NULL;
    socket->waiting = 0;
}

void websocket_free(struct websocket *socket)
{
    struct websockets *sockets = socket->sockets;
    if (socket->previous)
        socket->previous->next = socket->next;
    else
        sockets->open = socket->next;
    if (socket->next)
        socket->next->previous = socket->previous;
    sockets->count--;
    forget_outgoing(socket);
    free(socket->message);
    free(socket);
}

/* The library has let it go: the relay still brings the client what was sent last. */
void websocket_library_closed(struct websocket *socket)
{
    struct websockets *sockets = socket->sockets;
    socket->wsi = NULL;
    if (sockets->is_freed)
        return;
    sockets->conf.closed(socket->arg);
    socket->arg = NULL;
    if (socket->relay_ended)
        websocket_free(socket);
}

void websocket_close(struct websocket *socket, int code, const char *reason)
{
    if (socket->close_code || !socket->wsi)
        return;
    socket->close_code = (uint16_t)code;
    socket->close_reason = reason;
    lws_callback_on_writable(socket->wsi);
}

/* Whoever does not read would not read a close frame either. */
static void cut_off(struct websocket *socket)
{
    forget_outgoing(socket);
    socket->close_code = WEBSOCKET_POLICY;
    socket->close_reason = "too much waits to be read";
    if (!socket->relay_ended)
        relay_close(&socket->relay);
    socket->relay_ended = true;
}

/* All was sent; now TIMER may close. */
static void ask_for_timer(struct websocket *socket)
{
    lws_set_timer_usecs(socket->wsi, 1);
    lws_cancel_service(socket->sockets->context);
}

int websocket_end_now(const struct websocket *socket)
{
    const char *reason = socket->close_reason;
    unsigned char text[125];
    size_t len = strlen(reason);
    memcpy(text, reason, len);
    lws_close_reason(socket->wsi, (enum lws_close_status)socket->close_code, text, len);
    return -1;
}

/* ---- Messages ---- */

static void append(struct websocket *socket, struct str piece)
{
    size_t needed = socket->message_len + piece.len;
    if (needed > socket->message_room) {
        size_t room = socket->message_room ? (size_t)2 * socket->message_room : FIRST_BYTES;
        if (room < needed)
            room = needed;
        char *grown = realloc(socket->message, room);
        if (!grown)
            abort();
        socket->message = grown;
        socket->message_room = (uint32_t)room;
    }
    if (piece.len)
        memcpy(socket->message + socket->message_len, piece.data, piece.len);
    socket->message_len = (uint32_t)needed;
}

static void deliver(struct websocket *socket)
{
    struct str text = {socket->message, socket->message_len};
    socket->message = NULL;
    socket->message_len = 0;
    socket->message_room = 0;
    socket->sockets->conf.message(socket->arg, socket, text);
    free((void *)(uintptr_t)text.data);
}

void websocket_receive(struct websocket *socket, struct str piece)
{
    struct lws *wsi = socket->wsi;
    lws_validity_confirmed(wsi);
    if (socket->close_code)
        return;
    if (lws_frame_is_binary(wsi)) {
        websocket_close(socket, WEBSOCKET_UNSUPPORTED, "text messages only");
        return;
    }
    if (socket->message_len + piece.len > socket->sockets->conf.message_bytes) {
        websocket_close(socket, WEBSOCKET_TOO_LARGE, "this message is too large");
        return;
    }
    append(socket, piece);
    if (lws_is_final_fragment(wsi) && lws_remaining_packet_payload(wsi) == 0)
        deliver(socket);
}

int websocket_write_next(struct websocket *socket)
{
    struct outgoing *next = socket->first;
    if (!next && socket->close_code)
        ask_for_timer(socket);
    if (!next)
        return 0;
    int sent = lws_write(socket->wsi, next->bytes + LWS_PRE, next->len, LWS_WRITE_TEXT);
    socket->first = next->next;
    if (!socket->first)
        socket->last = NULL;
    socket->waiting -= (uint32_t)next->len;
    free(next);
    if (sent < 0)
        return -1;
    if (socket->first || socket->close_code)
        lws_callback_on_writable(socket->wsi);
    return 0;
}

void websocket_send(struct websocket *socket, struct str text)
{
    if (socket->close_code || !socket->wsi)
        return;
    if (socket->waiting + text.len > socket->sockets->conf.queue_bytes) {
        cut_off(socket);
        return;
    }
    struct outgoing *message = malloc(sizeof *message + LWS_PRE + text.len);
    if (!message)
        abort();
    message->next = NULL;
    message->len = text.len;
    memcpy(message->bytes + LWS_PRE, text.data, text.len);
    if (socket->last)
        socket->last->next = message;
    else
        socket->first = message;
    socket->last = message;
    socket->waiting += (uint32_t)text.len;
    lws_callback_on_writable(socket->wsi);
}
