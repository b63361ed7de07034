#pragma once

/* Carries bytes between a client's socket and libwebsockets' end of a socket pair, and looks at the client's
 * frames on their way. Private to net/.
 *
 * It costs two descriptors and one copy a message, and buys what the library cannot do: a frame that it
 * would wrongly take is seen before, and a closed connection is lingered on until the client has read the
 * close frame. One epoll descriptor of its own watches all relays, so that an idle one needs no memory for
 * it. */

#include "net/loop.h"
#include "net/websocket_scan.h"

struct relays;

struct relay_end {
    int fd;
    uint8_t events; /* watched at present, EPOLLIN and EPOLLOUT; 0: not watched */
    bool has_ended; /* nothing more comes from it */
    bool is_broken; /* and nothing can be sent to it */
    char *waiting;  /* for it to take, while it is slow */
    size_t waiting_len;
};

/* Part of a struct websocket. */
struct relay {
    struct relays *relays;
    struct relay_end client;
    struct relay_end inner;
    struct websocket_scan scan;
    bool is_refused;    /* the client broke the protocol: no more is taken from it */
    uint64_t due_ms;    /* when a lingering relay ends anyway; 0: not lingering */
    struct relay *next; /* lingering */
    struct relay *previous;
};

struct relays_conf {
    void (*refused)(struct relay *relay); /* once; the client broke a rule of websocket_scan.h */
    /* The client has gone, or was closed after the library's end was. The relay is closed; it may be freed.
     */
    void (*ended)(struct relay *relay);
};

struct relays *relays_new(struct loop *loop, const struct relays_conf *conf);
void relays_free(struct relays *relays); /* after the last relay was closed */

/* Takes both descriptors. `first` are bytes of the client that were read already; they are taken in the next
 * turn of the loop. */
void relay_open(struct relays *relays, struct relay *relay, int client_fd, int inner_fd, struct str first);
/* At once, whatever was still to be sent; `ended` is not called. A closed one stays closed. */
void relay_close(struct relay *relay);
