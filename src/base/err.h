#pragma once

/* Everything that can go wrong, in one table: name, HTTP status, retryable, text for a problem document.
 * Somebody else's fault (4xx), the world's fault (retryable), or ours (assert: abort, the supervisor
 * restarts). */

#include "base/str.h"

/*       name               status retry  title (given to clients; says nothing of the inside) */
#define ERR_TABLE(X)                                                                                         \
    X(NONE, 200, false, "OK")                                                                                \
    X(MALFORMED, 400, false, "The request could not be read")                                                \
    X(UNAUTHENTIC, 403, false, "Forbidden")                                                                  \
    X(UNAUTHORISED, 401, false, "Authentication is needed")                                                  \
    X(NOT_FOUND, 404, false, "Not found")                                                                    \
    X(METHOD, 405, false, "This method is not allowed here")                                                 \
    X(REQUEST_TIMEOUT, 408, true, "The request took too long to arrive")                                     \
    X(CONFLICT, 409, true, "The state has changed meanwhile")                                                \
    X(LENGTH_REQUIRED, 411, false, "A Content-Length is needed")                                             \
    X(TOO_LARGE, 413, false, "The request is too large")                                                     \
    X(MEDIA_TYPE, 415, false, "This content type is not understood here")                                    \
    X(INVALID, 422, false, "A value is not acceptable")                                                      \
    X(TOO_MANY, 429, true, "Too many requests")                                                              \
    X(HEADERS_TOO_LARGE, 431, false, "The request headers are too large")                                    \
    X(INTERNAL, 500, false, "Something went wrong here")                                                     \
    X(NOT_IMPLEMENTED, 501, false, "Not implemented")                                                        \
    X(UNAVAILABLE, 503, true, "Not available just now")                                                      \
    X(TIMEOUT, 504, true, "An answer took too long")                                                         \
    X(UNREACHABLE, 502, true, "A service could not be reached")

enum err {
#define X(name, status, retry, title) ERR_##name,
    ERR_TABLE(X)
#undef X
};

const char *err_name(enum err err); /* "NOT_FOUND", for logs and metrics; static */
int err_status(enum err err);       /* HTTP status */
bool err_is_retryable(enum err err);
struct str err_title(enum err err);
