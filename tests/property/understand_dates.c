/* Property: every date from 1900 to today, printed in each way that people write and say it, is understood.
 */

#include "tests/unit/checking.h"
#include "understand_spoken.h"

#define SAMPLES 4000 /* dates; each is printed in every style */

static struct arena words;
static const struct lexicon *lexicon;
static const struct date TODAY = {2026, 11, 22};

static const char *const MONTHS[] = {"",     "January", "February",  "March",   "April",    "May",     "June",
                                     "July", "August",  "September", "October", "November", "December"};
static const char *const SHORT_MONTHS[] = {"",    "jan", "feb",  "mar", "apr", "may", "jun",
                                           "jul", "aug", "sept", "oct", "nov", "dec"};
static const char *const HINDI_MONTHS[] = {"",     "जनवरी", "फ़रवरी",  "मार्च",  "अप्रैल",  "मई",   "जून",
                                           "जुलाई", "अगस्त",  "सितम्बर", "अक्टूबर", "नवम्बर", "दिसंबर"};
static const char *const HINGLISH_MONTHS[] = {"",        "janvari",  "farvari", "march", "aprail",
                                              "mai",     "june",     "julai",   "agast", "sitambar",
                                              "aktubar", "navambar", "disambar"};

static const char *ending_of(int day)
{
    if (day / 10 == 1)
        return "th";
    return day % 10 == 1 ? "st" : day % 10 == 2 ? "nd" : day % 10 == 3 ? "rd" : "th";
}

static struct str say_year(struct arena *arena, enum tongue tongue, int year, bool is_split)
{
    struct str rest = say_number(arena, tongue, year % 100);
    if (tongue != ENGLISH) {
        bool is_hindi = tongue == HINDI;
        struct str century = say_number(arena, tongue, 19);
        if (year >= 2000)
            return arena_printf(arena, "%s %s %.*s", is_hindi ? "दो" : "do", is_hindi ? "हज़ार" : "hazaar",
                                STR_ARG(year % 100 ? rest : STR("")));
        return arena_printf(arena, "%.*s %s %.*s", STR_ARG(century), is_hindi ? "सौ" : "sau",
                            STR_ARG(year % 100 ? rest : STR("")));
    }
    if (year >= 2000 && (year < 2010 || !is_split))
        return year % 100 ? arena_printf(arena, "two thousand %s%.*s", is_split ? "" : "and ", STR_ARG(rest))
                          : STR("two thousand");
    struct str century = say_number(arena, tongue, year / 100);
    if (year % 100 == 0)
        return arena_printf(arena, "%.*s hundred", STR_ARG(century));
    if (!is_split)
        return arena_printf(arena, "%.*s hundred and %.*s", STR_ARG(century), STR_ARG(rest));
    return arena_printf(arena, "%.*s %s%.*s", STR_ARG(century), year % 100 < 10 ? "oh " : "", STR_ARG(rest));
}

static void assert_understood(struct str text, enum hearing hearing, const char *language, const char *region,
                              struct date date, struct arena *arena)
{
    struct utterance said = {.text = text,
                             .hearing = hearing,
                             .language = str_from(language),
                             .region = str_from(region),
                             .today = TODAY};
    struct understood result = understand_date(lexicon, &said, arena);
    struct str expected = arena_printf(arena, "%04d-%02d-%02d", date.year, date.month, date.day);
    if (result.finding != FOUND || !str_eq(result.values[0], expected))
        fail_msg("\"%.*s\" (%s) is %.*s, understood as %.*s (finding %d)", STR_ARG(text), language,
                 STR_ARG(expected), STR_ARG(result.count > 0 ? result.values[0] : STR("nothing")),
                 (int)result.finding);
}

static void check_written(struct date date, struct arena *arena)
{
    int day = date.day, month = date.month, year = date.year;
    struct str texts[] = {
        arena_printf(arena, "%02d/%02d/%d", day, month, year),
        arena_printf(arena, "%d-%d-%d", day, month, year),
        arena_printf(arena, "%d.%02d.%d", day, month, year),
        arena_printf(arena, "%04d-%02d-%02d", year, month, day),
        arena_printf(arena, "%02d%02d%d", day, month, year),
        arena_printf(arena, "%d %d %d", day, month, year),
        arena_printf(arena, "%d %s %d", day, MONTHS[month], year),
        arena_printf(arena, "%d%s of %s, %d", day, ending_of(day), MONTHS[month], year),
        arena_printf(arena, "%s %d, %d", MONTHS[month], day, year),
        arena_printf(arena, "%s %d%s %d", SHORT_MONTHS[month], day, ending_of(day), year),
        arena_printf(arena, "i was born on %d-%s-%d at 6:30 am", day, SHORT_MONTHS[month], year),
        arena_printf(arena, "%d%s%d", day, SHORT_MONTHS[month], year),
        arena_printf(arena, "%d %s", year,
                     arena_cstring(arena, arena_printf(arena, "%s %d", MONTHS[month], day))),
        arena_printf(arena, "%d %s %d", day, HINDI_MONTHS[month], year),
        arena_printf(arena, "मेरा जन्म %d %s %d को हुआ था", day, HINDI_MONTHS[month], year),
        arena_printf(arena, "सन %d में %d %s को", year, day, HINDI_MONTHS[month]),
        arena_printf(arena, "%d %s %d ko paida hua", day, HINGLISH_MONTHS[month], year),
        arena_printf(arena, "%d tarikh %s %d", day, HINGLISH_MONTHS[month], year),
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        assert_understood(texts[i], HEARD_TEXT, i < 13 ? "en" : i < 16 ? "hi" : "hi-Latn", "IN", date, arena);
    assert_understood(arena_printf(arena, "%02d/%02d/%d", month, day, year), HEARD_TEXT, "en", "US", date,
                      arena);
    assert_understood(arena_printf(arena, "%02d%02d%d", month, day, year), HEARD_KEYPAD, "en", "US", date,
                      arena);
    assert_understood(arena_printf(arena, "%02d%02d%d#", day, month, year), HEARD_KEYPAD, "hi", "", date,
                      arena);
    assert_understood(arena_printf(arena, "%d*%d*%d", day, month, year), HEARD_KEYPAD, "en", "IN", date,
                      arena);
}

static void check_spoken(struct date date, struct arena *arena)
{
    struct str ordinal = say_ordinal(arena, date.day);
    for (int split = 0; split < 2; split++) {
        struct str year = say_year(arena, ENGLISH, date.year, split);
        const char *month = MONTHS[date.month];
        struct str texts[] = {
            arena_printf(arena, "%.*s of %s %.*s", STR_ARG(ordinal), month, STR_ARG(year)),
            arena_printf(arena, "%s the %.*s %.*s", month, STR_ARG(ordinal), STR_ARG(year)),
            arena_printf(arena, "uh %.*s %s %.*s", STR_ARG(say_number(arena, ENGLISH, date.day)), month,
                         STR_ARG(year)),
            arena_printf(arena, "the %.*s of the %.*s %.*s", STR_ARG(ordinal),
                         STR_ARG(say_ordinal(arena, date.month)), STR_ARG(year)),
        };
        for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
            assert_understood(texts[i], HEARD_SPEECH, "en", "IN", date, arena);
    }
    struct str day = say_number(arena, HINDI, date.day);
    struct str year = say_year(arena, HINDI, date.year, false);
    assert_understood(
        arena_printf(arena, "%.*s %s %.*s", STR_ARG(day), HINDI_MONTHS[date.month], STR_ARG(year)),
        HEARD_SPEECH, "hi", "IN", date, arena);
    day = say_number(arena, HINGLISH, date.day);
    year = say_year(arena, HINGLISH, date.year, false);
    assert_understood(
        arena_printf(arena, "%.*s %s %.*s ko hua", STR_ARG(day), HINGLISH_MONTHS[date.month], STR_ARG(year)),
        HEARD_SPEECH, "hi-Latn", "IN", date, arena);
}

static void every_date_is_understood_in_every_style(void **state)
{
    (void)state;
    uint64_t random = seed_of("dates");
    int64_t first = date_to_days((struct date){1900, 1, 1}), last = date_to_days(TODAY);
    int64_t count = takes_all() ? last - first + 1 : SAMPLES;
    struct arena arena = {0};
    for (int64_t i = 0; i < count; i++) {
        int64_t day =
            takes_all() ? first + i : first + (int64_t)(next_random(&random) % (uint64_t)(last - first + 1));
        check_written(date_from_days(day), &arena);
        check_spoken(date_from_days(day), &arena);
        arena_reset(&arena);
    }
    arena_free(&arena);
}

int main(void)
{
    struct problems problems = {.arena = &words};
    lexicon = lexicon_load(SOURCE_DIR "/config/lang", &words, &problems);
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_date_is_understood_in_every_style)};
    int failed = lexicon ? cmocka_run_group_tests(tests, NULL, NULL) : 1;
    arena_free(&words);
    return failed;
}
