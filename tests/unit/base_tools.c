/* The tools below everything: text, arena, JSON, YAML, forms, digests, days. */

#include "base/arena.h"
#include "base/clock.h"
#include "base/digest.h"
#include "base/env.h"
#include "base/form.h"
#include "base/json.h"
#include "base/yaml.h"

#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdalign.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
/* Needs those above. */
#include <cmocka.h>

static struct arena arena;

static int reset(void **state)
{
    (void)state;
    arena_free(&arena);
    return 0;
}

static void assert_str(struct str text, const char *expected)
{
    assert_int_equal(text.len, strlen(expected));
    assert_memory_equal(text.data ? text.data : "", expected, text.len);
}

static void integers_are_whole_or_nothing(void **state)
{
    (void)state;
    int64_t number;
    assert_true(str_to_int64(STR("-9223372036854775808"), &number) && number == INT64_MIN);
    assert_true(str_to_int64(STR("9223372036854775807"), &number) && number == INT64_MAX);
    assert_false(str_to_int64(STR("9223372036854775808"), &number));
    assert_false(str_to_int64(STR("12 "), &number));
    assert_false(str_to_int64(STR("-"), &number));
    assert_false(str_to_int64(STR(""), &number));
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

static void real_numbers_are_whole_or_nothing(void **state)
{
    (void)state;
    double number;
    assert_true(str_to_double(STR("-18.5e1"), &number) && number == -185);
    assert_false(str_to_double(STR("1\0002"), &number));
    assert_false(str_to_double(STR("1e999"), &number));
    assert_false(str_to_double(STR("nan"), &number));
    assert_false(str_to_double(STR(""), &number));
}

static void utf8_is_walked_without_losing_its_place(void **state)
{
    (void)state;
    struct str text = STR("a\xC3\xA9\xE0\xA4\x95\xF0\x9F\x98\x80");
    assert_int_equal(utf8_length(text), 4);
    assert_true(utf8_is_valid(text));
    assert_false(utf8_is_valid(STR("a\xC3")));
    assert_false(utf8_is_valid(STR("\xED\xA0\x80")));
    assert_false(utf8_is_valid(STR("\xC0\xAF")));
    assert_true(utf8_is_valid(STR("\xEF\xBF\xBD")));
    assert_str(utf8_truncate(text, 2), "a\xC3\xA9");
    assert_str(utf8_truncate_bytes(text, 2), "a");
    assert_str(text_clean(&arena, STR("a\xFF"
                                      "b")),
               "a\xEF\xBF\xBD"
               "b");
}

static void cutting_gives_every_part(void **state)
{
    (void)state;
    struct str rest = STR("a,,b");
    struct str part;
    assert_true(str_cut(&rest, ',', &part));
    assert_str(part, "a");
    assert_true(str_cut(&rest, ',', &part));
    assert_str(part, "");
    assert_true(str_cut(&rest, ',', &part));
    assert_str(part, "b");
    assert_false(str_cut(&rest, ',', &part));
}

static void json_keeps_order_and_survives_broken_text(void **state)
{
    (void)state;
    const struct json *value;
    assert_int_equal(json_parse(&arena, STR("{\"b\":1,\"a\":\"x\\u0000y\\ud83d!\\ud83d\\ude00\"}"), &value),
                     ERR_NONE);
    assert_str(json_text(json_get(value, "a")), "xy\xEF\xBF\xBD!\xF0\x9F\x98\x80");
    assert_str(json_scalar(&arena, json_get(value, "b")), "1");
    assert_int_equal(json_kind(json_get(value, "c")), JSON_ABSENT);
    assert_int_equal(json_kind(json_get(json_get(value, "c"), "d")), JSON_ABSENT);
    assert_int_equal(json_parse(&arena, STR("{\"a\":"), &value), ERR_MALFORMED);
    assert_int_equal(json_parse(&arena, STR("{\"a\":\"\\\\u0000\"}"), &value), ERR_NONE);
    assert_str(json_text(json_get(value, "a")), "\\u0000");
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
    assert_str(json_print(&arena, object), "{\"z\":\"\\\"\\n\",\"a\":-5,\"m\":true,\"n\":null}");
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
    assert_str(buf_str(&text),
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

static void texts_are_filled_in(void **state)
{
    (void)state;
    assert_str(
        arena_printf(&arena, "%.*s:%s %d%% %lld %zu", 2, "abc", "d", -7, (long long)INT64_MIN, (size_t)42),
        "ab:d -7% -9223372036854775808 42");
    assert_str(arena_printf(&arena, "%02d|%5.1f|%s", 7, 2.5, "x"), "07|  2.5|x");
    assert_str(arena_printf(&arena, "%d:%02d %04d %02d|%02d|%03d", 6, 5, 90, 123, -4, -1),
               "6:05 0090 123|-4|-01");
    assert_str(arena_join(&arena, STR("birth_date"), STR(""), STR("."), STR("ask")), "birth_date.ask");
    assert_str(arena_number(&arena, -7), "-7");
    char longer[600];
    memset(longer, 'x', sizeof longer - 1);
    longer[sizeof longer - 1] = '\0';
    struct str text = arena_printf(&arena, "%s%d", longer, 12);
    assert_int_equal(text.len, sizeof longer + 1);
    assert_str(str_slice(text, text.len - 3, text.len), "x12");
    struct str exact = arena_printf(&arena, "%.*s", 255, longer);
    assert_int_equal(exact.len, 255);
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
    assert_str(json_text(json_get(row, "c")), "x");
    assert_int_equal(json_read(&arena, STR("{\"a\":1.}"), &row), ERR_MALFORMED);
}

static void a_mistake_that_two_readers_find_is_told_once(void **state)
{
    (void)state;
    struct problems problems = {.arena = &arena};
    for (int reader = 0; reader < 2; reader++) {
        problem_add(&problems, STR("en.yaml"), 9, 1, "did not find expected '%s'", "]");
        problem_add(&problems, STR("en.yaml"), 9, 2, "did not find expected '%s'", "]");
    }
    assert_int_equal(problems.count, 2);
    assert_true(str_eq(problems_text(&problems, &arena), STR("en.yaml:9:1: did not find expected ']'\n"
                                                             "en.yaml:9:2: did not find expected ']'\n")));
}

static void yaml_points_at_the_mistake(void **state)
{
    (void)state;
    struct problems problems = {.arena = &arena};
    assert_null(yaml_parse(STR("a: 1\nb: [1, 2\nc: 3\n"), STR("f.yaml"), &arena, &problems));
    assert_int_equal(problems.count, 1);
    assert_int_equal(problems.first->line, 3);
    assert_null(yaml_parse(STR("a: 1\na: 2\n"), STR("f.yaml"), &arena, &problems));
    assert_str(problems.last->message, "this key stands here twice");
    assert_int_equal(problems.last->line, 2);
    assert_null(yaml_parse(STR("a: &x 1\nb: *x\n"), STR("f.yaml"), &arena, &problems));
    assert_null(yaml_parse(STR("a: !!str 5\n"), STR("f.yaml"), &arena, &problems));
    assert_null(yaml_parse(STR("!!str a: 5\n"), STR("f.yaml"), &arena, &problems));
    const struct yaml *root =
        yaml_parse(STR("n: 5\nt: \"7\"\nl: [a, b]\n"), STR("f.yaml"), &arena, &problems);
    size_t before = problems.count;
    assert_int_equal(yaml_int(root, "n", 0, 1, 9, &problems), 5);
    assert_int_equal(yaml_int(root, "absent", 3, 1, 9, &problems), 3);
    assert_int_equal(yaml_get(root, "l")->count, 2);
    assert_int_equal(problems.count, before);
    yaml_int(root, "n", 0, 6, 9, &problems);
    assert_int_equal(problems.count, before + 1);
}

static void forms_are_decoded_and_encoded(void **state)
{
    (void)state;
    struct form form;
    assert_true(form_parse(&arena, STR("Body=a%2Bb+c%26&Empty=&Flag&Body=2"), &form));
    assert_int_equal(form.count, 4);
    assert_str(form_get(&form, "Body"), "a+b c&");
    assert_true(form_has(&form, "Empty") && form_has(&form, "Flag") && !form_has(&form, "flag"));
    assert_true(form_parse(&arena, STR("&a=b=c&&=d&e%3D=%26"), &form));
    assert_int_equal(form.count, 3);
    assert_str(form_get(&form, "a"), "b=c");
    assert_str(form_get(&form, ""), "d");
    assert_str(form_get(&form, "e="), "&");
    assert_true(form_parse(&arena, STR("a=1&b=2+3&c=4&d+e=5&f=%36"), &form));
    assert_str(form_get(&form, "a"), "1");
    assert_str(form_get(&form, "b"), "2 3");
    assert_str(form_get(&form, "c"), "4");
    assert_str(form_get(&form, "d e"), "5");
    assert_str(form_get(&form, "f"), "6");
    assert_false(form_parse(&arena, STR("a=%4"), &form));
    assert_false(form_parse(&arena, STR("a=%4&b=c"), &form));
    assert_false(form_parse(&arena, STR("a=%zz"), &form));
    struct buf body = {.arena = &arena};
    form_put(&body, "To", STR("+1 5"));
    form_put(&body, "B", STR("\xC3\xA9~"));
    assert_str(buf_str(&body), "To=%2B1%205&B=%C3%A9~");
}

static void digests_match_published_vectors(void **state)
{
    (void)state;
    uint8_t digest[SHA256_BYTES];
    /* RFC 4231, test case 2. */
    hmac_sha256(STR("Jefe"), STR("what do ya want for nothing?"), digest);
    assert_str(hex_encode(&arena, digest, sizeof digest),
               "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    /* RFC 4231, test case 1: another key, and the first one again. */
    hmac_sha256(STR("\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b"),
                STR("Hi There"), digest);
    assert_str(hex_encode(&arena, digest, sizeof digest),
               "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
    hmac_sha256(STR("Jefe"), STR("what do ya want for nothing?"), digest);
    hmac_sha256(STR("Jefe"), STR("what do ya want for nothing?"), digest);
    assert_str(hex_encode(&arena, digest, sizeof digest),
               "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    /* RFC 4231 and 2202, test case 6: a key longer than a block. */
    char long_key[131];
    memset(long_key, 0xAA, sizeof long_key);
    struct str long_text = STR("Test Using Larger Than Block-Size Key - Hash Key First");
    hmac_sha256((struct str){long_key, sizeof long_key}, long_text, digest);
    assert_str(hex_encode(&arena, digest, sizeof digest),
               "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
    hmac_sha1((struct str){long_key, 80}, &long_text, 1, digest);
    assert_str(hex_encode(&arena, digest, SHA1_BYTES), "aa4ae5e15272d00e95705637ce8a3b55ed402112");
    /* RFC 2202, test case 2. */
    const struct str parts[] = {STR("what do ya "), {0}, STR("want for nothing?")};
    hmac_sha1(STR("Jefe"), parts, 3, digest);
    assert_str(hex_encode(&arena, digest, SHA1_BYTES), "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79");
    sha256(STR("abc"), digest);
    assert_str(hex_encode(&arena, digest, sizeof digest),
               "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assert_true(siphash((struct str){0}) == UINT64_C(0x726FDB47DD0E0E31));
    assert_true(siphash(STR("\0\1\2\3\4\5\6\7\x8\x9\xA\xB\xC\xD\xE")) == UINT64_C(0xA129CA6149BE45E5));
    assert_true(secret_eq(STR("same"), STR("same")) && !secret_eq(STR("same"), STR("sane")) &&
                !secret_eq(STR("same"), STR("sam")));
}

static void base64_goes_both_ways(void **state)
{
    (void)state;
    struct str bytes;
    assert_str(base64_encode(&arena, "ab", 2), "YWI=");
    assert_str(base64url_encode(&arena, "\xFB\xFF", 2), "-_8");
    assert_true(base64_decode(&arena, STR("YWI="), &bytes));
    assert_str(bytes, "ab");
    assert_false(base64_decode(&arena, STR("YW"), &bytes));
    assert_false(base64_decode(&arena, STR("Y!I="), &bytes));
    assert_false(base64_decode(&arena, STR("YWI=    "), &bytes));
    assert_false(base64_decode(&arena, STR("YW=I"), &bytes));
    assert_false(base64_decode(&arena, STR("===="), &bytes));
}

static void uuids_are_printed_read_and_ordered(void **state)
{
    (void)state;
    struct uuid id = uuid_random();
    struct uuid again;
    assert_true(uuid_from_text(uuid_text(&arena, id), &again) && uuid_eq(id, again));
    assert_false(uuid_from_text(STR("00000000-0000-0000-0000-00000000000"), &again));
    assert_false(uuid_from_text(STR("000000000000-0000-0000-0000-00000000"), &again));
    assert_true(memcmp(uuid_ordered(1000).bytes, uuid_ordered(2000).bytes, 16) < 0);
}

/* Every day from 1899 to 2101, counted forth and back, one after the other. */
static void days_are_counted_without_a_gap(void **state)
{
    (void)state;
    int64_t days = date_to_days((struct date){1899, 1, 1});
    for (int year = 1899; year <= 2101; year++) {
        for (int month = 1; month <= 12; month++) {
            for (int day = 1; day <= date_days_in_month(year, month); day++) {
                struct date date = {(int16_t)year, (uint8_t)month, (uint8_t)day};
                struct date back = date_from_days(days);
                assert_int_equal(date_to_days(date), days);
                assert_true(back.year == date.year && back.month == date.month && back.day == date.day);
                days++;
            }
        }
    }
    assert_int_equal(date_to_days((struct date){1970, 1, 1}), 0);
    assert_int_equal(date_weekday((struct date){2026, 11, 26}), 4);
    struct date date;
    assert_false(date_from_iso(STR("1990-02-29"), &date));
    assert_true(date_from_iso(STR("2000-02-29"), &date));
}

static void variables_are_filled_in(void **state)
{
    (void)state;
    struct str out;
    const char *why = NULL;
    setenv("FD_TEST_ONE", "eins", 1);
    unsetenv("FD_TEST_TWO");
    assert_true(
        env_expand(&arena, STR("<${FD_TEST_ONE}|${FD_TEST_TWO:-zwei}|${FD_TEST_TWO}|$${X}>"), &out, &why));
    assert_str(out, "<eins|zwei||${X}>");
    assert_false(env_expand(&arena, STR("${FD_TEST_ONE"), &out, &why));
    assert_false(env_expand(&arena, STR("${1bad}"), &out, &why));
    setenv("FD_TEST_TWO_FILE", "/proc/version", 1);
    assert_true(env_expand(&arena, STR("${FD_TEST_TWO}"), &out, &why));
    assert_true(str_starts(out, STR("Linux")) && !str_ends(out, STR("\n")));
    setenv("FD_TEST_TWO_FILE", "/nowhere/at/all", 1);
    assert_false(env_expand(&arena, STR("${FD_TEST_TWO:-zwei}"), &out, &why));
    unsetenv("FD_TEST_TWO_FILE");
}

static void an_arena_gives_everything_back_at_once(void **state)
{
    (void)state;
    struct arena own = {0};
    for (size_t bytes = 0; bytes < 1000; bytes++) {
        char *memory = arena_alloc(&own, bytes);
        assert_int_equal((uintptr_t)memory % alignof(max_align_t), 0);
        memset(memory, 1, bytes);
    }
    memset(arena_alloc(&own, 100000), 1, 100000);
    arena_reset(&own);
    const char *zeroed = arena_alloc(&own, 64);
    for (int i = 0; i < 64; i++)
        assert_int_equal(zeroed[i], 0);
    arena_free(&own);
}

static void a_text_that_lies_last_grows_where_it_lies(void **state)
{
    (void)state;
    struct arena own = {0};
    struct buf text = {.arena = &own};
    struct str long_text = arena_printf(&arena, "%4000d", 1);
    buf_put_char(&text, 'a');
    const char *first = text.data;
    buf_put(&text, long_text);
    assert_ptr_equal(text.data, first);
    arena_alloc(&own, 1);
    buf_put(&text, long_text);
    assert_ptr_not_equal(text.data, first);
    assert_int_equal(str_find_char(buf_str(&text), '\0'), STR_NONE);
    arena_free(&own);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(integers_are_whole_or_nothing),
        cmocka_unit_test(the_largest_numbers_are_read_again),
        cmocka_unit_test(real_numbers_are_whole_or_nothing),
        cmocka_unit_test(utf8_is_walked_without_losing_its_place),
        cmocka_unit_test(cutting_gives_every_part),
        cmocka_unit_test(json_keeps_order_and_survives_broken_text),
        cmocka_unit_test(json_nested_too_deep_is_refused),
        cmocka_unit_test(json_is_printed_as_it_was_built),
        cmocka_unit_test(json_is_written_straight_away),
        cmocka_unit_test(a_row_of_json_grows_in_its_order),
        cmocka_unit_test(texts_are_filled_in),
        cmocka_unit_test(numbers_beyond_us_leave_the_rest_readable),
        cmocka_unit_test(a_mistake_that_two_readers_find_is_told_once),
        cmocka_unit_test(yaml_points_at_the_mistake),
        cmocka_unit_test(forms_are_decoded_and_encoded),
        cmocka_unit_test(digests_match_published_vectors),
        cmocka_unit_test(base64_goes_both_ways),
        cmocka_unit_test(uuids_are_printed_read_and_ordered),
        cmocka_unit_test(days_are_counted_without_a_gap),
        cmocka_unit_test(variables_are_filled_in),
        cmocka_unit_test(an_arena_gives_everything_back_at_once),
        cmocka_unit_test(a_text_that_lies_last_grows_where_it_lies),
    };
    return cmocka_run_group_tests(tests, NULL, reset);
}
