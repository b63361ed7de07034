#pragma once

/* HTTP messages as plain data: what the front hands to a route, what a route answers, what a channel asks of
 * a provider. Texts point into the arena of the turn; header values are trimmed. */

#include "base/arena.h"

struct form; /* base/form.h */

struct http_header {
    struct str name; /* as it was sent; compare without case */
    struct str value;
};

/* Most headers taken of a request to us, and kept of an answer to us (the first ones). */
#define HTTP_HEADERS_MAX        64
#define HTTP_ANSWER_HEADERS_MAX 32

struct http_request {
    struct str method; /* upper case */
    struct str url; /* on the way in: the request target as sent (path and query); on the way out: absolute */
    struct str path;  /* on the way in: percent-encoding untouched, without the query */
    struct str query; /* on the way in: without the question mark */
    struct http_header *headers;
    size_t header_count;
    struct str body;
    struct str client; /* on the way in: the peer's IP address, after trusted proxies */
    struct form *form; /* on the way in: where the body's form is kept once it was read; NULL: nowhere */
};

struct http_response {
    int status;
    struct http_header *headers;
    size_t header_count;
    struct str body;
};

/* The first header of that name, or the empty text. */
static inline struct str http_find_header(const struct http_header *headers, size_t count, struct str name)
{
    for (size_t i = 0; i < count; i++)
        if (str_eq_nocase(headers[i].name, name))
            return headers[i].value;
    return (struct str){0};
}

/* For request and response alike: http_header_of(request, "Content-Type"). */
#define http_header_of(message, literal)                                                                     \
    http_find_header((message)->headers, (message)->header_count, STR(literal))

/* Room for one more: usually there are few, and they double when there are more. */
static inline struct http_header *http_grow_headers(struct arena *arena, struct http_header *headers,
                                                    size_t count)
{
    if (count == 0)
        return arena_new_array(arena, struct http_header, 4);
    if (count < 4 || (count & (count - 1)))
        return headers;
    struct http_header *larger = arena_new_array(arena, struct http_header, 2 * count);
    memcpy(larger, headers, count * sizeof *headers);
    return larger;
}

/* Adds a header to request or response; its texts are not copied. */
#define http_add_header(arena, message, literal, text)                                                       \
    do {                                                                                                     \
        (message)->headers = http_grow_headers((arena), (message)->headers, (message)->header_count);        \
        (message)->headers[(message)->header_count++] = (struct http_header){STR(literal), (text)};          \
    } while (0)
