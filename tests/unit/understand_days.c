/* What days promise beyond the corpus: whose order they are written in, what is still to come, what was
 * corrected. */

#include "tests/unit/understand_said.h"

static void assert_either(struct understood result, const char *first, const char *second)
{
    assert_int_equal(result.finding, FOUND_SEVERAL);
    assert_int_equal(result.count, 2);
    assert_string_equal(arena_cstring(&arena, result.values[0]), first);
    assert_string_equal(arena_cstring(&arena, result.values[1]), second);
}

static void americans_write_the_month_first(void **state)
{
    (void)state;
    struct utterance utterance = said("3/7/1985");
    assert_value(understand_date(lexicon, &utterance, &arena), "1985-07-03");
    utterance.region = STR("US");
    assert_value(understand_date(lexicon, &utterance, &arena), "1985-03-07");
    utterance.text = STR("15/8/1990"); /* no month 15: day first after all */
    assert_value(understand_date(lexicon, &utterance, &arena), "1990-08-15");
    utterance.region = STR("CA");
    utterance.hearing = HEARD_KEYPAD;
    utterance.text = STR("03071985#");
    assert_value(understand_date(lexicon, &utterance, &arena), "1985-03-07");
}

static void where_nobody_knows_the_region_both_orders_are_meant(void **state)
{
    (void)state;
    static const char *const either[] = {"3/7/1985", "03-07-85", "03071985", "030785", "three seven 1985"};
    struct utterance utterance = said("");
    utterance.is_region_guess = true;
    for (size_t i = 0; i < sizeof either / sizeof *either; i++) {
        utterance.text = str_from(either[i]);
        assert_either(understand_date(lexicon, &utterance, &arena), "1985-07-03", "1985-03-07");
    }
    static const struct {
        const char *text, *date;
    } sure[] = {
        {"15/8/1990", "1990-08-15"},
        {"8/15/1990", "1990-08-15"},
        {"3/3/1985", "1985-03-03"},
        {"3 july 1985", "1985-07-03"},
        {"1985-07-03", "1985-07-03"},
        {"15081990", "1990-08-15"},
        {"1/12/2026", "2026-01-12"}, /* the first of December is still to come */
        {"3/7/1985, that is 3 july 1985", "1985-07-03"},
    };
    for (size_t i = 0; i < sizeof sure / sizeof *sure; i++) {
        utterance.text = str_from(sure[i].text);
        assert_value(understand_date(lexicon, &utterance, &arena), sure[i].date);
    }
    utterance.hearing = HEARD_KEYPAD; /* pressed as the prompt asks for */
    utterance.text = STR("03071985");
    assert_value(understand_date(lexicon, &utterance, &arena), "1985-07-03");
    utterance = said("3/7/1985");
    utterance.region = STR("PH"); /* both orders are in use */
    assert_either(understand_date(lexicon, &utterance, &arena), "1985-07-03", "1985-03-07");
}

static void days_to_come_are_told_from_today(void **state)
{
    (void)state;
    static const struct {
        const char *text, *day, *or_day; /* today is Sunday, 22 November */
    } cases[] = {
        {"tomorrow", "2026-11-23", NULL},
        {"day after tomorrow please", "2026-11-24", NULL},
        {"kal", "2026-11-23", NULL},
        {"parso", "2026-11-24", NULL},
        {"परसों", "2026-11-24", NULL},
        {"next monday", "2026-11-23", NULL},
        {"on Monday", "2026-11-23", NULL},
        {"this coming friday", "2026-11-27", NULL},
        {"agle somvar", "2026-11-23", NULL},
        {"अगले सोमवार को", "2026-11-23", NULL},
        {"sunday", "2026-11-22", "2026-11-29"},
        {"in 3 days", "2026-11-25", NULL},
        {"3 days from now", "2026-11-25", NULL},
        {"in a week", "2026-11-29", NULL},
        {"after two weeks", "2026-12-06", NULL},
        {"teen din baad", "2026-11-25", NULL},
        {"2 हफ़्ते बाद", "2026-12-06", NULL},
        {"kal subah", "2026-11-23", NULL},
        {"tomorrow at 5:30 pm", "2026-11-23", NULL},
        {"monday or tuesday", "2026-11-23", "2026-11-24"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct utterance utterance = said(cases[i].text);
        struct understood found = understand_coming_day(lexicon, &utterance, &arena);
        if (cases[i].or_day)
            assert_either(found, cases[i].day, cases[i].or_day);
        else
            assert_value(found, cases[i].day);
    }
    struct utterance midweek = said("next friday");
    midweek.today = (struct date){2026, 11, 25}; /* a Wednesday */
    assert_either(understand_coming_day(lexicon, &midweek, &arena), "2026-11-27", "2026-12-04");
    static const char *const others[] = {"Monday, 15 December",
                                         "15 december",
                                         "yesterday",
                                         "in a few days",
                                         "3",
                                         "next week",
                                         "in 3000 days",
                                         "",
                                         "what about monday afternoon with Asha?"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        struct utterance utterance = said(others[i]);
        assert_int_equal(understand_coming_day(lexicon, &utterance, &arena).finding, FOUND_NOTHING);
    }
}

static struct date day_of(struct str iso)
{
    struct date date;
    assert_true(date_from_iso(iso, &date));
    return date;
}

static void every_weekday_and_count_is_right_on_every_day(void **state)
{
    (void)state;
    static const char *const names[] = {"ravivar",       "monday",         "मंगलवार",       "wed",
                                        "next thursday", "agle shukravar", "this saturday"};
    struct utterance utterance = said("");
    struct arena day = {0};
    for (int64_t today = date_to_days(utterance.today), end = today + 800; today < end; today++) {
        utterance.today = date_from_days(today);
        for (int name = 0; name < 7; name++) {
            utterance.text = str_from(names[name]);
            struct understood found = understand_coming_day(lexicon, &utterance, &day);
            assert_in_range(found.count, 1, 2);
            assert_int_equal(found.finding, found.count == 1 ? FOUND : FOUND_SEVERAL);
            for (size_t i = 0; i < found.count; i++) {
                int64_t ahead = date_to_days(day_of(found.values[i])) - today - 7 * (int64_t)i;
                assert_int_equal(date_weekday(day_of(found.values[i])), name);
                assert_in_range(ahead, 0, 6);
            }
        }
        int count = (int)(today % 100) + 1;
        utterance.text = arena_printf(&day, count % 2 ? "in %d days" : "%d din baad", count);
        struct understood found = understand_coming_day(lexicon, &utterance, &day);
        assert_int_equal(found.finding, FOUND);
        assert_int_equal(date_to_days(day_of(found.values[0])) - today, count);
        arena_reset(&day);
    }
    arena_free(&day);
}

static void a_correction_replaces_only_what_it_names(void **state)
{
    (void)state;
    static const struct {
        const char *text, *date;
    } cases[] = {
        {"15 aug 1990, no wait, 16th", "1990-08-16"},
        {"15 aug 1990 sorry september", "1990-09-15"},
        {"15 aug 1990 i mean 1991", "1991-08-15"},
        {"15 agast 1990 nahi 16 agast", "1990-08-16"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct utterance utterance = said(cases[i].text);
        assert_value(understand_date(lexicon, &utterance, &arena), cases[i].date);
    }
    struct utterance utterance = said("6:30 am, sorry, pm");
    assert_value(understand_time(lexicon, &utterance, &arena), "18:30");
}

int main(void)
{
    struct problems problems = {.arena = &arena};
    lexicon = lexicon_load(SOURCE_DIR "/config/lang", &arena, &problems);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(americans_write_the_month_first),
        cmocka_unit_test(where_nobody_knows_the_region_both_orders_are_meant),
        cmocka_unit_test(days_to_come_are_told_from_today),
        cmocka_unit_test(every_weekday_and_count_is_right_on_every_day),
        cmocka_unit_test(a_correction_replaces_only_what_it_names),
    };
    int failed = lexicon ? cmocka_run_group_tests(tests, NULL, NULL) : 1;
    arena_free(&arena);
    return failed;
}
