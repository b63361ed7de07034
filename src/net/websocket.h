#pragma once

/* WebSockets of clients (RFC 6455), text messages only: libwebsockets behind the few words that we need. A
 * socket comes from the HTTP front, which has read and judged its upgrade request.
 *
 * What is against the protocol is closed with the code that it has for it: 1002 malformed or unmasked, 1003
 * binary, 1007 not UTF-8, 1009 too large. Somebody who does not read is cut off; who does not answer pings is
 * taken for dead. */

#include "net/loop.h"

struct websockets;
struct websocket;

#define WEBSOCKET_GOING_AWAY  1001
#define WEBSOCKET_UNSUPPORTED 1003
#define WEBSOCKET_POLICY      1008
#define WEBSOCKET_TOO_LARGE   1009

struct websockets_conf {
    uint32_t message_bytes; /* longest message taken */
    uint32_t queue_bytes;   /* most that may wait for a client; beyond that it is cut off */
    uint16_t ping_s;        /* silence before a ping */
    uint16_t dead_s;        /* silence before the socket is given up; more than ping_s */
    /* A whole message. Valid during the call. */
    void (*message)(void *arg, struct websocket *socket, struct str text);
    /* It is closed, by whomever, and gone after this call. Not called by websockets_free. */
    void (*closed)(void *arg);
};

/* One for each loop; NULL when libwebsockets cannot begin. */
struct websockets *websockets_new(struct loop *loop, const struct websockets_conf *conf);
/* Sockets whose clients may still be told something: those not closed, and those whose close frame is on its
 * way. */
size_t websockets_count(const struct websockets *sockets);
/* Closes what is open, without farewell. To be called when nothing else is left on the loop but loop_free: it
 * runs the loop until the library has let go of it. */
void websockets_free(struct websockets *sockets);

/* The Sec-WebSocket-Key of a request: 16 bytes in base64. */
bool websocket_key_is_valid(struct str key);

/* Answers 101 on a client's connection and goes on by frames. Takes `fd`; `first` is what was read from it
 * after the request. NULL when there are no descriptors left: then it is closed. */
struct websocket *websocket_open(struct websockets *sockets, int fd, struct str key, struct str first,
                                 void *arg);
void websocket_send(struct websocket *socket, struct str text); /* copied */
/* After what was sent before; nothing more is read. `reason` is a constant of at most 120 bytes. */
void websocket_close(struct websocket *socket, int code, const char *reason);
