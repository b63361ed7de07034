/* How does libwebsockets run on our loop, and how do clients get to it?
 *
 * It runs without a listener: each client gets a socket pair, one end of which the library adopts together
 * with an upgrade request that we wrote ourselves, so that it reads none that we have not judged;
 * websocket_relay.c carries the bytes between the other end and the client. */

#include "base/arena.h"
#include "base/encoding.h"
#include "net/websocket_state.h"

#include <libwebsockets.h>
#include <stdlib.h>
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
#define PROTOCOL      1002

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
        websocket_receive(socket, (struct str){in, len});
    if (reason == LWS_CALLBACK_SERVER_WRITEABLE)
        return websocket_write_next(socket);
    if (reason == LWS_CALLBACK_RECEIVE_PONG)
        lws_validity_confirmed(wsi);
    if (reason == LWS_CALLBACK_TIMER && socket->close_code)
        return websocket_end_now(socket);
    if (reason == LWS_CALLBACK_CLOSED)
        websocket_library_closed(socket);
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
        .retry_and_idle_policy = sockets->patience,
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

/* ---- All sockets ---- */

static void relay_ended(struct relay *relay)
{
    struct websocket *socket = (struct websocket *)relay;
    socket->relay_ended = true;
    if (!socket->wsi)
        websocket_free(socket);
}

static void relay_refused(struct relay *relay)
{
    websocket_close((struct websocket *)relay, PROTOCOL,
                    "a client's frames are masked, its control frames short");
}

struct websockets *websockets_new(struct loop *loop, const struct websockets_conf *conf)
{
    static const struct relays_conf relays_conf = {.refused = relay_refused, .ended = relay_ended};
    struct websockets *sockets = calloc(1, sizeof *sockets);
    if (!sockets)
        abort();
    sockets->conf = *conf;
    sockets->loop = loop_native(loop);
    sockets->patience = calloc(1, sizeof *sockets->patience);
    if (!sockets->patience)
        abort();
    sockets->patience->secs_since_valid_ping = conf->ping_s;
    sockets->patience->secs_since_valid_hangup = conf->dead_s;
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
        websocket_free(socket);
    }
    free(sockets->patience);
    free(sockets);
}

size_t websockets_count(const struct websockets *sockets)
{
    return sockets->count;
}

/* ---- A new one ---- */

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
        websocket_free(socket);
        return NULL;
    }
    relay_open(sockets->relays, &socket->relay, fd, pair[1], first);
    return socket;
}
