/* The tools below everything: text, arena, YAML, forms, days, the environment. */

#include "base/arena.h"
#include "base/clock.h"
#include "base/env.h"
#include "base/form.h"
#include "base/yaml.h"
#include "tests/unit/checking.h"

#include <stdalign.h>
#include <stdlib.h>

static struct arena arena;

static int reset(void **state)
{
    (void)state;
    arena_free(&arena);
    return 0;
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
    assert_text(utf8_truncate(text, 2), "a\xC3\xA9");
    assert_text(utf8_truncate_bytes(text, 2), "a");
    assert_text(text_clean(&arena, STR("a\xFF"
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
    assert_text(part, "a");
    assert_true(str_cut(&rest, ',', &part));
    assert_text(part, "");
    assert_true(str_cut(&rest, ',', &part));
    assert_text(part, "b");
    assert_false(str_cut(&rest, ',', &part));
}

static void texts_are_filled_in(void **state)
{
    (void)state;
    assert_text(
        arena_printf(&arena, "%.*s:%s %d%% %lld %zu", 2, "abc", "d", -7, (long long)INT64_MIN, (size_t)42),
        "ab:d -7% -9223372036854775808 42");
    assert_text(arena_printf(&arena, "%02d|%5.1f|%s", 7, 2.5, "x"), "07|  2.5|x");
    assert_text(arena_printf(&arena, "%d:%02d %04d %02d|%02d|%03d", 6, 5, 90, 123, -4, -1),
                "6:05 0090 123|-4|-01");
    assert_text(arena_join(&arena, STR("birth_date"), STR(""), STR("."), STR("ask")), "birth_date.ask");
    assert_text(arena_number(&arena, -7), "-7");
    char longer[600];
    memset(longer, 'x', sizeof longer - 1);
    longer[sizeof longer - 1] = '\0';
    struct str text = arena_printf(&arena, "%s%d", longer, 12);
    assert_int_equal(text.len, sizeof longer + 1);
    assert_text(str_slice(text, text.len - 3, text.len), "x12");
    struct str exact = arena_printf(&arena, "%.*s", 255, longer);
    assert_int_equal(exact.len, 255);
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
    assert_text(problems.last->message, "this key stands here twice");
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
    assert_text(form_get(&form, "Body"), "a+b c&");
    assert_true(form_has(&form, "Empty") && form_has(&form, "Flag") && !form_has(&form, "flag"));
    assert_true(form_parse(&arena, STR("&a=b=c&&=d&e%3D=%26"), &form));
    assert_int_equal(form.count, 3);
    assert_text(form_get(&form, "a"), "b=c");
    assert_text(form_get(&form, ""), "d");
    assert_text(form_get(&form, "e="), "&");
    assert_true(form_parse(&arena, STR("a=1&b=2+3&c=4&d+e=5&f=%36"), &form));
    assert_text(form_get(&form, "a"), "1");
    assert_text(form_get(&form, "b"), "2 3");
    assert_text(form_get(&form, "c"), "4");
    assert_text(form_get(&form, "d e"), "5");
    assert_text(form_get(&form, "f"), "6");
    assert_false(form_parse(&arena, STR("a=%4"), &form));
    assert_false(form_parse(&arena, STR("a=%4&b=c"), &form));
    assert_false(form_parse(&arena, STR("a=%zz"), &form));
    struct buf body = {.arena = &arena};
    form_put(&body, "To", STR("+1 5"));
    form_put(&body, "B", STR("\xC3\xA9~"));
    assert_text(buf_str(&body), "To=%2B1%205&B=%C3%A9~");
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
    assert_text(out, "<eins|zwei||${X}>");
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
        cmocka_unit_test(real_numbers_are_whole_or_nothing),
        cmocka_unit_test(utf8_is_walked_without_losing_its_place),
        cmocka_unit_test(cutting_gives_every_part),
        cmocka_unit_test(texts_are_filled_in),
        cmocka_unit_test(a_mistake_that_two_readers_find_is_told_once),
        cmocka_unit_test(yaml_points_at_the_mistake),
        cmocka_unit_test(forms_are_decoded_and_encoded),
        cmocka_unit_test(days_are_counted_without_a_gap),
        cmocka_unit_test(variables_are_filled_in),
        cmocka_unit_test(an_arena_gives_everything_back_at_once),
        cmocka_unit_test(a_text_that_lies_last_grows_where_it_lies),
    };
    return cmocka_run_group_tests(tests, NULL, reset);
}
