#pragma once

/* One call to another service, as libcurl knows it: what is asked, what may come back, where it may lead.
 * For http_client.c only. A call serves many times, one after the other. */

#include "net/http_client.h"

#include <stdlib.h>

struct socket_watches;

struct call {
    void *easy;               /* libcurl's CURL */
    struct Curl_URL *address; /* `url`, parsed; empty where that is unusable */
    struct str url;           /* where the call leads, or led while it is idle */
    struct arena own;         /* of `url` */
    struct socket_watches *sockets;
    /* http_client.c's: */
    struct http_client *client;
    struct call *next;
    struct call *previous;
    /* From here on: of the one call under way. */
    struct arena arena;
    struct http_response response;
    size_t header_bytes;
    struct buf body;
    size_t body_most;
    bool is_too_large;
    bool only_public;
    bool is_led_inside; /* its URL led to an address that it may not connect to */
    void (*done)(void *arg, enum err err, const struct http_response *response, struct arena *arena);
    void *arg;
};

/* Out of memory, or a wish that libcurl does not know: the supervisor starts the worker again. */
static inline void must(bool good)
{
    if (!good)
        abort();
}

struct call *call_new(struct socket_watches *sockets); /* it leads nowhere yet */
void call_free(struct call *call);
/* Parses the URL that this and probably the next calls lead to. */
void call_lead(struct call *call, struct str url);
/* Neither method, URL nor headers can end the line that they stand on. */
bool call_can_send(const struct http_request *request);
/* Empties the answer and sets the bounds of the next call. */
void call_bound(struct call *call, const struct http_bounds *bounds);
/* Method, headers and body of a request that can be sent; copied. */
void call_ask(struct call *call, const struct http_request *request);
/* After libcurl is done with it: completes the answer. ERR_NONE, or why there is none; `result` is libcurl's
 * CURLcode. */
enum err call_judge(struct call *call, int result);
/* Forgets the request and its answer. */
void call_clear(struct call *call);
