/* Is an answer on the wire what was asked for, to the byte? */

#include "net/http_answer.h"
#include "tests/unit/checking.h"

#define MANY 33

static const struct str date = STR_INIT("Sun, 06 Nov 1994 08:49:37 GMT");

static void assert_answer(const struct http_answer *answer, struct str expected)
{
    struct arena arena = {0};
    struct str text = http_answer_text(answer, &arena);
    assert_int_equal(text.len, expected.len);
    assert_memory_equal(text.data, expected.data, expected.len);
    arena_free(&arena);
}

static void status_headers_and_body(void **state)
{
    (void)state;
    struct arena arena = {0};
    struct http_response response = {.status = 200, .body = STR("hello")};
    http_add_header(&arena, &response, "Content-Type", STR("text/plain"));
    assert_answer(&(struct http_answer){.response = &response, .date = date},
                  STR("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n"
                      "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\nX-Content-Type-Options: nosniff\r\n\r\nhello"));
    assert_answer(&(struct http_answer){.response = &response, .date = date, .is_head = true, .closes = true},
                  STR("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n"
                      "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\nX-Content-Type-Options: nosniff\r\n"
                      "Connection: close\r\n\r\n"));
    arena_free(&arena);
}

static void no_body_where_none_may_be(void **state)
{
    (void)state;
    struct http_response response = {.status = 304, .body = STR("hello")};
    assert_answer(&(struct http_answer){.response = &response, .date = date, .says_alive = true},
                  STR("HTTP/1.1 304 Not Modified\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
                      "X-Content-Type-Options: nosniff\r\nConnection: keep-alive\r\n\r\n"));
}

static void an_unknown_status_and_a_hostile_value(void **state)
{
    (void)state;
    struct arena arena = {0};
    struct http_response response = {.status = 299};
    http_add_header(&arena, &response, "X", STR("a\r\nb\0c"));
    assert_answer(&(struct http_answer){.response = &response, .before = STR("continue"), .date = date},
                  STR("continueHTTP/1.1 299 \r\nX: a  b c\r\nContent-Length: 0\r\n"
                      "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\nX-Content-Type-Options: nosniff\r\n\r\n"));
    arena_free(&arena);
}

static void many_and_long_headers(void **state)
{
    (void)state;
    struct arena arena = {0};
    struct http_response response = {.status = 511};
    char *value = arena_alloc(&arena, 5000);
    memset(value, 'v', 5000);
    for (int i = 0; i < MANY; i++)
        http_add_header(&arena, &response, "X-Name", ((struct str){value, 5000}));
    struct http_answer answer = {.response = &response, .date = date, .closes = true};
    struct str text = http_answer_text(&answer, &arena);
    assert_int_equal(response.header_count, MANY);
    assert_true(text.len > (size_t)MANY * 5010 && text.len < (size_t)MANY * 5010 + 200);
    arena_free(&arena);
}

static void assert_date(int64_t ms, const char *expected)
{
    char out[HTTP_DATE_BYTES];
    http_date(ms, out);
    assert_string_equal(out, expected);
}

static void dates(void **state)
{
    (void)state;
    assert_date(784111777000, "Sun, 06 Nov 1994 08:49:37 GMT");
    assert_date(0, "Thu, 01 Jan 1970 00:00:00 GMT");
    assert_date(1709251199999, "Thu, 29 Feb 2024 23:59:59 GMT");
    assert_date(4102444800000, "Fri, 01 Jan 2100 00:00:00 GMT");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(status_headers_and_body),
        cmocka_unit_test(no_body_where_none_may_be),
        cmocka_unit_test(an_unknown_status_and_a_hostile_value),
        cmocka_unit_test(many_and_long_headers),
        cmocka_unit_test(dates),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
