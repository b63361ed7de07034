/* Where does one request end, and what does it say?
 *
 * The head is gathered until its empty line, checked by the strict rules, and then given to llhttp in one
 * piece: so every text is whole and lies in the arena. The body follows through llhttp, which takes the
 * chunks apart. What is between the chunks is checked byte by byte: llhttp is lenient there. */

#include "net/http_parse.h"

#include <llhttp.h>
#include <stdlib.h>
#include <string.h>

/* First size of a body's memory: no more is taken on the word of a Content-Length than bytes have come. */
#define BODY_FIRST_BYTES ((size_t)4 * 1024)

enum stage { STAGE_HEAD, STAGE_JUDGED, STAGE_BODY, STAGE_COMPLETE, STAGE_REFUSED };

struct http_parser {
    llhttp_t machine;
    enum stage stage;
    struct http_refusal refusal;
    struct http_request *request;
    size_t header_bytes;

    struct http_head_scan scan;
    struct buf head;
    size_t header_lines; /* in the head: so many headers llhttp must find */
    bool in_value;       /* the last text that llhttp gave was a header's value */
    bool head_complete;
    bool complete;
    struct http_framing framing;

    char *body;
    size_t body_len;
    struct http_budget *budget; /* NULL: none */
    size_t body_capacity;
    size_t body_limit;

    /* Chunk sizes, extensions and trailers. */
    const char *checked; /* bytes given to llhttp are checked up to here */
    size_t between;      /* how many such bytes there were */
    bool after_cr;
    bool after_line;
};

static int take_url(llhttp_t *machine, const char *at, size_t len)
{
    struct http_parser *parser = machine->data;
    struct str *url = &parser->request->url;
    *url = (struct str){url->len ? url->data : at, url->len + len};
    return 0;
}

static int take_field(llhttp_t *machine, const char *at, size_t len)
{
    struct http_parser *parser = machine->data;
    struct http_request *request = parser->request;
    if (parser->head_complete)
        return 0; /* a trailer: nobody asked for it */
    if (parser->in_value || request->header_count == 0) {
        if (request->header_count == parser->header_lines)
            return -1;
        request->headers[request->header_count++] = (struct http_header){.name = {at, 0}};
        parser->in_value = false;
    }
    request->headers[request->header_count - 1].name.len += len;
    return 0;
}

static int take_value(llhttp_t *machine, const char *at, size_t len)
{
    struct http_parser *parser = machine->data;
    if (parser->head_complete)
        return 0;
    struct str *value = &parser->request->headers[parser->request->header_count - 1].value;
    if (!parser->in_value)
        *value = (struct str){at, 0};
    parser->in_value = true;
    value->len += len;
    return 0;
}

static int end_head(llhttp_t *machine)
{
    struct http_parser *parser = machine->data;
    parser->head_complete = true;
    /* An upgrade is for the one who judges the head; to llhttp this is a request like any other. */
    machine->upgrade = 0;
    return 0;
}

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
        parser->refusal = (struct http_refusal){.err = ERR_UNAVAILABLE};
        return false;
    }
    budget->bytes += bytes;
    return true;
}

static bool grow_body(struct http_parser *parser, size_t len)
{
    size_t needed = parser->body_len + len;
    if (needed > parser->body_limit) {
        parser->refusal = (struct http_refusal){.err = ERR_TOO_LARGE};
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

static int take_body(llhttp_t *machine, const char *at, size_t len)
{
    struct http_parser *parser = machine->data;
    if (!check_between(parser, at) || !grow_body(parser, len))
        return -1;
    memcpy(parser->body + parser->body_len, at, len);
    parser->body_len += len;
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
    .on_url = take_url,
    .on_header_field = take_field,
    .on_header_value = take_value,
    .on_headers_complete = end_head,
    .on_body = take_body,
    .on_message_complete = end_message,
};

struct http_parser *http_parser_new(struct arena *arena, struct http_request *request, size_t header_bytes)
{
    struct http_parser *parser = arena_new(arena, struct http_parser);
    parser->request = request;
    parser->header_bytes = header_bytes;
    parser->head.arena = arena;
    llhttp_init(&parser->machine, HTTP_REQUEST, &settings);
    parser->machine.data = parser;
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
    if (parser->refusal.err == ERR_NONE)
        parser->refusal = (struct http_refusal){.err = err};
    parser->stage = STAGE_REFUSED;
    return HTTP_PARSE_REFUSED;
}

/* llhttp must find exactly one head in it, with as many headers as there are lines. `agrees`: it can also
 * tell where the message ends. */
static bool parse_head(struct http_parser *parser, bool *agrees)
{
    struct http_request *request = parser->request;
    struct str head = buf_str(&parser->head);
    request->headers = arena_new_array(parser->head.arena, struct http_header, parser->header_lines);
    llhttp_errno_t result = llhttp_execute(&parser->machine, head.data, head.len);
    *agrees = result == HPE_OK || result == HPE_PAUSED;
    if (!parser->head_complete || request->header_count != parser->header_lines)
        return false;
    for (size_t i = 0; i < request->header_count; i++)
        request->headers[i].value = str_trim(request->headers[i].value);
    request->method = str_from(llhttp_method_name((llhttp_method_t)parser->machine.method));
    return true;
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

    if (!http_head_check(buf_str(&parser->head), &parser->header_lines, &parser->refusal))
        return refuse(parser, ERR_MALFORMED);
    bool agrees;
    if (!parse_head(parser, &agrees))
        return refuse(parser, ERR_MALFORMED);
    bool is_1_1 = parser->machine.http_minor == 1;
    if (!http_head_read(parser->request, is_1_1, &parser->framing, &parser->refusal) || !agrees)
        return refuse(parser, ERR_MALFORMED);
    parser->stage = STAGE_JUDGED;
    return HTTP_PARSE_HEAD;
}

/* Trailers, extensions and leading zeros may take as much room as a head, and some bytes a byte of data. */
static bool wastes_room(const struct http_parser *parser)
{
    return parser->between > parser->header_bytes + 8 * parser->body_len;
}

static enum http_parse feed_body(struct http_parser *parser, struct str *bytes)
{
    const char *end = bytes->data + bytes->len;
    parser->checked = bytes->data;
    llhttp_errno_t result = llhttp_execute(&parser->machine, bytes->data, bytes->len);
    if (result == HPE_PAUSED && parser->complete)
        end = llhttp_get_error_pos(&parser->machine);
    else if (result != HPE_OK)
        return refuse(parser, ERR_MALFORMED);
    if (!check_between(parser, end) || wastes_room(parser))
        return refuse(parser, ERR_MALFORMED);
    *bytes = str_slice(*bytes, (size_t)(end - bytes->data), bytes->len);
    if (!parser->complete)
        return HTTP_PARSE_MORE;
    parser->request->body = (struct str){parser->body, parser->body_len};
    parser->stage = STAGE_COMPLETE;
    return HTTP_PARSE_COMPLETE;
}

enum http_parse http_parser_feed(struct http_parser *parser, struct str *bytes)
{
    switch (parser->stage) {
    case STAGE_HEAD:
        return feed_head(parser, bytes);
    case STAGE_BODY:
        return bytes->len ? feed_body(parser, bytes) : HTTP_PARSE_MORE;
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
    return !parser->complete;
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
    parser->stage = parser->complete ? STAGE_COMPLETE : STAGE_BODY;
    return parser->complete ? HTTP_PARSE_COMPLETE : HTTP_PARSE_MORE;
}

struct http_refusal http_parser_refusal(const struct http_parser *parser)
{
    return parser->refusal;
}

const struct http_framing *http_parser_framing(const struct http_parser *parser)
{
    return &parser->framing;
}
