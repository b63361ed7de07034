#pragma once

/* Server-sent events: an answer that goes on, on a connection of its own. */

#include "net/http_server.h"

struct event_stream;

struct event_stream_conf {
    /* Called once, from the loop: with the stream, or NULL when the client has gone meanwhile. */
    void (*opened)(void *arg, struct event_stream *stream);
    /* The client has gone, or took nothing for too long; not after event_stream_close. The stream is gone. */
    void (*ended)(void *arg);
    void *arg; /* outlives the exchange */
};

/* Instead of an answer, from within `handle` only. False, and nothing was done, where the request is not
 * HTTP/1.1. */
bool event_stream_open(struct loop *loop, struct http_exchange *exchange,
                       const struct event_stream_conf *conf);
/* Sends one event; its data is one line. A client that has not yet taken the last one misses this one: what
 * is sent is how things stand, so the next says it all. */
void event_stream_send(struct event_stream *stream, struct str data);
/* Nothing to tell: only so that a client that has gone is noticed, and no proxy gives up waiting. */
void event_stream_keep(struct event_stream *stream);
void event_stream_close(struct event_stream *stream); /* `ended` is not called */
