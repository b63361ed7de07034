#pragma once

/* What websocket.c (a socket's messages and its end) and websockets.c (the library, and how sockets come)
 * share. Private to them. */

#include "net/websocket.h"
#include "net/websocket_relay.h"

struct lws;
struct outgoing;

/* One a client, and most of them are idle: 200 bytes. */
struct websocket {
    struct relay relay; /* first: the relay is the socket */
    struct websockets *sockets;
    struct lws *wsi; /* NULL once the library has closed it */
    void *arg;
    struct websocket *next;
    struct websocket *previous;
    struct outgoing *first;
    struct outgoing *last;
    char *message; /* while it comes in pieces; else NULL */
    uint32_t message_len;
    uint32_t message_room;
    const char *close_reason;
    uint32_t waiting;    /* bytes of the outgoing */
    uint16_t close_code; /* 0: it stays open */
    bool relay_ended;
};

struct websockets {
    struct websockets_conf conf;
    struct uv_loop_s *loop;
    struct lws_context *context;
    struct lws_vhost *vhost;
    struct lws_retry_bo *patience; /* the library's rule of pings; allocated */
    struct relays *relays;
    struct websocket *open;
    size_t count;
    struct websocket *adopting; /* during the call that adopts it */
    bool is_freed;
};

/* The library's events, as they concern one socket; what an int tells the library: -1 ends the connection. */
void websocket_receive(struct websocket *socket, struct str piece);
int websocket_write_next(struct websocket *socket);
int websocket_end_now(const struct websocket *socket); /* with the close frame; from within TIMER */
void websocket_library_closed(struct websocket *socket);

void websocket_free(struct websocket *socket); /* takes it off its list; the relay is closed already */
