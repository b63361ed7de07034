/* JSON: read whole or refused, built, printed, and written straight away. */

#include "base/json.h"
#include "tests/unit/checking.h"

#include <float.h>
#include <math.h>

static struct arena arena;

static int reset(void **state)
{
    (void)state;
    arena_free(&arena);
    return 0;
}

static void json_keeps_order_and_survives_broken_text(void **state)
{
    (void)state;
    const struct json *value;
    assert_int_equal(json_parse(&arena, STR("{\"b\":1,\"a\":\"x\\u0000y\\ud83d!\\ud83d\\ude00\"}"), &value),
                     ERR_NONE);
    assert_text(json_text(json_get(value, "a")), "xy\xEF\xBF\xBD!\xF0\x9F\x98\x80");
    assert_text(json_scalar(&arena, json_get(value, "b")), "1");
    assert_int_equal(json_kind(json_get(value, "c")), JSON_ABSENT);
    assert_int_equal(json_kind(json_get(json_get(value, "c"), "d")), JSON_ABSENT);
    assert_int_equal(json_parse(&arena, STR("{\"a\":"), &value), ERR_MALFORMED);
    assert_int_equal(json_parse(&arena, STR("{\"a\":\"\\\\u0000\"}"), &value), ERR_NONE);
    assert_text(json_text(json_get(value, "a")), "\\u0000");
}

static void json_nested_too_deep_is_refused(void **state)
{
    (void)state;
    char deep[300];
    const struct json *value;
    memset(deep, '[', 150);
    memset(deep + 150, ']', 150);
    assert_int_equal(json_parse(&arena, (struct str){deep, sizeof deep}, &value), ERR_MALFORMED);
}

static void json_is_printed_as_it_was_built(void **state)
{
    (void)state;
    struct json *object = json_new_object(&arena);
    json_set_str(&arena, object, "z", STR("\"\n"));
    json_set_int(&arena, object, "a", -5);
    json_set_bool(&arena, object, "m", true);
    json_set_null(&arena, object, "n");
    assert_text(json_print(&arena, object), "{\"z\":\"\\\"\\n\",\"a\":-5,\"m\":true,\"n\":null}");
}

static void json_is_written_straight_away(void **state)
{
    (void)state;
    struct buf text = {.arena = &arena};
    json_write_open(&text, NULL, JSON_MEMBERS);
    json_write_str(&text, "text", STR("\"{[\n"));
    json_write_str(&text, "broken", STR("\xff"));
    json_write_open(&text, "list", JSON_LIST);
    json_write_str(&text, NULL, STR("{"));
    json_write_open(&text, NULL, JSON_MEMBERS);
    json_write_close(&text, JSON_MEMBERS);
    json_write_int(&text, NULL, -5);
    json_write_close(&text, JSON_LIST);
    json_write_double(&text, "real", 28.5);
    json_write_double(&text, "endless", HUGE_VAL);
    json_write_bool(&text, "no", false);
    json_write_str(&text, "empty", (struct str){0});
    json_write_close(&text, JSON_MEMBERS);
    assert_text(buf_str(&text),
                "{\"text\":\"\\\"{[\\n\",\"list\":[\"{\",{},-5],\"real\":28.5,\"no\":false,\"empty\":\"\"}");
}

static void a_row_of_json_grows_in_its_order(void **state)
{
    (void)state;
    struct json *list = json_new_list(&arena);
    for (int i = 0; i < 100; i++) {
        json_set_int(&arena, json_add_object(&arena, list), "at", i);
        assert_int_equal(json_count(list), i + 1);
    }
    for (int64_t i = 0, at; i < 100; i++) {
        assert_true(json_to_int64(json_get(json_at(list, (size_t)i), "at"), &at));
        assert_int_equal(at, i);
    }
}

static void the_largest_numbers_are_read_again(void **state)
{
    static const double numbers[] = {DBL_MAX, -DBL_MAX, 1.7976931348623e308, 28.6139, -0.1};
    (void)state;
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        const struct json *read;
        double number = 0;
        struct json *object = json_new_object(&arena);
        json_set_double(&arena, object, "n", numbers[i]);
        assert_int_equal(json_parse(&arena, json_print(&arena, object), &read), ERR_NONE);
        assert_true(json_to_double(json_get(read, "n"), &number));
        assert_true(number == numbers[i]);
        assert_int_equal(json_read(&arena, json_print(&arena, object), &read), ERR_NONE);
        assert_true(json_to_double(json_get(read, "n"), &number));
        assert_true(number == numbers[i]);
    }
}

static void numbers_beyond_us_leave_the_rest_readable(void **state)
{
    (void)state;
    const struct json *row;
    double number;
    assert_int_equal(json_read(&arena, STR("{\"a\":12345678901234567890,\"b\":1e400,\"c\":\"x\"}"), &row),
                     ERR_NONE);
    assert_true(json_to_double(json_get(row, "a"), &number) && number > 1.2e19);
    assert_int_equal(json_kind(json_get(row, "b")), JSON_NULL_VALUE);
    assert_text(json_text(json_get(row, "c")), "x");
    assert_int_equal(json_read(&arena, STR("{\"a\":1.}"), &row), ERR_MALFORMED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(json_keeps_order_and_survives_broken_text),
        cmocka_unit_test(json_nested_too_deep_is_refused),
        cmocka_unit_test(json_is_printed_as_it_was_built),
        cmocka_unit_test(json_is_written_straight_away),
        cmocka_unit_test(a_row_of_json_grows_in_its_order),
        cmocka_unit_test(the_largest_numbers_are_read_again),
        cmocka_unit_test(numbers_beyond_us_leave_the_rest_readable),
    };
    return cmocka_run_group_tests(tests, NULL, reset);
}
