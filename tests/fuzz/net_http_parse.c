/* Can bytes break the request parser, or make its answer depend on how they were cut?
 *
 * The first byte says where the input is cut; the parser must take the same bytes and say the same, whole or
 * cut. */

#include "net/http_parse.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct parsed {
    struct arena arena;
    struct http_request request;
    struct http_parser *parser;
    enum http_parse result;
    size_t taken;
};

static void feed(struct parsed *parsed, struct str piece)
{
    /* Memory of its own, so that one byte too far is noticed. */
    char *copy = malloc(piece.len ? piece.len : 1);
    if (!copy)
        abort();
    if (piece.len)
        memcpy(copy, piece.data, piece.len);
    struct str rest = {copy, piece.len};
    while (parsed->result == HTTP_PARSE_MORE && rest.len) {
        parsed->result = http_parser_feed(parsed->parser, &rest);
        if (parsed->result == HTTP_PARSE_HEAD)
            parsed->result = http_parser_admit(parsed->parser, 1000);
    }
    parsed->taken += piece.len - rest.len;
    free(copy);
}

static void parse(struct parsed *parsed, struct str bytes, size_t cut)
{
    *parsed = (struct parsed){0};
    parsed->parser = http_parser_new(&parsed->arena, &parsed->request, 512);
    feed(parsed, str_slice(bytes, 0, cut));
    feed(parsed, str_slice(bytes, cut, bytes.len));
}

static void must(bool good)
{
    if (!good)
        abort();
}

static void compare(const struct parsed *a, const struct parsed *b)
{
    must(a->result == b->result);
    if (a->result != HTTP_PARSE_COMPLETE)
        return;
    must(a->taken == b->taken);
    must(str_eq(a->request.body, b->request.body));
    must(str_eq(a->request.url, b->request.url));
    must(a->request.header_count == b->request.header_count);
    must(a->request.body.len <= 1000 && a->request.header_count <= HTTP_HEADERS_MAX);
    for (size_t i = 0; i < a->request.header_count; i++) {
        must(str_eq(a->request.headers[i].name, b->request.headers[i].name));
        must(str_eq(a->request.headers[i].value, b->request.headers[i].value));
    }
}

static void drop(struct parsed *parsed)
{
    http_parser_free(parsed->parser);
    arena_free(&parsed->arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct parsed whole;
    static struct parsed cut;
    if (size == 0)
        return 0;
    struct str bytes = {(const char *)data + 1, size - 1};
    parse(&whole, bytes, bytes.len);
    parse(&cut, bytes, data[0] % size);
    compare(&whole, &cut);
    drop(&whole);
    drop(&cut);
    return 0;
}
