#pragma once

/* Everything that can go wrong, in one table: name, HTTP status, text for a problem document.
 * Somebody else's fault (4xx), the world's fault (retryable), or ours (assert: abort, the supervisor
 * restarts). */

#include "base/str.h"

/*  name, status, title (given to clients; says nothing of the inside) */
#define ERR_TABLE(X)                                                                                         \
    X(NONE, 200, "OK")                                                                                       \
    X(MALFORMED, 400, "The request could not be read")                                                       \
    X(UNAUTHENTIC, 403, "Forbidden")                                                                         \
    X(UNAUTHORISED, 401, "Authentication is needed")                                                         \
    X(NOT_FOUND, 404, "Not found")                                                                           \
    X(METHOD, 405, "This method is not allowed here")                                                        \
    X(REQUEST_TIMEOUT, 408, "The request took too long to arrive")                                           \
    X(CONFLICT, 409, "The state has changed meanwhile")                                                      \
    X(LENGTH_REQUIRED, 411, "A Content-Length is needed")                                                    \
    X(TOO_LARGE, 413, "The request is too large")                                                            \
    X(TARGET_TOO_LONG, 414, "The address is too long")                                                       \
    X(MEDIA_TYPE, 415, "This content type is not understood here")                                           \
    X(EXPECTATION, 417, "This expectation cannot be met")                                                    \
    X(INVALID, 422, "A value is not acceptable")                                                             \
    X(UPGRADE_REQUIRED, 426, "Another protocol is needed here")                                              \
    X(TOO_MANY, 429, "Too many requests")                                                                    \
    X(HEADERS_TOO_LARGE, 431, "The request headers are too large")                                           \
    X(INTERNAL, 500, "Something went wrong here")                                                            \
    X(NOT_IMPLEMENTED, 501, "Not implemented")                                                               \
    X(VERSION, 505, "This version of HTTP is not spoken here")                                               \
    X(UNAVAILABLE, 503, "Not available just now")                                                            \
    X(TIMEOUT, 504, "An answer took too long")                                                               \
    X(UNREACHABLE, 502, "A service could not be reached")

enum err {
#define X(name, status, title) ERR_##name,
    ERR_TABLE(X)
#undef X
};

/* How many there are: an array's size, of which no table of ours may fall short. */
enum {
#define X(name, status, title) ERR_PLACE_##name,
    ERR_TABLE(X)
#undef X
        ERRS
};

const char *err_name(enum err err); /* "NOT_FOUND", for logs and metrics; static */
int err_status(enum err err);       /* HTTP status */
struct str err_title(enum err err);
