/* What is answered to a line: charts with and without a time, questions back, and anything else. */

#include "chart/lines.h"
#include "chart/result.h"
#include "tests/unit/checking.h"

#include <math.h>
#include <stdlib.h>
#include <unistd.h>

/* 2026-11-26 12:00 UTC. */
#define NOW_MS (int64_t)1795694400000

static struct arena arena;

static int open_ephemeris(void **state)
{
    (void)state;
    ephemeris_open(EPHEMERIS_FILES, EPHEMERIS_FOLDER);
    return 0;
}

static int close_ephemeris(void **state)
{
    (void)state;
    ephemeris_close();
    arena_free(&arena);
    return 0;
}

static const struct json *ask(struct str line)
{
    const struct json *answer;
    struct str text = result_for_line(&arena, line, NOW_MS, EPHEMERIS_FILES);
    assert_int_equal(str_find_char(text, '\n'), STR_NONE);
    assert_int_equal(json_parse(&arena, text, &answer), ERR_NONE);
    assert_int_equal(json_kind(answer), JSON_MEMBERS);
    return answer;
}

static const struct json *ask_birth(const char *date, const char *time, double latitude, double longitude,
                                    const char *zone, const char *more)
{
    return ask(arena_printf(&arena,
                            "{\"id\":\"a\",\"birth_date\":\"%s\",\"birth_time\":%s,\"latitude\":%.6f,"
                            "\"longitude\":%.6f,\"timezone\":\"%s\"%s}",
                            date, time, latitude, longitude, zone, more));
}

static const struct json *ask_mumbai(const char *date, const char *time, const char *more)
{
    return ask_birth(date, time, 19.076, 72.8777, "Asia/Kolkata", more);
}

#define assert_value(value, expected) assert_text(json_text(value), expected)

static void assert_error(const struct json *answer, const char *code, const char *field)
{
    assert_value(json_get(json_get(answer, "error"), "code"), code);
    assert_value(json_get(json_get(answer, "error"), "field"), field);
}

static bool has_note(const struct json *answer, const char *note)
{
    const struct json *notes = json_get(answer, "notes");
    for (size_t i = 0; i < json_count(notes); i++)
        if (str_eq(json_text(json_at(notes, i)), str_from(note)))
            return true;
    return false;
}

static double number(const struct json *value)
{
    double out = NAN;
    assert_true(json_to_double(value, &out));
    return out;
}

static void a_known_birth_has_everything(void **state)
{
    (void)state;
    const struct json *answer = ask_mumbai("1990-08-15", "\"06:30\"", "");
    assert_value(json_get(answer, "id"), "a");
    assert_value(json_get(answer, "utc"), "1990-08-15T01:00:00Z");
    assert_value(json_get(answer, "sun_sign"), "cancer");
    assert_value(json_get(answer, "moon_sign"), "taurus");
    assert_value(json_get(answer, "ascendant"), "cancer");
    assert_value(json_get(json_get(answer, "tropical"), "ascendant"), "leo");
    assert_value(json_get(json_get(answer, "nakshatra"), "name"), "rohini");
    assert_int_equal(json_count(json_get(answer, "positions")), BODY_COUNT);
    assert_int_equal(json_count(json_get(answer, "notes")), 0);
    assert_value(json_get(json_get(json_get(answer, "dasha"), "current"), "maha"), "jupiter");
    const struct json *before =
        json_get(ask_mumbai("1990-08-15", "\"06:30\"", ",\"today\":\"1995-01-01\""), "dasha");
    assert_value(json_get(json_get(before, "current"), "maha"), "moon");
}

static void an_unknown_time_says_only_what_holds_all_day(void **state)
{
    (void)state;
    const struct json *answer = ask_mumbai("1990-08-15", "null", "");
    assert_true(has_note(answer, "time_unknown"));
    assert_false(has_note(answer, "moon_sign_changes"));
    assert_value(json_get(answer, "moon_sign"), "taurus");
    assert_value(json_get(answer, "utc"), "1990-08-15T06:30:00Z");
    static const char *const nothing[] = {"ascendant", "angles", "houses", "dasha", "nakshatra"};
    for (size_t i = 0; i < sizeof nothing / sizeof *nothing; i++)
        assert_int_equal(json_kind(json_get(answer, nothing[i])), JSON_NULL_VALUE);
    const struct json *moon = json_at(json_get(answer, "positions"), BODY_MOON);
    assert_int_equal(json_kind(json_get(moon, "house")), JSON_NULL_VALUE);
    const struct json *aspects = json_get(answer, "aspects");
    for (size_t i = 0; i < json_count(aspects); i++)
        assert_false(str_eq(json_text(json_get(json_at(aspects, i), "second")), STR("moon")));
}

/* Each day's claim is compared with the chart of its first and of its last minute. */
static void the_moon_sign_of_a_day_is_that_of_all_its_minutes(void **state)
{
    (void)state;
    int changing = 0;
    for (int day = 1; day <= 28; day++) {
        const char *date = arena_printf(&arena, "1975-02-%02d", day).data;
        const struct json *all = ask_mumbai(date, "null", "");
        struct str first = json_text(json_get(ask_mumbai(date, "\"00:00\"", ""), "moon_sign"));
        struct str last = json_text(json_get(ask_mumbai(date, "\"23:59:59\"", ""), "moon_sign"));
        const struct json *either = json_get(all, "moon_sign_either");
        if (str_eq(first, last)) {
            assert_true(str_eq(json_text(json_get(all, "moon_sign")), first));
            assert_null(either);
        } else {
            changing++;
            assert_int_equal(json_kind(json_get(all, "moon_sign")), JSON_NULL_VALUE);
            assert_true(str_eq(json_text(json_at(either, 0)), first));
            assert_true(str_eq(json_text(json_at(either, 1)), last));
            assert_true(has_note(all, "moon_sign_changes"));
        }
    }
    /* Twelve signs in 27.3 days. */
    assert_true(changing >= 11 && changing <= 13);
}

static void the_sun_may_change_its_sign_too(void **state)
{
    (void)state;
    const struct json *answer = ask_mumbai("1990-08-23", "null", "");
    assert_value(json_get(answer, "sun_sign"), "leo");
    const struct json *tropical = json_get(answer, "tropical");
    assert_int_equal(json_kind(json_get(tropical, "sun_sign")), JSON_NULL_VALUE);
    assert_value(json_at(json_get(tropical, "sun_sign_either"), 0), "leo");
    assert_value(json_at(json_get(tropical, "sun_sign_either"), 1), "virgo");
    assert_true(has_note(answer, "sun_sign_changes"));
}

static void a_time_that_came_twice_is_asked_about(void **state)
{
    (void)state;
    const struct json *answer = ask_mumbai("1945-10-14", "\"23:30\"", "");
    assert_error(answer, "time_came_twice", "birth_time");
    const struct json *choices = json_get(json_get(answer, "error"), "choices");
    assert_int_equal(json_count(choices), 2);
    assert_true(number(json_get(json_at(choices, 0), "utc_offset")) == 23400);
    assert_true(number(json_get(json_at(choices, 1), "utc_offset")) == 19800);
    assert_value(json_get(ask_mumbai("1945-10-14", "\"23:30\"", ",\"utc_offset\":23400"), "utc"),
                 "1945-10-14T17:00:00Z");
    assert_value(json_get(ask_mumbai("1945-10-14", "\"23:30\"", ",\"utc_offset\":19800"), "utc"),
                 "1945-10-14T18:00:00Z");
    assert_error(ask_mumbai("1945-10-14", "\"23:30\"", ",\"utc_offset\":0"), "time_came_twice", "birth_time");
    assert_value(json_get(ask_mumbai("1990-08-15", "\"06:30\"", ",\"utc_offset\":0"), "utc"),
                 "1990-08-15T01:00:00Z");
}

static void a_time_that_never_was_is_asked_about(void **state)
{
    (void)state;
    const struct json *answer = ask_birth("2024-03-10", "\"02:30\"", 40.7, -74.0, "America/New_York", "");
    assert_error(answer, "time_did_not_exist", "birth_time");
    const struct json *error = json_get(answer, "error");
    assert_value(json_get(json_get(error, "gap_begins"), "birth_time"), "02:00:00");
    assert_value(json_get(json_get(error, "gap_ends"), "birth_time"), "03:00:00");
    assert_value(json_get(json_at(json_get(error, "choices"), 0), "birth_time"), "01:30:00");
    assert_value(json_get(json_at(json_get(error, "choices"), 1), "birth_time"), "03:30:00");
    assert_error(ask_birth("2011-12-30", "null", -13.8, -171.7, "Pacific/Apia", ""), "time_did_not_exist",
                 "birth_time");
}

static void the_ends_of_the_calendar(void **state)
{
    (void)state;
    assert_value(json_get(ask_mumbai("1900-01-01", "\"00:00\"", ""), "utc"), "1899-12-31T18:38:50Z");
    assert_error(ask_mumbai("1899-12-31", "\"12:00\"", ""), "date_out_of_range", "birth_date");
    assert_value(json_get(ask_mumbai("2026-11-26", "\"17:30\"", ""), "utc"), "2026-11-26T12:00:00Z");
    assert_error(ask_mumbai("2026-11-26", "\"17:31\"", ""), "date_out_of_range", "birth_date");
    assert_error(ask_mumbai("2026-11-27", "null", ""), "date_out_of_range", "birth_date");
    assert_false(json_get(ask_mumbai("2026-11-26", "null", ""), "error"));
    /* It is tomorrow there already. */
    assert_false(
        json_get(ask_birth("2026-11-27", "\"01:00\"", 1.87, -157.4, "Pacific/Kiritimati", ""), "error"));
    assert_true(has_note(ask_mumbai("1900-01-01", "\"00:00\"", ""), "periods_are_over"));
}

static void the_ends_of_the_earth(void **state)
{
    (void)state;
    const struct json *east = ask_birth("1990-08-15", "\"06:30\"", -16.8, 180.0, "UTC", "");
    const struct json *west = ask_birth("1990-08-15", "\"06:30\"", -16.8, -180.0, "UTC", "");
    const struct json *angle = json_get(json_get(json_get(east, "angles"), "ascendant"), "tropical");
    const struct json *same = json_get(json_get(json_get(west, "angles"), "ascendant"), "tropical");
    assert_true(fabs(number(json_get(angle, "longitude")) - number(json_get(same, "longitude"))) < 1e-6);

    const struct json *tromso =
        ask_birth("1990-08-15", "\"06:30\"", 69.65, 18.96, "Europe/Oslo", ",\"houses\":\"placidus\"");
    assert_true(has_note(tromso, "no_placidus_here"));
    assert_value(json_get(json_get(tromso, "houses"), "system"), "whole_sign");
    assert_int_equal(json_kind(json_get(json_get(tromso, "houses"), "placidus")), JSON_NULL_VALUE);
    const struct json *sun = json_at(json_get(tromso, "positions"), BODY_SUN);
    assert_true(number(json_get(sun, "house")) == number(json_get(sun, "house_whole_sign")));

    static const double poles[] = {90.0, -90.0};
    for (size_t i = 0; i < 2; i++) {
        const struct json *pole = ask_birth("1990-08-15", "\"06:30\"", poles[i], 0.0, "UTC", "");
        assert_true(has_note(pole, "no_ascendant_here"));
        assert_value(json_get(pole, "sun_sign"), "cancer");
        assert_int_equal(json_kind(json_get(pole, "ascendant")), JSON_NULL_VALUE);
    }
    assert_value(json_get(ask_birth("1990-08-15", "\"06:30\"", 0.0, 0.0, "UTC", ""), "moon_sign"), "taurus");
}

static void settings_are_obeyed(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        double degrees;
    } known[] = {{"lahiri", 23.730}, {"raman", 22.284}, {"krishnamurti", 23.633}};
    for (size_t i = 0; i < 3; i++) {
        const char *more = arena_printf(&arena, ",\"ayanamsa\":\"%s\"", known[i].name).data;
        const struct json *ayanamsa = json_get(ask_mumbai("1990-08-15", "\"06:30\"", more), "ayanamsa");
        assert_value(json_get(ayanamsa, "name"), known[i].name);
        assert_true(fabs(number(json_get(ayanamsa, "degrees")) - known[i].degrees) < 0.02);
    }
    const struct json *node =
        ask_mumbai("1990-08-15", "\"06:30\"", ",\"node\":\"true\",\"houses\":\"placidus\"");
    const struct json *rahu = json_at(json_get(node, "positions"), BODY_RAHU);
    assert_true(fabs(number(json_get(json_get(rahu, "sidereal"), "longitude")) - 283.5010710) < 1e-5);
    assert_true(number(json_get(rahu, "house")) == number(json_get(rahu, "house_placidus")));
}

static void every_field_is_checked(void **state)
{
    (void)state;
    static const struct {
        const char *line;
        const char *code;
        const char *field;
    } wrong[] = {
        {"", "malformed", ""},
        {"garbage", "malformed", ""},
        {"[]", "malformed", ""},
        {"7", "malformed", ""},
        {"{", "malformed", ""},
        {"{}", "invalid", "birth_date"},
        {"{\"birth_date\":19900815}", "invalid", "birth_date"},
        {"{\"birth_date\":\"1990-02-30\"}", "invalid", "birth_date"},
        {"{\"birth_date\":\"1990-08-15\",\"birth_time\":\"24:00\"}", "invalid", "birth_time"},
        {"{\"birth_date\":\"1990-08-15\",\"birth_time\":\"6:30\"}", "invalid", "birth_time"},
        {"{\"birth_date\":\"1990-08-15\",\"birth_time\":\"-1:30\"}", "invalid", "birth_time"},
        {"{\"birth_date\":\"1990-08-15\",\"birth_time\":630}", "invalid", "birth_time"},
        {"{\"birth_date\":\"1990-08-15\",\"utc_offset\":1.5}", "invalid", "utc_offset"},
        {"{\"birth_date\":\"1990-08-15\",\"utc_offset\":99999}", "invalid", "utc_offset"},
        {"{\"birth_date\":\"1990-08-15\"}", "invalid", "latitude"},
        {"{\"birth_date\":\"1990-08-15\",\"latitude\":90.1}", "invalid", "latitude"},
        {"{\"birth_date\":\"1990-08-15\",\"latitude\":\"18\"}", "invalid", "latitude"},
        {"{\"birth_date\":\"1990-08-15\",\"latitude\":1,\"longitude\":-180.1}", "invalid", "longitude"},
        {"{\"birth_date\":\"1990-08-15\",\"latitude\":1,\"longitude\":1}", "invalid", "timezone"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_error(ask(str_from(wrong[i].line)), wrong[i].code, wrong[i].field);
    assert_error(ask_mumbai("1990-08-15", "null", ",\"ayanamsa\":\"fagan\""), "invalid", "ayanamsa");
    assert_error(ask_mumbai("1990-08-15", "null", ",\"houses\":1"), "invalid", "houses");
    assert_error(ask_mumbai("1990-08-15", "null", ",\"node\":\"\""), "invalid", "node");
    assert_error(ask_mumbai("1990-08-15", "null", ",\"today\":\"soon\""), "invalid", "today");
    assert_error(ask_birth("1990-08-15", "null", 1, 1, "Mars/Olympus", ""), "unknown_timezone", "timezone");
    assert_error(ask_birth("1990-08-15", "null", 1, 1, "../../../etc/passwd", ""), "unknown_timezone",
                 "timezone");
}

static void the_id_comes_back_as_it_came(void **state)
{
    (void)state;
    assert_true(number(json_get(ask(STR("{\"id\":42}")), "id")) == 42);
    assert_value(json_get(ask(STR("{\"id\":\"x\\u0000\\ud800\"}")), "id"), "x\xEF\xBF\xBD");
    assert_int_equal(json_kind(json_get(ask(STR("{\"id\":[1]}")), "id")), JSON_NULL_VALUE);
    assert_int_equal(json_kind(json_get(ask(STR("nothing")), "id")), JSON_NULL_VALUE);
}

static void missing_files_are_told(void **state)
{
    (void)state;
    ephemeris_open(EPHEMERIS_FILES, "/nonexistent");
    assert_int_equal(ephemeris_probe(), EPHEMERIS_MOSHIER);
    const struct json *poor = ask_mumbai("1990-08-15", "\"06:30\"", "");
    ephemeris_close();
    ephemeris_open(EPHEMERIS_FILES, EPHEMERIS_FOLDER);
    assert_int_equal(ephemeris_probe(), EPHEMERIS_FILES);
    assert_value(json_get(poor, "ephemeris"), "moshier");
    assert_true(has_note(poor, "moshier_ephemeris"));
    assert_value(json_get(ask_mumbai("1990-08-15", "\"06:30\"", ""), "ephemeris"), "files");
}

static void lines_of_any_length_come_one_by_one(void **state)
{
    (void)state;
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    char *huge = arena_alloc(&arena, 3 * LINE_BYTES);
    memset(huge, 'x', 3 * LINE_BYTES);
    assert_true(line_write(&arena, ends[1], STR("one")));
    assert_true(line_write(&arena, ends[1], STR("")));
    assert_true(line_write(&arena, ends[1], (struct str){huge, 3 * LINE_BYTES}));
    assert_true(line_write(&arena, ends[1], (struct str){huge, LINE_BYTES - 1}));
    assert_true(line_write(&arena, ends[1], (struct str){huge, LINE_BYTES}));
    assert_int_equal(write(ends[1], "last", 4), 4);
    close(ends[1]);
    struct line_reader reader = {.descriptor = ends[0]};
    struct str line;
    assert_int_equal(line_read(&reader, &line), LINE_WHOLE);
    assert_true(str_eq(line, STR("one")));
    assert_int_equal(line_read(&reader, &line), LINE_WHOLE);
    assert_int_equal(line.len, 0);
    assert_int_equal(line_read(&reader, &line), LINE_TOO_LONG);
    assert_int_equal(line_read(&reader, &line), LINE_WHOLE);
    assert_int_equal(line.len, LINE_BYTES - 1);
    assert_int_equal(line_read(&reader, &line), LINE_TOO_LONG);
    assert_int_equal(line_read(&reader, &line), LINE_WHOLE);
    assert_true(str_eq(line, STR("last")));
    assert_int_equal(line_read(&reader, &line), LINE_END);
    close(ends[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_known_birth_has_everything),
        cmocka_unit_test(an_unknown_time_says_only_what_holds_all_day),
        cmocka_unit_test(the_moon_sign_of_a_day_is_that_of_all_its_minutes),
        cmocka_unit_test(the_sun_may_change_its_sign_too),
        cmocka_unit_test(a_time_that_came_twice_is_asked_about),
        cmocka_unit_test(a_time_that_never_was_is_asked_about),
        cmocka_unit_test(the_ends_of_the_calendar),
        cmocka_unit_test(the_ends_of_the_earth),
        cmocka_unit_test(settings_are_obeyed),
        cmocka_unit_test(every_field_is_checked),
        cmocka_unit_test(the_id_comes_back_as_it_came),
        cmocka_unit_test(missing_files_are_told),
        cmocka_unit_test(lines_of_any_length_come_one_by_one),
    };
    return cmocka_run_group_tests(tests, open_ephemeris, close_ephemeris);
}
