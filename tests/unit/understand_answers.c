/* What the answer grammars promise beyond the corpus: regions, phones, choices, corrections, what is bare. */

#include "understand/understand.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
/* Needs those above. */
#include <cmocka.h>

static struct arena arena;
static const struct lexicon *lexicon;

static struct utterance said(const char *text)
{
    return (struct utterance){.text = str_from(text), .language = STR_INIT("en"), .today = {2026, 11, 22}};
}

static void assert_value(struct understood result, const char *value)
{
    assert_int_equal(result.finding, FOUND);
    assert_string_equal(arena_cstring(&arena, result.values[0]), value);
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

static void assert_either(struct understood result, const char *first, const char *second)
{
    assert_int_equal(result.finding, FOUND_SEVERAL);
    assert_int_equal(result.count, 2);
    assert_string_equal(arena_cstring(&arena, result.values[0]), first);
    assert_string_equal(arena_cstring(&arena, result.values[1]), second);
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

static void a_number_tells_its_country(void **state)
{
    (void)state;
    static const struct {
        const char *number, *region;
    } cases[] = {{"+919876543210", "IN"},
                 {"+14155552671", "US"},
                 {"+16044440000", "CA"},
                 {"+15550100001", ""},
                 {"", ""},
                 {"call me", ""}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct str region = phone_region(str_from(cases[i].number), &arena);
        assert_string_equal(arena_cstring(&arena, region), cases[i].region);
    }
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
                                         "monday or tuesday",
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

static void hindi_in_latin_letters_is_told_from_english(void **state)
{
    (void)state;
    static const char *const hinglish[] = {"mera naam Ravi hai", "subah saat baje", "pata nahi",
                                           "3 farvari 1985 ko paida hua", "haan"};
    static const char *const others[] = {"my name is Ravi", "Pune", "Sham Lal",
                                         "15 August 1990",  "6 pm", "i don't know",
                                         "सुबह 7 बजे",        "",     "yes"};
    for (size_t i = 0; i < sizeof hinglish / sizeof *hinglish; i++) {
        struct utterance utterance = said(hinglish[i]);
        assert_true(understand_is_in(lexicon, &utterance, STR("hi-Latn"), &arena));
    }
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        struct utterance utterance = said(others[i]);
        assert_false(understand_is_in(lexicon, &utterance, STR("hi-Latn"), &arena));
    }
}

static void phone_numbers_become_e164(void **state)
{
    (void)state;
    static const struct {
        const char *text, *region, *e164;
    } cases[] = {
        {"98765 43210", "", "+919876543210"},
        {"my number is +91-98765-43210", "US", "+919876543210"},
        {"९८७६५४३२१०", "IN", "+919876543210"},
        {"nine eight seven six five four three two one zero", "IN", "+919876543210"},
        {"double nine eight seven six five four three two one", "IN", "+919987654321"},
        {"(415) 555-2671", "US", "+14155552671"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct utterance utterance = said(cases[i].text);
        utterance.region = str_from(cases[i].region);
        assert_value(understand_phone(lexicon, &utterance, &arena), cases[i].e164);
    }
    struct utterance utterance = said("12345");
    assert_int_equal(understand_phone(lexicon, &utterance, &arena).reason, REASON_INCOMPLETE);
    utterance.text = STR("1234567890123456789012345");
    assert_int_equal(understand_phone(lexicon, &utterance, &arena).reason, REASON_IMPOSSIBLE);
    utterance.text = STR("why?");
    assert_int_equal(understand_phone(lexicon, &utterance, &arena).reason, REASON_NONE);
}

static const struct offered SERVICES[] = {
    {STR_INIT("checkup"), STR_INIT("General check-up")},
    {STR_INIT("teeth"), STR_INIT("Teeth cleaning")},
    {STR_INIT("eyes"), STR_INIT("Eye check-up")},
};

static struct understood choose(const char *text)
{
    struct utterance utterance = said(text);
    return understand_choice(lexicon, &utterance, SERVICES, 3, &arena);
}

static void a_choice_is_taken_by_number_title_or_words(void **state)
{
    (void)state;
    assert_value(choose("1"), "checkup");
    assert_value(choose("2#"), "teeth");
    assert_value(choose("option two please"), "teeth");
    assert_value(choose("the second one"), "teeth");
    assert_value(choose("तीन"), "eyes");
    assert_value(choose("doosra wala"), "teeth");
    assert_value(choose("last"), "eyes");
    assert_value(choose("teeth cleaning"), "teeth");
    assert_value(choose("I would like teeth cleaning please"), "teeth");
    assert_value(choose("eye"), "eyes");
    assert_value(choose("eyes"), "eyes"); /* its id */
    assert_int_equal(choose("check-up").finding, FOUND_SEVERAL);
    assert_int_equal(choose("4").finding, FOUND_NOTHING);
    assert_int_equal(choose("0").finding, FOUND_NOTHING);
    assert_int_equal(choose("surgery").finding, FOUND_NOTHING);
    assert_int_equal(choose("").finding, FOUND_NOTHING);
}

static void a_bare_command_is_told_from_a_request(void **state)
{
    (void)state;
    struct utterance utterance = said("STOP");
    assert_true(understand_command(lexicon, &utterance, &arena).is_bare);
    utterance.text = STR("please stop messaging me");
    struct commanded commanded = understand_command(lexicon, &utterance, &arena);
    assert_int_equal(commanded.command, COMMAND_STOP);
    assert_false(commanded.is_bare);
}

static void not_knowing_and_skipping_are_heard(void **state)
{
    (void)state;
    struct utterance utterance = said("mujhe nahi pata");
    assert_true(understand_unknown(lexicon, &utterance, &arena));
    utterance.text = STR("skip please");
    assert_true(understand_skip(lexicon, &utterance, &arena));
    utterance.text = STR("बाद में");
    assert_true(understand_skip(lexicon, &utterance, &arena));
    utterance.text = STR("skip was my dog");
    assert_false(understand_skip(lexicon, &utterance, &arena));
}

static void the_script_is_that_of_most_letters(void **state)
{
    (void)state;
    assert_string_equal(understand_script(STR("Asha")), "Latn");
    assert_string_equal(understand_script(STR("मेरा नाम Asha है")), "Deva");
    assert_string_equal(understand_script(STR("15/08 😊")), "");
}

static void names_keep_their_letters(void **state)
{
    (void)state;
    static const struct {
        const char *text, *name;
    } cases[] = {
        {"  my name is   Asha \t Rao  ", "Asha Rao"},
        {"<Asha Rao>", "Asha Rao"},
        {"Mujhe sab Pinky bulate h", "Pinky"},
        {"Asha\xe2\x80\x8b Rao\xe2\x80\x8f", "Asha Rao"}, /* zero-width space, direction mark */
        {"क्षितिज 😊", "क्षितिज"},
        {"Asha, 15 aug 1990 6:30 am pune", "Asha"},
        {"Rahul K.", "Rahul K."},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct utterance utterance = said(cases[i].text);
        assert_value(understand_name(lexicon, &utterance, &arena), cases[i].name);
    }
}

/* Sentences that no list has: the words of talk are known, what is left over is the name. */
static void names_are_told_from_the_talk_around_them(void **state)
{
    (void)state;
    static const struct {
        const char *text, *name; /* NULL: none */
    } cases[] = {
        {"at the office everybody knows me as Bunty", "Bunty"},
        {"ghar pe sab Guddi bulate hai", "Guddi"},
        {"ऑफिस में सब राजू जी कहते हैं", "राजू"},
        {"Rahul, oh wait, Rohit", "Rohit"},
        {"Ravi not Rohan", "Ravi"},
        {"Rahul. And yours?", "Rahul"},
        {"Hi i want my kundli. I am Deepa", "Deepa"},
        {"priya p r i y a", "priya"},
        {"My Linh", "My Linh"},
        {"Amit Kr. Rao", "Amit Kr. Rao"},
        {"I am busy right now", NULL},
        {"the sky is blue today", NULL},
        {"main thak gaya hoon", NULL},
        {"आज मौसम अच्छा है", NULL},
        {"everybody called Ravi and Rohan", NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct utterance utterance = {.text = str_from(cases[i].text), .language = STR_INIT("en")};
        struct understood name = understand_name(lexicon, &utterance, &arena);
        if (cases[i].name)
            assert_value(name, cases[i].name);
        else
            assert_int_equal(name.finding, FOUND_NOTHING);
    }
}

static void a_stranger_among_its_words_spoils_only_a_doubtful_command(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        enum command command;
    } cases[] = {
        {"please stop sending me those idiotic messages", COMMAND_STOP},
        {"transfer me to an operator", COMMAND_AGENT},
        {"unsubscrbe", COMMAND_STOP},
        {"he stopped sending messages", COMMAND_NONE},
        {"restart the idiotic engine", COMMAND_NONE},
        {"मेरा भाई एजेंट है", COMMAND_NONE},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct utterance utterance = {.text = str_from(cases[i].text), .language = STR_INIT("en")};
        assert_int_equal(understand_command(lexicon, &utterance, &arena).command, cases[i].command);
    }
}

static void a_wrong_answer_is_named_by_its_value_too(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        enum confirmation confirmation;
        const char *field;
    } cases[] = {
        {"it should be 1991", CONFIRM_EDIT, "date"},
        {"it was 6 pm not am", CONFIRM_EDIT, "time"},
        {"time is 7:30 not 6:30", CONFIRM_EDIT, "time"},
        {"not all of it is right", CONFIRM_NO, ""},
        {"I don't agree", CONFIRM_NO, ""},
        {"गल्त है", CONFIRM_NO, ""},
        {"good morning", CONFIRM_NONE, ""},
        {"समझा नहीं", CONFIRM_NONE, ""},
        {"1991", CONFIRM_NONE, ""},
        {"ok wait", CONFIRM_NONE, ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct utterance utterance = {.text = str_from(cases[i].text), .language = STR_INIT("en")};
        struct confirmed confirmed = understand_confirm(lexicon, &utterance, &arena);
        assert_int_equal(confirmed.confirmation, cases[i].confirmation);
        assert_true(str_eq(confirmed.field, str_from(cases[i].field)));
    }
}

static void markup_is_no_name(void **state)
{
    (void)state;
    static const char *const texts[] = {"<b>Asha</b> Rao", "Asha <script>", "Asha > Rao"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct utterance utterance = said(texts[i]);
        assert_int_equal(understand_name(lexicon, &utterance, &arena).finding, FOUND_NOTHING);
    }
}

/* Whoever sends the longest text of the worst words must not hold up everybody else. */
static void the_longest_answer_is_read_at_once(void **state)
{
    (void)state;
    struct buf text = {.arena = &arena};
    while (text.len < 4000)
        buf_put(&text, STR("mai sptbmx "));
    struct utterance utterance = said("");
    utterance.text = buf_str(&text);
    clock_t begin = clock();
    understand_date(lexicon, &utterance, &arena);
    understand_time(lexicon, &utterance, &arena);
    understand_command(lexicon, &utterance, &arena);
    assert_true(clock() - begin < CLOCKS_PER_SEC);
}

int main(void)
{
    struct problems problems = {.arena = &arena};
    lexicon = lexicon_load(SOURCE_DIR "/config/lang", &arena, &problems);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_longest_answer_is_read_at_once),
        cmocka_unit_test(americans_write_the_month_first),
        cmocka_unit_test(where_nobody_knows_the_region_both_orders_are_meant),
        cmocka_unit_test(a_number_tells_its_country),
        cmocka_unit_test(days_to_come_are_told_from_today),
        cmocka_unit_test(every_weekday_and_count_is_right_on_every_day),
        cmocka_unit_test(a_correction_replaces_only_what_it_names),
        cmocka_unit_test(hindi_in_latin_letters_is_told_from_english),
        cmocka_unit_test(phone_numbers_become_e164),
        cmocka_unit_test(a_choice_is_taken_by_number_title_or_words),
        cmocka_unit_test(a_bare_command_is_told_from_a_request),
        cmocka_unit_test(not_knowing_and_skipping_are_heard),
        cmocka_unit_test(the_script_is_that_of_most_letters),
        cmocka_unit_test(names_keep_their_letters),
        cmocka_unit_test(markup_is_no_name),
        cmocka_unit_test(names_are_told_from_the_talk_around_them),
        cmocka_unit_test(a_stranger_among_its_words_spoils_only_a_doubtful_command),
        cmocka_unit_test(a_wrong_answer_is_named_by_its_value_too),
    };
    int failed = lexicon ? cmocka_run_group_tests(tests, NULL, NULL) : 1;
    arena_free(&arena);
    return failed;
}
