#pragma once

/* One request from bytes that come piece by piece: the strict rules of http_head.h, and llhttp for chunks.
 * Pure, private to net/. A parser is made for one request and lives in that request's arena; the body, which
 * may be large, is its own and is given back by http_parser_free. */

#include "base/arena.h"
#include "net/http_head.h"

struct http_parser;

enum http_parse {
    HTTP_PARSE_MORE,     /* everything given was taken; the request goes on */
    HTTP_PARSE_HEAD,     /* the head is complete: judge it, then call http_parser_admit */
    HTTP_PARSE_COMPLETE, /* the request is complete; what follows belongs to the next one */
    HTTP_PARSE_REFUSED,  /* see http_parser_refusal; nothing more is taken */
};

/* Fills `request`, whose texts then live as long as the arena (the body: as the parser). */
struct http_parser *http_parser_new(struct arena *arena, struct http_request *request, size_t header_bytes);
void http_parser_free(struct http_parser *parser);

/* What the bodies of all requests together may take: many large ones, begun and never ended, must not eat the
 * memory. */
struct http_budget {
    size_t bytes; /* taken now */
    size_t most;  /* 0: no bound */
};
/* Counts this body against the budget, which must outlive the parser; beyond it the request is refused with
 * ERR_UNAVAILABLE. */
void http_parser_charge(struct http_parser *parser, struct http_budget *budget);

/* Takes bytes off the front of `*bytes`. */
enum http_parse http_parser_feed(struct http_parser *parser, struct str *bytes);
/* After HTTP_PARSE_HEAD: lets the body come, up to `body_limit` bytes. */
enum http_parse http_parser_admit(struct http_parser *parser, size_t body_limit);

enum err http_parser_refusal(const struct http_parser *parser);
/* Once the head is complete. */
const struct http_framing *http_parser_framing(const struct http_parser *parser);
bool http_parser_expects_body(const struct http_parser *parser); /* once the head is complete */
