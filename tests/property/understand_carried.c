/* Is every date and every time found among names and places, however people string them together? */

#include "tests/property/understand_spoken.h"
#include "tests/unit/checking.h"
#include "understand/carried.h"

#define SAMPLES 5000

static const struct date TODAY = {2026, 11, 22};
static struct arena words;
static const struct lexicon *lexicon;

static const char *const NAMES[] = {"Asha",          "Ravi Kumar",      "Mary O'Brien",  "S. Ramesh",
                                    "आशा राव",       "my name is Asha", "I'm Zoya Khan", "mera naam Ravi hai",
                                    "मेरा नाम आशा है", "Name: Priya Rao"};
static const char *const PLACES[] = {"Pune",           "New Delhi", "Chennai, Tamil Nadu", "पुणे", "in Pune",
                                     "place: Kolkata", "Frankfurt"};
static const char *const MONTHS[] = {"",     "January", "Feb",  "march", "April",    "May",     "June",
                                     "जुलाई", "August",  "sept", "अक्टूबर", "navambar", "December"};
static const char *const SEPARATORS[] = {", ", "\n", "; ", " | ", ",", " - "};
static const char *const PARTS[] = {"am", "pm"};

static const char *one_of(const char *const *list, size_t count, uint64_t *random)
{
    return list[next_random(random) % count];
}
#define ONE_OF(list) one_of(list, sizeof(list) / sizeof *(list), random)

static struct str print_date(struct date date, uint64_t *random, struct arena *arena)
{
    switch (next_random(random) % 4) {
    case 0:
        return arena_printf(arena, "%02d/%02d/%d", date.day, date.month, date.year);
    case 1:
        return arena_printf(arena, "%d.%d.%d", date.day, date.month, date.year);
    case 2:
        return arena_printf(arena, "born on %d %s %d", date.day, MONTHS[date.month], date.year);
    default:
        return arena_printf(arena, "DOB: %d %s %d", date.day, MONTHS[date.month], date.year);
    }
}

static struct str print_time(int minutes, uint64_t *random, struct arena *arena)
{
    int hour = minutes / 60, clock_hour = hour % 12 == 0 ? 12 : hour % 12;
    switch (next_random(random) % 3) {
    case 0:
        return arena_printf(arena, "%d:%02d %s", clock_hour, minutes % 60, PARTS[hour / 12]);
    case 1:
        return arena_printf(arena, "at %d.%02d%s", clock_hour, minutes % 60, PARTS[hour / 12]);
    default:
        return arena_printf(arena, "time %02d:%02d hrs", hour, minutes % 60);
    }
}

static struct str value_of(struct understood (*grammar)(const struct lexicon *, const struct utterance *,
                                                        struct arena *),
                           struct str text, struct arena *arena)
{
    struct utterance said = {.text = text, .language = STR_INIT("en"), .today = TODAY};
    struct understood found = grammar(lexicon, &said, arena);
    return found.finding == FOUND ? found.values[0] : STR("nothing");
}

static void check(uint64_t *random, struct arena *arena)
{
    int64_t first = date_to_days((struct date){1900, 1, 1}), last = date_to_days(TODAY);
    struct date date = date_from_days(first + (int64_t)(next_random(random) % (uint64_t)(last - first + 1)));
    int minutes = (int)(next_random(random) % 1440);
    const char *name = ONE_OF(NAMES), *place = ONE_OF(PLACES);
    struct str parts[] = {print_date(date, random, arena), print_time(minutes, random, arena)};
    size_t is_swapped = next_random(random) % 2;
    struct buf text = {.arena = arena};
    buf_printf(&text, "%s%s", name, ONE_OF(SEPARATORS));
    buf_printf(&text, "%.*s%s", STR_ARG(parts[is_swapped]), ONE_OF(SEPARATORS));
    buf_printf(&text, "%.*s%s%s", STR_ARG(parts[!is_swapped]), ONE_OF(SEPARATORS), place);
    struct utterance said = {.text = buf_str(&text), .language = STR_INIT("en"), .today = TODAY};
    struct carried carried = understand_carried(lexicon, &said, true, arena);
    struct str wanted_name = value_of(understand_name, str_from(name), arena);
    struct str wanted_date = arena_printf(arena, "%04d-%02d-%02d", date.year, date.month, date.day);
    struct str wanted_time = arena_printf(arena, "%02d:%02d", minutes / 60, minutes % 60);
    struct str place_end = str_slice(carried.place, carried.place.len - 4, carried.place.len);
    bool is_right = str_eq(value_of(understand_date, carried.date, arena), wanted_date) &&
                    str_eq(value_of(understand_time, carried.time, arena), wanted_time) &&
                    str_eq(value_of(understand_name, carried.name, arena), wanted_name) &&
                    carried.place.len >= 4 && str_find(str_from(place), place_end) != STR_NONE;
    if (!is_right)
        fail_msg("\"%.*s\" carries \"%.*s\", \"%.*s\", \"%.*s\", \"%.*s\"", STR_ARG(buf_str(&text)),
                 STR_ARG(carried.name), STR_ARG(carried.date), STR_ARG(carried.time), STR_ARG(carried.place));
}

static void four_answers_strung_together_are_told_apart(void **state)
{
    (void)state;
    uint64_t random = seed_of("carried");
    struct arena arena = {0};
    for (int i = 0; i < (takes_all() ? 20 : 1) * SAMPLES; i++) {
        check(&random, &arena);
        arena_reset(&arena);
    }
    arena_free(&arena);
}

int main(void)
{
    struct problems problems = {.arena = &words};
    lexicon = lexicon_load(SOURCE_DIR "/config/lang", &words, &problems);
    const struct CMUnitTest tests[] = {cmocka_unit_test(four_answers_strung_together_are_told_apart)};
    int failed = lexicon ? cmocka_run_group_tests(tests, NULL, NULL) : 1;
    arena_free(&words);
    return failed;
}
