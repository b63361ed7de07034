#pragma once

/* A response as the bytes that go on the wire. Pure; private to net/. */

#include "base/arena.h"
#include "http.h"

#define HTTP_DATE_BYTES sizeof("Sun, 06 Nov 1994 08:49:37 GMT")

/* The Date header's value for a moment. */
void http_date(int64_t now_ms, char out[static HTTP_DATE_BYTES]);

struct http_answer {
    const struct http_response *response;
    struct str before; /* bytes that must leave first, such as the rest of a 100 Continue */
    struct str date;
    bool is_head;    /* the answer to a HEAD: the same headers, no body */
    bool closes;     /* says that the connection ends here */
    bool says_alive; /* says that it goes on, which HTTP/1.0 does not take for granted */
};

/* One text: `before`, head and body. Content-Length, Date, Connection and X-Content-Type-Options are added;
 * control characters in a header become spaces, so that no value can end its line. */
struct str http_answer_text(const struct http_answer *answer, struct arena *arena);
