/* What an answer carries beside what was asked: each part found, and nothing taken for a part that may be
 * something else. */

#include "tests/unit/checking.h"
#include "understand/carried.h"

#include <stdio.h>

static struct arena arena;
static const struct lexicon *lexicon;

static struct carried carried_by(const char *text, bool expects_name)
{
    struct utterance said = {.text = str_from(text), .language = STR_INIT("en"), .today = {2026, 11, 22}};
    return understand_carried(lexicon, &said, expects_name, &arena);
}

static void assert_words(const char *said, const char *part, struct str words, const char *expected)
{
    if (!str_eq(words, str_from(expected))) {
        print_error("%s of \"%s\" is \"%.*s\"\n", part, said, STR_ARG(words));
        assert_string_equal(arena_cstring(&arena, words), expected);
    }
}

static void each_part_is_found(void **state)
{
    (void)state;
    static const struct {
        const char *said, *name, *date, *time, *place;
    } cases[] = {
        {"Asha, 15 aug 1990 6:30 am pune", "Asha", "15 aug 1990", "6:30 am", "pune"},
        {"Asha 15 aug 1990 6:30am pune", "Asha", "15 aug 1990", "6:30am", "pune"},
        {"I'm Asha born on 15 August 1990 at 6:30 am in Pune", "I'm Asha", "15 August 1990", "6:30 am",
         "in Pune"},
        {"Asha Rao\n15/08/1990\n18:30\nPune, Maharashtra", "Asha Rao", "15/08/1990", "18:30",
         "Pune, Maharashtra"},
        {"Name: Asha; DOB: 15.8.90; time: 6.30 pm; place: Pune", "Name: Asha", "15.8.90", "6.30 pm",
         "place: Pune"},
        {"Asha, Pune, 15th August 1990, 6 in the morning", "Asha", "15th August 1990", "6 in the morning",
         "Pune"},
        {"मेरा नाम आशा है, जन्म 15 अगस्त 1990 सुबह 6:30 पुणे", "मेरा नाम आशा है", "15 अगस्त 1990", "सुबह 6:30", "पुणे"},
        {"mera naam Asha hai, janm 15 agast 1990 ko subah 6 baje pune me hua", "mera naam Asha hai",
         "15 agast 1990", "subah 6 baje", "pune me hua"},
        {"Asha from Pune, 15 aug 1990", "Asha", "15 aug 1990", "", "from Pune"},
        {"Asha, 15 aug 1990, time not known, Pune", "Asha", "15 aug 1990", "time not known", "Pune"},
        {"Asha, 31 June 1990, 6:30, Pune", "Asha", "31 June 1990", "6:30", "Pune"},
        {"15 aug 1990 at 6 in the morning", "", "15 aug 1990", "6 in the morning", ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct carried carried = carried_by(cases[i].said, true);
        assert_words(cases[i].said, "name", carried.name, cases[i].name);
        assert_words(cases[i].said, "date", carried.date, cases[i].date);
        assert_words(cases[i].said, "time", carried.time, cases[i].time);
        assert_words(cases[i].said, "place", carried.place, cases[i].place);
    }
}

static void in_doubt_it_is_neither_name_nor_place(void **state)
{
    (void)state;
    struct carried carried = carried_by("15 aug 1990 6:30 am pune", true);
    assert_int_equal(carried.name.len + carried.place.len, 0);
    carried = carried_by("15 aug 1990 6:30 am pune", false);
    assert_words("the same without a name to come", "place", carried.place, "pune");
}

static void what_may_be_something_else_is_not_taken(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "Do you work on 15 August 2020?",
        "is it 6:30 pm or 7 pm?",
        "Asha",
        "Asha, Pune",
        "call me on 9876543210",
        "flat 12, 411001 Pune",
        "I am 35 and from Pune",
        "15 or 16 august 1990",
        "it was 15 aug 1990, no wait, 16th",
        "we will get married there on 15 aug 2020 at noon",
        "",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct carried carried = carried_by(texts[i], true);
        assert_words(texts[i], "date", carried.date, "");
        assert_words(texts[i], "time", carried.time, "");
        assert_words(texts[i], "name", carried.name, "");
        assert_words(texts[i], "place", carried.place, "");
    }
}

static void two_dates_or_two_times_are_none(void **state)
{
    (void)state;
    struct carried carried = carried_by("Asha 15/8/1990 16/8/1990 6 am 7 am Pune", true);
    assert_int_equal(carried.date.len, 0);
    assert_int_equal(carried.time.len, 0);
}

static int load(void **state)
{
    (void)state;
    struct problems problems = {.arena = &arena};
    lexicon = lexicon_load(SOURCE_DIR "/config/lang", &arena, &problems);
    return lexicon ? 0 : -1;
}

static int unload(void **state)
{
    (void)state;
    arena_free(&arena);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_part_is_found),
        cmocka_unit_test(in_doubt_it_is_neither_name_nor_place),
        cmocka_unit_test(what_may_be_something_else_is_not_taken),
        cmocka_unit_test(two_dates_or_two_times_are_none),
    };
    return cmocka_run_group_tests(tests, load, unload);
}
