/* Property: every minute of the day, printed in each way that people write and say it, is understood. */

#include "tests/unit/checking.h"
#include "understand_spoken.h"

static struct arena words;
static const struct lexicon *lexicon;

static void assert_understood(struct str text, enum hearing hearing, const char *language, int minutes,
                              struct arena *arena)
{
    struct utterance said = {.text = text,
                             .hearing = hearing,
                             .language = str_from(language),
                             .region = STR_INIT("IN"),
                             .today = {2026, 11, 22}};
    struct understood result = understand_time(lexicon, &said, arena);
    struct str expected = arena_printf(arena, "%02d:%02d", minutes / 60, minutes % 60);
    if (result.finding != FOUND || !str_eq(result.values[0], expected))
        fail_msg("\"%.*s\" (%s) is %.*s, understood as %.*s (finding %d)", STR_ARG(text), language,
                 STR_ARG(expected), STR_ARG(result.count > 0 ? result.values[0] : STR("nothing")),
                 (int)result.finding);
}

/* A bare time is asked about, the morning first. */
static void assert_asked(struct str text, int dial_minutes, struct arena *arena)
{
    struct utterance said = {.text = text, .language = STR_INIT("en"), .today = {2026, 11, 22}};
    struct understood result = understand_time(lexicon, &said, arena);
    assert_int_equal(result.finding, FOUND_SEVERAL);
    assert_int_equal(result.count, 2);
    int later = dial_minutes + 720;
    struct str first = arena_printf(arena, "%02d:%02d", dial_minutes / 60, dial_minutes % 60);
    struct str second = arena_printf(arena, "%02d:%02d", later / 60, later % 60);
    assert_true(str_eq(result.values[0], first) && str_eq(result.values[1], second));
}

static int dial_hour(int minutes)
{
    int hour = minutes / 60 % 12;
    return hour == 0 ? 12 : hour;
}

static void check_english(int minutes, struct arena *arena)
{
    int hour = dial_hour(minutes), minute = minutes % 60;
    const char *half = minutes < 720 ? "am" : "pm";
    struct str hour_word = say_number(arena, ENGLISH, hour), minute_word = say_number(arena, ENGLISH, minute);
    struct str texts[] = {
        arena_printf(arena, "%d:%02d %s", hour, minute, half),
        arena_printf(arena, "%02d.%02d%s", hour, minute, half),
        arena_printf(arena, "born at %d:%02d:45 %c.m.", hour, minute, half[0]),
        arena_printf(arena, "%02d:%02d hrs", minutes / 60, minute),
        arena_printf(arena, "%02d%02d hours", minutes / 60, minute),
        arena_printf(arena, "15/08/1990 around %d %02d %s", hour, minute, half),
        arena_printf(arena, "%02dh%02d", minutes / 60, minute),
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        assert_understood(texts[i], HEARD_TEXT, "en", minutes, arena);
    if (minutes >= 780 || minutes < 60)
        assert_understood(arena_printf(arena, "%02d:%02d", minutes / 60, minute), HEARD_TEXT, "en", minutes,
                          arena);
    else
        assert_asked(arena_printf(arena, "%02d:%02d", hour, minute), minutes % 720, arena);
    struct str spoken =
        minute == 0 ? arena_printf(arena, "%.*s %s", STR_ARG(hour_word), half)
        : minute < 10
            ? arena_printf(arena, "%.*s oh %.*s %c m", STR_ARG(hour_word), STR_ARG(minute_word), half[0])
            : arena_printf(arena, "%.*s %.*s %s", STR_ARG(hour_word), STR_ARG(minute_word), half);
    assert_understood(spoken, HEARD_SPEECH, "en", minutes, arena);
    if (minute > 0) {
        assert_understood(
            arena_printf(arena, "%.*s minutes past %.*s %s", STR_ARG(minute_word), STR_ARG(hour_word), half),
            HEARD_SPEECH, "en", minutes, arena);
        /* am and pm belong to the time itself, not to the hour after it */
        struct str left = say_number(arena, ENGLISH, 60 - minute);
        struct str next = say_number(arena, ENGLISH, hour % 12 + 1);
        assert_understood(arena_printf(arena, "%.*s minutes to %.*s %s", STR_ARG(left), STR_ARG(next), half),
                          HEARD_SPEECH, "en", minutes, arena);
    }
}

static const char *part_of_day(int minutes, enum tongue tongue)
{
    int hour = minutes / 60;
    bool is_hindi = tongue == HINDI;
    if (hour >= 5 && hour <= 11)
        return is_hindi ? "सुबह" : "subah";
    if (hour >= 12 && hour <= 15)
        return is_hindi ? "दोपहर" : "dopahar";
    if (hour >= 16 && hour <= 18)
        return is_hindi ? "शाम" : "shaam";
    return is_hindi ? "रात" : "raat";
}

static void check_hindi(int minutes, enum tongue tongue, struct arena *arena)
{
    static const char *const past[] = {[HINDI] = "बजकर", [HINGLISH] = "bajkar"};
    static const char *const oclock[] = {[HINDI] = "बजे", [HINGLISH] = "baje"};
    static const char *const minute_words[] = {[HINDI] = "मिनट", [HINGLISH] = "minute"};
    const char *language = tongue == HINDI ? "hi" : "hi-Latn", *part = part_of_day(minutes, tongue);
    int minute = minutes % 60;
    struct str hour = say_number(arena, tongue, dial_hour(minutes));
    struct str next = say_number(arena, tongue, dial_hour(minutes + 60));
    struct str count = say_number(arena, tongue, minute);
    if (minute > 0)
        assert_understood(arena_printf(arena, "%s %.*s %s %.*s %s", part, STR_ARG(hour), past[tongue],
                                       STR_ARG(count), minute_words[tongue]),
                          HEARD_SPEECH, language, minutes, arena);
    else
        assert_understood(arena_printf(arena, "%s %.*s %s", part, STR_ARG(hour), oclock[tongue]),
                          HEARD_SPEECH, language, minutes, arena);
    assert_understood(arena_printf(arena, "%s %d:%02d %s", part, dial_hour(minutes), minute, oclock[tongue]),
                      HEARD_TEXT, language, minutes, arena);
    /* half past one and two have words of their own */
    bool is_dedh = minute == 30 && (dial_hour(minutes) == 1 || dial_hour(minutes) == 2);
    const char *shift = minute == 15   ? (tongue == HINDI ? "सवा" : "sawa")
                        : minute == 30 ? (tongue == HINDI ? "साढ़े" : "saadhe")
                        : minute == 45 ? (tongue == HINDI ? "पौने" : "paune")
                                       : NULL;
    if (shift && !is_dedh)
        assert_understood(arena_printf(arena, "%s %s %.*s %s", part, shift,
                                       STR_ARG(minute == 45 ? next : hour), oclock[tongue]),
                          HEARD_SPEECH, language, minutes, arena);
}

static void every_minute_is_understood_in_every_style(void **state)
{
    (void)state;
    struct arena arena = {0};
    for (int minutes = 0; minutes < 1440; minutes++) {
        check_english(minutes, &arena);
        check_hindi(minutes, HINDI, &arena);
        check_hindi(minutes, HINGLISH, &arena);
        assert_understood(arena_printf(&arena, "%02d%02d#", minutes / 60, minutes % 60), HEARD_KEYPAD, "en",
                          minutes, &arena);
        arena_reset(&arena);
    }
    arena_free(&arena);
}

int main(void)
{
    struct problems problems = {.arena = &words};
    lexicon = lexicon_load(SOURCE_DIR "/config/lang", &words, &problems);
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_minute_is_understood_in_every_style)};
    int failed = lexicon ? cmocka_run_group_tests(tests, NULL, NULL) : 1;
    arena_free(&words);
    return failed;
}
