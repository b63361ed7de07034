/* Where does one request end, and what does it say?
 *
 * The head is gathered until its empty line and read by the strict rules: so every text is whole and lies in
 * the arena. A body has a length, or comes in chunks, which llhttp takes apart; what is between the chunks is
 * checked byte by byte: llhttp is lenient there. */

#include "net/http_parse.h"

#include <llhttp.h>
#include <stdlib.h>
#include <string.h>

/* First size of a body's memory: no more is taken on the word of a Content-Length than bytes have come. */
#define BODY_FIRST_BYTES ((size_t)4 * 1024)

enum stage { STAGE_HEAD, STAGE_JUDGED, STAGE_BODY, STAGE_COMPLETE, STAGE_REFUSED };

struct http_parser {
    enum stage stage;
    enum err refusal;
    struct http_request *request;
    size_t header_bytes;

    struct http_head_scan scan;
    struct buf head;
    struct http_framing framing;

    char *body;
    size_t body_len;
    struct http_budget *budget; /* NULL: none */
    size_t body_capacity;
    size_t body_limit;

    llhttp_t *chunks; /* NULL: the body does not come in chunks */
    bool complete;    /* the last one was there */
    /* Chunk sizes, extensions and trailers. */
    const char *checked; /* bytes given to llhttp are checked up to here */
    size_t between;      /* how many such bytes there were */
    bool after_cr;
    bool after_line;
};

/* Line ends in pairs, no NUL, no folding: in the bytes between the chunks' data, up to `end`. */
static bool check_between(struct http_parser *parser, const char *end)
{
    for (const char *at = parser->checked; at < end; at++) {
        char c = *at;
        bool is_folded = parser->after_line && (c == ' ' || c == '\t');
        if (parser->after_cr != (c == '\n') || c == '\0' || is_folded)
            return false;
        parser->after_line = c == '\n';
        parser->after_cr = c == '\r';
    }
    parser->between += (size_t)(end - parser->checked);
    return true;
}

static bool take_budget(struct http_parser *parser, size_t bytes)
{
    struct http_budget *budget = parser->budget;
    if (!budget)
        return true;
    if (budget->most && bytes > budget->most - budget->bytes) {
        parser->refusal = ERR_UNAVAILABLE;
        return false;
    }
    budget->bytes += bytes;
    return true;
}

static bool grow_body(struct http_parser *parser, size_t len)
{
    size_t needed = parser->body_len + len;
    if (needed > parser->body_limit) {
        parser->refusal = ERR_TOO_LARGE;
        return false;
    }
    if (needed <= parser->body_capacity)
        return true;
    size_t most = parser->framing.has_length ? (size_t)parser->framing.length : parser->body_limit;
    size_t capacity = parser->body_capacity ? parser->body_capacity * 2 : BODY_FIRST_BYTES;
    if (capacity < needed)
        capacity = needed;
    if (capacity > most)
        capacity = most;
    if (!take_budget(parser, capacity - parser->body_capacity))
        return false;
    char *grown = realloc(parser->body, capacity);
    if (!grown)
        abort();
    parser->body = grown;
    parser->body_capacity = capacity;
    return true;
}

static bool put_body(struct http_parser *parser, struct str bytes)
{
    if (!grow_body(parser, bytes.len))
        return false;
    memcpy(parser->body + parser->body_len, bytes.data, bytes.len);
    parser->body_len += bytes.len;
    return true;
}

static int take_body(llhttp_t *machine, const char *at, size_t len)
{
    struct http_parser *parser = machine->data;
    if (!check_between(parser, at) || !put_body(parser, (struct str){at, len}))
        return -1;
    parser->checked = at + len;
    parser->after_cr = parser->after_line = false;
    return 0;
}

static int end_message(llhttp_t *machine)
{
    struct http_parser *parser = machine->data;
    parser->complete = true;
    return HPE_PAUSED; /* the next request gets a parser of its own */
}

static const llhttp_settings_t settings = {
    .on_body = take_body,
    .on_message_complete = end_message,
};

struct http_parser *http_parser_new(struct arena *arena, struct http_request *request, size_t header_bytes)
{
    struct http_parser *parser = arena_new(arena, struct http_parser);
    parser->request = request;
    parser->header_bytes = header_bytes;
    parser->head.arena = arena;
    return parser;
}

void http_parser_free(struct http_parser *parser)
{
    if (parser->budget)
        parser->budget->bytes -= parser->body_capacity;
    free(parser->body);
    parser->body = NULL;
    parser->body_capacity = 0;
}

void http_parser_charge(struct http_parser *parser, struct http_budget *budget)
{
    parser->budget = budget;
}

static enum http_parse refuse(struct http_parser *parser, enum err err)
{
    /* The first reason stands; llhttp only reports that a callback found one. */
    if (parser->refusal == ERR_NONE)
        parser->refusal = err;
    parser->stage = STAGE_REFUSED;
    return HTTP_PARSE_REFUSED;
}

static enum http_parse feed_head(struct http_parser *parser, struct str *bytes)
{
    size_t taken;
    bool good = http_head_scan(&parser->scan, *bytes, &taken);
    if (parser->head.len + taken > parser->header_bytes)
        return refuse(parser, ERR_HEADERS_TOO_LARGE);
    if (!good)
        return refuse(parser, ERR_MALFORMED);
    buf_put(&parser->head, str_slice(*bytes, 0, taken));
    *bytes = str_slice(*bytes, taken, bytes->len);
    if (!parser->scan.ended)
        return HTTP_PARSE_MORE;

    struct http_request *request = parser->request;
    size_t most = parser->scan.lines - 1;
    if (most > HTTP_HEADERS_MAX)
        return refuse(parser, ERR_HEADERS_TOO_LARGE);
    request->headers = arena_new_array(parser->head.arena, struct http_header, most);
    if (!http_head_read(buf_str(&parser->head), request, &parser->framing, &parser->refusal))
        return refuse(parser, ERR_MALFORMED);
    parser->stage = STAGE_JUDGED;
    return HTTP_PARSE_HEAD;
}

/* Trailers, extensions and leading zeros may take as much room as a head, and some bytes a byte of data. */
static bool wastes_room(const struct http_parser *parser)
{
    return parser->between > parser->header_bytes + 8 * parser->body_len;
}

static enum http_parse end_body(struct http_parser *parser)
{
    parser->request->body = (struct str){parser->body, parser->body_len};
    parser->stage = STAGE_COMPLETE;
    return HTTP_PARSE_COMPLETE;
}

/* llhttp knows chunks as part of a request only: it is given a head that announces nothing else. */
static void begin_chunks(struct http_parser *parser)
{
    const struct str head = STR("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n");
    parser->chunks = arena_new(parser->head.arena, llhttp_t);
    llhttp_init(parser->chunks, HTTP_REQUEST, &settings);
    parser->chunks->data = parser;
    if (llhttp_execute(parser->chunks, head.data, head.len) != HPE_OK)
        abort();
}

static enum http_parse feed_chunks(struct http_parser *parser, struct str *bytes)
{
    const char *end = bytes->data + bytes->len;
    parser->checked = bytes->data;
    llhttp_errno_t result = llhttp_execute(parser->chunks, bytes->data, bytes->len);
    if (result == HPE_PAUSED && parser->complete)
        end = llhttp_get_error_pos(parser->chunks);
    else if (result != HPE_OK)
        return refuse(parser, ERR_MALFORMED);
    if (!check_between(parser, end) || wastes_room(parser))
        return refuse(parser, ERR_MALFORMED);
    *bytes = str_slice(*bytes, (size_t)(end - bytes->data), bytes->len);
    return parser->complete ? end_body(parser) : HTTP_PARSE_MORE;
}

static enum http_parse feed_length(struct http_parser *parser, struct str *bytes)
{
    struct str part = str_slice(*bytes, 0, (size_t)parser->framing.length - parser->body_len);
    if (!put_body(parser, part))
        return refuse(parser, ERR_TOO_LARGE);
    *bytes = str_slice(*bytes, part.len, bytes->len);
    return parser->body_len == parser->framing.length ? end_body(parser) : HTTP_PARSE_MORE;
}

static enum http_parse feed_body(struct http_parser *parser, struct str *bytes)
{
    if (!bytes->len)
        return HTTP_PARSE_MORE;
    return parser->chunks ? feed_chunks(parser, bytes) : feed_length(parser, bytes);
}

enum http_parse http_parser_feed(struct http_parser *parser, struct str *bytes)
{
    switch (parser->stage) {
    case STAGE_HEAD:
        return feed_head(parser, bytes);
    case STAGE_BODY:
        return feed_body(parser, bytes);
    case STAGE_JUDGED:
        return HTTP_PARSE_HEAD;
    case STAGE_COMPLETE:
        return HTTP_PARSE_COMPLETE;
    case STAGE_REFUSED:
        return HTTP_PARSE_REFUSED;
    }
    abort();
}

bool http_parser_expects_body(const struct http_parser *parser)
{
    return parser->framing.is_chunked || parser->framing.length > 0;
}

static bool must_have_length(struct str method)
{
    return str_eq(method, STR("POST")) || str_eq(method, STR("PUT")) || str_eq(method, STR("PATCH"));
}

enum http_parse http_parser_admit(struct http_parser *parser, size_t body_limit)
{
    const struct http_framing *framing = &parser->framing;
    if (!framing->has_length && !framing->is_chunked && must_have_length(parser->request->method))
        return refuse(parser, ERR_LENGTH_REQUIRED);
    if (framing->has_length && framing->length > body_limit)
        return refuse(parser, ERR_TOO_LARGE);
    parser->body_limit = body_limit;
    if (!http_parser_expects_body(parser))
        return end_body(parser);
    if (framing->is_chunked)
        begin_chunks(parser);
    parser->stage = STAGE_BODY;
    return HTTP_PARSE_MORE;
}

enum err http_parser_refusal(const struct http_parser *parser)
{
    return parser->refusal;
}

const struct http_framing *http_parser_framing(const struct http_parser *parser)
{
    return &parser->framing;
}
