/* How many parts does a text take as SMS, and are long texts cut where a reader would? */

#include "channels/gsm7.h"
#include "channels/wording.h"
#include "channels_support.h"

#include <string.h>

static struct arena arena;

static int give_back(void **state)
{
    (void)state;
    arena_free(&arena);
    return 0;
}

static struct str repeat(const char *part, size_t count)
{
    struct buf text = {.arena = &arena};
    for (size_t i = 0; i < count; i++)
        buf_put(&text, str_from(part));
    return buf_str(&text);
}

static void segments_are_counted_as_carriers_do(void **state)
{
    (void)state;
    static const struct {
        const char *part;
        size_t count;
        struct sms_size size;
    } cases[] = {
        {"a", 0, {true, 0, 0}},       {"a", 160, {true, 160, 1}},    {"a", 161, {true, 161, 2}},
        {"a", 306, {true, 306, 2}},   {"a", 307, {true, 307, 3}},    {"{", 80, {true, 160, 1}},
        {"{", 81, {true, 162, 2}},    {"{", 153, {true, 306, 3}},    {"é", 160, {true, 160, 1}},
        {"ê", 70, {false, 70, 1}},    {"ê", 71, {false, 71, 2}},     {"ê", 134, {false, 134, 2}},
        {"🙂", 35, {false, 70, 1}}, {"🙂", 66, {false, 132, 2}}, {"🙂", 67, {false, 134, 3}},
        {"₹", 1, {false, 1, 1}},      {"`", 1, {false, 1, 1}},       {"€", 1, {true, 2, 1}},
        {"\n", 160, {true, 160, 1}},  {"ç", 1, {false, 1, 1}},       {"Ç", 1, {true, 1, 1}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct sms_size size = sms_count(repeat(cases[i].part, cases[i].count));
        assert_int_equal(size.is_gsm7, cases[i].size.is_gsm7);
        assert_int_equal(size.units, cases[i].size.units);
        assert_int_equal(size.segments, cases[i].size.segments);
    }
}

static void typography_is_made_plain_only_where_that_saves_the_alphabet(void **state)
{
    (void)state;
    assert_text(sms_fold(&arena, STR("“It’s – so…\u00a0plain\u200b”")), "\"It's - so... plain\"");
    assert_text(sms_fold(&arena, STR("“नमस्ते”")), "“नमस्ते”");
    assert_text(sms_fold(&arena, STR("café – ok")), "café - ok");
}

static void cuts_fall_on_lines_words_then_letters(void **state)
{
    (void)state;
    struct split split = text_split(STR("  one two three\n"), UNIT_POINT, 8, COMPOSED_MAX);
    assert_int_equal(split.count, 2);
    assert_text(split.parts[0], "one two");
    assert_text(split.parts[1], "three");
    split = text_split(STR("first line\nsecond l"), UNIT_POINT, 15, COMPOSED_MAX);
    assert_text(split.parts[0], "first line");
    split = text_split(STR("नमस्ते"), UNIT_POINT, 4, COMPOSED_MAX);
    assert_text(split.parts[0], "नम");
    assert_text(split.parts[1], "स्ते");
    split = text_split(STR("👩\u200d💻👩\u200d💻"), UNIT_UTF16, 7, COMPOSED_MAX);
    assert_text(split.parts[0], "👩\u200d💻");
    assert_int_equal(split.count, 2);
    assert_int_equal(text_split(STR(" \n "), UNIT_POINT, 4, COMPOSED_MAX).count, 0);
}

static void what_does_not_fit_the_parts_is_said_to_be_cut(void **state)
{
    (void)state;
    assert_true(text_split(repeat("a", 41), UNIT_POINT, 10, 4).is_cut);
    assert_false(text_split(repeat("a", 40), UNIT_POINT, 10, 4).is_cut);
}

static void the_tail_begins_at_a_word(void **state)
{
    (void)state;
    assert_text(text_tail(STR("one two three four"), 12), "three four");
    assert_text(text_tail(STR("short"), 12), "short");
    assert_text(text_tail(STR("one\ntwo three four"), 15), "two three four");
    assert_text(text_tail(STR("abcdefgh"), 3), "fgh");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(segments_are_counted_as_carriers_do),
        cmocka_unit_test(typography_is_made_plain_only_where_that_saves_the_alphabet),
        cmocka_unit_test(cuts_fall_on_lines_words_then_letters),
        cmocka_unit_test(what_does_not_fit_the_parts_is_said_to_be_cut),
        cmocka_unit_test(the_tail_begins_at_a_word),
    };
    return cmocka_run_group_tests_name("channels/wording", tests, NULL, give_back);
}
