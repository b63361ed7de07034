/* Does the parser give the same request however its bytes are cut, and refuse what is none? The refusals that
 * a client can see are in tests/system/http_front.test.mjs; here is what only the caller sees. */

#include "net/http_parse.h"
#include "tests/unit/checking.h"

#include <stdlib.h>

#define HEADER_BYTES ((size_t)1024)
#define BODY_LIMIT   ((size_t)100000)

struct parsed {
    struct arena arena;
    struct http_request request;
    struct http_parser *parser;
    enum http_parse result;
    size_t taken;
};

static enum http_parse feed(struct parsed *parsed, struct str bytes)
{
    struct str rest = bytes;
    enum http_parse result = http_parser_feed(parsed->parser, &rest);
    if (result == HTTP_PARSE_HEAD)
        result = http_parser_admit(parsed->parser, BODY_LIMIT);
    if (result == HTTP_PARSE_MORE && rest.len)
        result = http_parser_feed(parsed->parser, &rest);
    parsed->taken += bytes.len - rest.len;
    return result;
}

/* Gives the bytes in two pieces, cut at `cut`, each in memory of its own, so that reading beyond is noticed.
 */
static struct parsed *parse_cut(struct str bytes, size_t cut)
{
    struct parsed *parsed = calloc(1, sizeof *parsed);
    assert_non_null(parsed);
    parsed->parser = http_parser_new(&parsed->arena, &parsed->request, HEADER_BYTES);
    struct str pieces[] = {str_slice(bytes, 0, cut), str_slice(bytes, cut, bytes.len)};
    for (size_t i = 0; i < 2 && parsed->result == HTTP_PARSE_MORE; i++) {
        if (!pieces[i].len)
            continue;
        char *copy = malloc(pieces[i].len);
        assert_non_null(copy);
        memcpy(copy, pieces[i].data, pieces[i].len);
        parsed->result = feed(parsed, (struct str){copy, pieces[i].len});
        free(copy);
    }
    return parsed;
}

static struct parsed *parse(struct str bytes)
{
    return parse_cut(bytes, bytes.len);
}

static void drop(struct parsed *parsed)
{
    http_parser_free(parsed->parser);
    arena_free(&parsed->arena);
    free(parsed);
}

static void assert_refused(struct str bytes, enum err err)
{
    for (size_t cut = 1; cut <= bytes.len; cut++) {
        struct parsed *parsed = parse_cut(bytes, cut);
        assert_int_equal(parsed->result, HTTP_PARSE_REFUSED);
        assert_int_equal(http_parser_refusal(parsed->parser), err);
        drop(parsed);
    }
}

static void a_request_is_the_same_however_it_is_cut(void **state)
{
    (void)state;
    const struct str bytes =
        STR("POST /a%20b?c=d&e HTTP/1.1\r\nHost: example:8000\r\nX-Empty:\r\nX-Two:  a b\t\r\n"
            "Transfer-Encoding: Chunked\r\n\r\n5;x=\"y\"\r\nhello\r\n6\r\n\r\nbye!\r\n0\r\nT: 1\r\n\r\n");
    const struct str next = STR("GET");
    char joined[512];
    memcpy(joined, bytes.data, bytes.len);
    memcpy(joined + bytes.len, next.data, next.len);
    for (size_t cut = 1; cut <= bytes.len + next.len; cut++) {
        struct parsed *parsed = parse_cut((struct str){joined, bytes.len + next.len}, cut);
        const struct http_request *request = &parsed->request;
        assert_int_equal(parsed->result, HTTP_PARSE_COMPLETE);
        assert_int_equal(parsed->taken, bytes.len);
        assert_text(request->method, "POST");
        assert_text(request->url, "/a%20b?c=d&e");
        assert_text(request->path, "/a%20b");
        assert_text(request->query, "c=d&e");
        assert_int_equal(request->header_count, 4);
        assert_text(http_header_of(request, "x-two"), "a b");
        assert_text(http_header_of(request, "X-Empty"), "");
        assert_text(request->body, "hello\r\nbye!");
        drop(parsed);
    }
}

static void only_the_bytes_of_one_request_are_taken(void **state)
{
    (void)state;
    struct parsed *parsed = parse(STR("GET / HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\n"));
    assert_int_equal(parsed->result, HTTP_PARSE_COMPLETE);
    assert_int_equal(parsed->taken, 27);
    drop(parsed);
    parsed = parse(STR("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabcdef"));
    assert_int_equal(parsed->result, HTTP_PARSE_COMPLETE);
    assert_text(parsed->request.body, "abc");
    assert_int_equal(parsed->taken, 49);
    drop(parsed);
}

static void assert_keeps(struct str bytes, bool keeps)
{
    struct parsed *parsed = parse(bytes);
    assert_int_equal(parsed->result, HTTP_PARSE_COMPLETE);
    assert_int_equal(http_parser_framing(parsed->parser)->keep_alive, keeps);
    drop(parsed);
}

static void a_connection_goes_on_as_version_and_client_say(void **state)
{
    (void)state;
    assert_keeps(STR("GET / HTTP/1.1\r\nHost: a\r\n\r\n"), true);
    assert_keeps(STR("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"), false);
    assert_keeps(STR("GET / HTTP/1.1\r\nHost: a\r\nConnection: x\r\nConnection: y , CLOSE\r\n\r\n"), false);
    assert_keeps(STR("GET / HTTP/1.1\r\nHost: a\r\nConnection: closed\r\n\r\n"), true);
    assert_keeps(STR("GET / HTTP/1.0\r\n\r\n"), false);
    assert_keeps(STR("GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n"), true);
    assert_keeps(STR("GET / HTTP/1.0\r\nConnection: keep-alive, close\r\n\r\n"), false);
}

static void what_frames_a_message_twice_is_malformed_whatever_else_is_wrong(void **state)
{
    (void)state;
    assert_refused(STR("BREW / HTTP/1.1\r\n\r\n"), ERR_NOT_IMPLEMENTED);
    assert_refused(STR("GET / HTTP/2.0\r\n\r\n"), ERR_VERSION);
    assert_refused(STR("PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n"), ERR_NOT_IMPLEMENTED);
    assert_refused(STR("PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\nContent-Length: 1\r\n\r\n"),
                   ERR_MALFORMED);
    assert_refused(STR("PUT / HTTP/1.1\r\nExpect: more\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n"),
                   ERR_MALFORMED);
    assert_refused(STR("PUT / HTTP/1.1\r\nHost: a\r\n\r\n"), ERR_LENGTH_REQUIRED);
}

static void a_body_over_the_limit_is_refused(void **state)
{
    (void)state;
    assert_refused(STR("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 100001\r\n\r\n"), ERR_TOO_LARGE);
    struct parsed *parsed = parse(STR("PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"));
    char chunk[1007];
    memcpy(chunk, "3e8\r\n", 5);
    memset(chunk + 5, 'x', 1000);
    memcpy(chunk + 1005, "\r\n", 2);
    for (int i = 0; i < 100; i++)
        assert_int_equal(feed(parsed, (struct str){chunk, sizeof chunk}), HTTP_PARSE_MORE);
    assert_int_equal(feed(parsed, (struct str){chunk, sizeof chunk}), HTTP_PARSE_REFUSED);
    assert_int_equal(http_parser_refusal(parsed->parser), ERR_TOO_LARGE);
    drop(parsed);
}

static void bodies_beyond_the_common_budget_are_refused_until_others_go(void **state)
{
    (void)state;
    struct http_budget budget = {.most = 9000};
    char body[5000];
    memset(body, 'x', sizeof body);
    struct parsed *requests[2];
    for (int i = 0; i < 2; i++) {
        requests[i] = calloc(1, sizeof **requests);
        assert_non_null(requests[i]);
        requests[i]->parser = http_parser_new(&requests[i]->arena, &requests[i]->request, HEADER_BYTES);
        http_parser_charge(requests[i]->parser, &budget);
        feed(requests[i], STR("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 6000\r\n\r\n"));
    }
    assert_int_equal(feed(requests[0], (struct str){body, sizeof body}), HTTP_PARSE_MORE);
    assert_int_equal(feed(requests[1], (struct str){body, sizeof body}), HTTP_PARSE_REFUSED);
    assert_int_equal(http_parser_refusal(requests[1]->parser), ERR_UNAVAILABLE);
    drop(requests[1]);
    drop(requests[0]);
    assert_int_equal(budget.bytes, 0);
}

static void a_head_has_its_bound_to_the_byte(void **state)
{
    (void)state;
    char head[2048];
    const struct str begin = STR("GET / HTTP/1.1\r\nHost: a\r\nX: ");
    memset(head, 'x', sizeof head);
    memcpy(head, begin.data, begin.len);
    memcpy(head + HEADER_BYTES - 4, "\r\n\r\n", 4);
    struct parsed *parsed = parse((struct str){head, HEADER_BYTES});
    assert_int_equal(parsed->result, HTTP_PARSE_COMPLETE);
    drop(parsed);
    memset(head + HEADER_BYTES - 4, 'x', 4);
    memcpy(head + HEADER_BYTES - 3, "\r\n\r\n", 4);
    parsed = parse((struct str){head, HEADER_BYTES + 1});
    assert_int_equal(parsed->result, HTTP_PARSE_REFUSED);
    assert_int_equal(http_parser_refusal(parsed->parser), ERR_HEADERS_TOO_LARGE);
    drop(parsed);
}

static void a_refused_parser_stays_refused(void **state)
{
    (void)state;
    struct parsed *parsed = parse(STR("GET / HTTP/1.1\nHost: a\r\n\r\n"));
    assert_int_equal(parsed->result, HTTP_PARSE_REFUSED);
    assert_int_equal(feed(parsed, STR("GET / HTTP/1.1\r\nHost: a\r\n\r\n")), HTTP_PARSE_REFUSED);
    drop(parsed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_request_is_the_same_however_it_is_cut),
        cmocka_unit_test(only_the_bytes_of_one_request_are_taken),
        cmocka_unit_test(a_connection_goes_on_as_version_and_client_say),
        cmocka_unit_test(what_frames_a_message_twice_is_malformed_whatever_else_is_wrong),
        cmocka_unit_test(a_body_over_the_limit_is_refused),
        cmocka_unit_test(bodies_beyond_the_common_budget_are_refused_until_others_go),
        cmocka_unit_test(a_head_has_its_bound_to_the_byte),
        cmocka_unit_test(a_refused_parser_stays_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
