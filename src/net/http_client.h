#pragma once

/* Calls to other services: libcurl's multi interface on our loop, connections kept alive, every call with a
 * deadline, answers bounded. Redirects are never followed. */

#include "base/arena.h"
#include "base/err.h"
#include "http.h"
#include "net/loop.h"

struct http_client;

struct http_client *http_client_new(struct loop *loop);
void http_client_free(struct http_client *client); /* calls under way end with ERR_UNAVAILABLE first */

/* Largest answer body read, unless the call says otherwise; a longer one is ERR_TOO_LARGE. */
#define HTTP_CLIENT_ANSWER_BYTES ((size_t)1024 * 1024)

/* What a call may cost, and where it may lead. */
struct http_bounds {
    uint64_t deadline_ms;
    size_t answer_bytes; /* 0: HTTP_CLIENT_ANSWER_BYTES */
    /* The URL is somebody else's: it may only lead to an address of the public internet. The very address
     * that is connected is looked at, so a name that changes its mind in between leads nowhere. */
    bool only_public;
};

/* Starts a call (method, absolute url, headers, body: copied). `done` is called once, from the loop:
 * ERR_NONE with an answer of any status (valid during the callback, texts in `arena`),
 * ERR_UNREACHABLE when no byte of the request was sent (safe to repeat),
 * ERR_TIMEOUT or ERR_UNAVAILABLE when it may have been received, ERR_INVALID for an unusable URL (or one or a
 * header with control characters, or one that leads where it may not). With an error `response` is NULL, but
 * where an answer had begun: then its status stands, and its body ends where it was cut off or became too
 * large. `done` may start calls (not while the client is being freed), but not free the client. */
void http_call(struct http_client *client, const struct http_request *request, uint64_t deadline_ms,
               void (*done)(void *arg, enum err err, const struct http_response *response,
                            struct arena *arena),
               void *arg);
/* The same within other bounds. */
void http_fetch(struct http_client *client, const struct http_request *request,
                const struct http_bounds *bounds,
                void (*done)(void *arg, enum err err, const struct http_response *response,
                             struct arena *arena),
                void *arg);
