/* How do frames become messages, and messages frames?
 *
 * libwebsockets runs on our loop without a listener: each client gets a socket pair, one end of which the
 * library adopts together with an upgrade request that we wrote ourselves, so that it reads none that we have
 * not judged; websocket_relay.c carries the bytes between the other end and the client.
 *
 * open → ESTABLISHED → RECEIVE …, SERVER_WRITEABLE … → (websocket_close → SERVER_WRITEABLE → TIMER) → CLOSED
 *
 * A close frame is lost while the library still holds part of a message, and when it is asked for from within
 * SERVER_WRITEABLE. So a close waits until that comes with nothing left to send, which means that all was
 * sent, and then for a timer, which on a foreign loop is only noticed when the library is woken. */

#include "net/websocket.h"

#include "base/arena.h"
#include "base/digest.h"
#include "net/websocket_relay.h"

#include <libwebsockets.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

/* Read at once from a relay, kept by the library for each socket: small, since most are idle. */
#define RX_BYTES      64
/* Given to the kernel at once; without it the library would send no more than it reads. */
#define TX_BYTES      ((size_t)64 * 1024)
#define SERVICE_BYTES 4096
#define HEADER_BYTES  1024
#define CLOSE_WAIT_S  5
#define KEY_LEN       24
#define KEY_BYTES     16
#define FIRST_BYTES   1024 /* of the room for a message that comes in pieces */
#define PROTOCOL      1002

struct outgoing {
    struct outgoing *next;
    size_t len;
    unsigned char bytes[]; /* LWS_PRE of them are the library's */
};

struct websocket {
    struct relay relay; /* first: the relay is the socket */
    struct websockets *sockets;
    struct lws *wsi; /* NULL once the library has closed it */
    void *arg;
    struct websocket *next;
    struct websocket *previous;
    struct outgoing *first;
    struct outgoing *last;
    size_t waiting; /* bytes of those */
    char *message;  /* while it comes in pieces; else NULL */
    uint32_t message_len;
    uint32_t message_room;
    const char *close_reason;
    uint16_t close_code; /* 0: it stays open */
    bool relay_ended;
};

struct websockets {
    struct websockets_conf conf;
    uv_loop_t *loop;
    struct lws_context *context;
    struct lws_vhost *vhost;
    struct relays *relays;
    struct websocket *open;
    size_t count;
    struct websocket *adopting; /* during the call that adopts it */
    lws_retry_bo_t patience;
    bool is_freed;
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

static void free_socket(struct websocket *socket)
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
static void library_closed(struct websocket *socket)
{
    struct websockets *sockets = socket->sockets;
    socket->wsi = NULL;
    if (sockets->is_freed)
        return;
    sockets->conf.closed(socket->arg);
    socket->arg = NULL;
    if (socket->relay_ended)
        free_socket(socket);
}

static void relay_ended(struct relay *relay)
{
    struct websocket *socket = (struct websocket *)relay;
    socket->relay_ended = true;
    if (!socket->wsi)
        free_socket(socket);
}

void websocket_close(struct websocket *socket, int code, const char *reason)
{
    if (socket->close_code || !socket->wsi)
        return;
    socket->close_code = (uint16_t)code;
    socket->close_reason = reason;
    lws_callback_on_writable(socket->wsi);
}

static void relay_refused(struct relay *relay)
{
    websocket_close((struct websocket *)relay, PROTOCOL,
                    "a client's frames are masked, its control frames short");
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

/* From within TIMER: what it returns to end the connection with the close frame. */
static int close_now(const struct websocket *socket)
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

static void receive(struct websocket *socket, struct str piece)
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

static int send_next(struct websocket *socket)
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
    socket->waiting -= next->len;
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
    socket->waiting += text.len;
    lws_callback_on_writable(socket->wsi);
}

/* ---- The library ---- */

static int on_event(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len)
{
    (void)user;
    struct websocket *socket = lws_get_opaque_user_data(wsi);
    if (reason == LWS_CALLBACK_ESTABLISHED) {
        struct websockets *sockets = lws_context_user(lws_get_context(wsi));
        sockets->adopting->wsi = wsi;
        lws_set_opaque_user_data(wsi, sockets->adopting);
        return 0;
    }
    if (!socket)
        return 0;
    /* Of some hundred reasons these concern a socket of ours. */
    if (reason == LWS_CALLBACK_RECEIVE)
        receive(socket, (struct str){in, len});
    if (reason == LWS_CALLBACK_SERVER_WRITEABLE)
        return send_next(socket);
    if (reason == LWS_CALLBACK_RECEIVE_PONG)
        lws_validity_confirmed(wsi);
    if (reason == LWS_CALLBACK_TIMER && socket->close_code)
        return close_now(socket);
    if (reason == LWS_CALLBACK_CLOSED)
        library_closed(socket);
    return 0;
}

static const struct lws_protocols protocols[] = {
    {.name = "frontdesk", .callback = on_event, .rx_buffer_size = RX_BYTES, .tx_packet_size = TX_BYTES},
    {.name = NULL},
};

static bool start_library(struct websockets *sockets)
{
    void *loops[] = {sockets->loop};
    struct lws_context_creation_info info = {
        .port = CONTEXT_PORT_NO_LISTEN_SERVER,
        .foreign_loops = loops,
        .options = LWS_SERVER_OPTION_LIBUV | LWS_SERVER_OPTION_EXPLICIT_VHOSTS |
                   LWS_SERVER_OPTION_VALIDATE_UTF8 | LWS_SERVER_OPTION_UV_NO_SIGSEGV_SIGFPE_SPIN |
                   LWS_SERVER_OPTION_NO_LWS_SYSTEM_STATES | LWS_SERVER_OPTION_DISABLE_OS_CA_CERTS,
        .max_http_header_data = HEADER_BYTES,
        .pt_serv_buf_size = SERVICE_BYTES,
        .timeout_secs = CLOSE_WAIT_S,
        .retry_and_idle_policy = &sockets->patience,
        .protocols = protocols,
        .user = sockets,
        .gid = -1,
        .uid = -1,
    };
    lws_set_log_level(0, NULL);
    sockets->context = lws_create_context(&info);
    if (!sockets->context)
        return false;
    sockets->vhost = lws_create_vhost(sockets->context, &info);
    return sockets->vhost != NULL;
}

struct websockets *websockets_new(struct loop *loop, const struct websockets_conf *conf)
{
    static const struct relays_conf relays_conf = {.refused = relay_refused, .ended = relay_ended};
    struct websockets *sockets = calloc(1, sizeof *sockets);
    if (!sockets)
        abort();
    sockets->conf = *conf;
    sockets->loop = loop_native(loop);
    sockets->patience = (lws_retry_bo_t){
        .secs_since_valid_ping = conf->ping_s,
        .secs_since_valid_hangup = conf->dead_s,
    };
    sockets->relays = relays_new(loop, &relays_conf);
    if (start_library(sockets))
        return sockets;
    websockets_free(sockets);
    return NULL;
}

void websockets_free(struct websockets *sockets)
{
    if (!sockets)
        return;
    sockets->is_freed = true;
    for (struct websocket *socket = sockets->open; socket; socket = socket->next)
        if (!socket->relay_ended)
            relay_close(&socket->relay);
    relays_free(sockets->relays);
    if (sockets->context)
        lws_context_destroy(sockets->context);
    /* Its handles are closed one after the other, each from the callback of the one before. */
    while (uv_loop_alive(sockets->loop))
        uv_run(sockets->loop, UV_RUN_DEFAULT);
    /* On a loop that is not its own it wants this twice: to begin, and to free. */
    if (sockets->context)
        lws_context_destroy(sockets->context);
    for (struct websocket *socket = sockets->open, *next; socket; socket = next) {
        next = socket->next;
        free_socket(socket);
    }
    free(sockets);
}

size_t websockets_count(const struct websockets *sockets)
{
    return sockets->count;
}

bool websocket_key_is_valid(struct str key)
{
    struct arena arena = {0};
    struct str bytes;
    bool is_valid = key.len == KEY_LEN && base64_decode(&arena, key, &bytes) && bytes.len == KEY_BYTES;
    arena_free(&arena);
    return is_valid;
}

static bool adopt(struct websocket *socket, int fd, struct str key)
{
    struct websockets *sockets = socket->sockets;
    struct arena arena = {0};
    struct str head = arena_printf(&arena,
                                   "GET / HTTP/1.1\r\nHost: frontdesk\r\nConnection: Upgrade\r\n"
                                   "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                                   "Sec-WebSocket-Key: %.*s\r\n\r\n",
                                   STR_ARG(key));
    sockets->adopting = socket;
    struct lws *wsi = lws_adopt_socket_vhost_readbuf(sockets->vhost, fd, head.data, head.len);
    sockets->adopting = NULL;
    arena_free(&arena);
    return wsi && socket->wsi == wsi;
}

struct websocket *websocket_open(struct websockets *sockets, int fd, struct str key, struct str first,
                                 void *arg)
{
    int pair[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, pair) != 0) {
        close(fd);
        return NULL;
    }
    struct websocket *socket = calloc(1, sizeof *socket);
    if (!socket)
        abort();
    socket->sockets = sockets;
    socket->arg = arg;
    socket->next = sockets->open;
    if (socket->next)
        socket->next->previous = socket;
    sockets->open = socket;
    sockets->count++;
    /* The library closes its end itself when it refuses. */
    if (!adopt(socket, pair[0], key)) {
        close(pair[1]);
        close(fd);
        free_socket(socket);
        return NULL;
    }
    relay_open(sockets->relays, &socket->relay, fd, pair[1], first);
    return socket;
}
