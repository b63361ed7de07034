#pragma once

/* HTTP messages as plain data: what the front hands to a route, what a route answers, what a channel asks of
 * a provider. Texts point into the arena of the turn; header values are trimmed. */

#include "base/str.h"

struct form; /* base/form.h */

struct http_header {
    struct str name; /* as it was sent; compare without case */
    struct str value;
};

#define HTTP_HEADERS_MAX        64
#define HTTP_ANSWER_HEADERS_MAX 32

struct http_request {
    struct str method; /* upper case */
    struct str url; /* on the way in: the request target as sent (path and query); on the way out: absolute */
    struct str path;  /* on the way in: percent-encoding untouched, without the query */
    struct str query; /* on the way in: without the question mark */
    struct http_header headers[HTTP_HEADERS_MAX];
    size_t header_count;
    struct str body;
    struct str client; /* on the way in: the peer's IP address, after trusted proxies */
    struct form *form; /* on the way in: where the body's form is kept once it was read; NULL: nowhere */
};

struct http_response {
    int status;
    struct http_header headers[HTTP_ANSWER_HEADERS_MAX]; /* of an answer to us the first ones */
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

/* Adds a header; one for which there is no place is dropped (our own messages stay far below). */
#define http_add_header(message, literal, text)                                                              \
    do {                                                                                                     \
        if ((message)->header_count < sizeof(message)->headers / sizeof *(message)->headers)                 \
            (message)->headers[(message)->header_count++] = (struct http_header){STR(literal), (text)};      \
    } while (0)
