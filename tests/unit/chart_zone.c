/* Which instant was a local time? Against what is known of the clocks of the twentieth century. */

#include "chart/zone.h"
#include "tests/unit/checking.h"

static struct str text_of(const char *text)
{
    return str_from(text);
}

/* "YYYY-MM-DD HH:MM:SS" as seconds of the local calendar. */
static int64_t local(const char *text)
{
    struct str all = text_of(text);
    struct date date;
    int64_t hours;
    int64_t minutes;
    int64_t seconds;
    assert_true(date_from_iso(str_slice(all, 0, 10), &date));
    assert_true(str_to_int64(str_slice(all, 11, 13), &hours));
    assert_true(str_to_int64(str_slice(all, 14, 16), &minutes));
    assert_true(str_to_int64(str_slice(all, 17, 19), &seconds));
    return date_to_days(date) * 86400 + hours * 3600 + minutes * 60 + seconds;
}

static struct zone_reading read_in(const char *zone, const char *time)
{
    assert_true(zone_use(text_of(zone)));
    return zone_read(local(time));
}

static void history_is_known(void **state)
{
    (void)state;
    static const struct {
        const char *zone;
        const char *time;
        int offset_s;
        const char *abbreviation;
    } known[] = {
        {"Asia/Kolkata", "1943-05-05 12:00:00", 23400, "+0630"},
        {"Asia/Kolkata", "1950-01-26 10:00:00", 19800, "IST"},
        {"Asia/Kolkata", "1900-01-01 00:00:00", 19270, "MMT"},
        {"Asia/Kolkata", "1942-06-15 12:00:00", 19800, "IST"},
        {"Asia/Kolkata", "1905-12-31 12:00:00", 19270, "MMT"},
        {"Asia/Kolkata", "1906-01-02 12:00:00", 19800, "IST"},
        {"Asia/Kolkata", "1941-12-01 12:00:00", 23400, "+0630"},
        {"Asia/Kolkata", "1945-10-13 12:00:00", 23400, "+0630"},
        {"Asia/Kolkata", "1945-10-16 12:00:00", 19800, "IST"},
        {"America/Chicago", "1944-01-15 12:00:00", -18000, "CWT"},
        {"America/Los_Angeles", "1974-02-01 12:00:00", -25200, "PDT"},
        {"Europe/Berlin", "1945-05-30 12:00:00", 10800, "CEMT"},
        {"Europe/London", "1947-05-15 12:00:00", 7200, "BDST"},
        {"America/New_York", "1974-01-20 12:00:00", -14400, "EDT"},
        {"America/New_York", "1973-01-20 12:00:00", -18000, "EST"},
        {"America/New_York", "1975-03-01 12:00:00", -14400, "EDT"},
        {"America/New_York", "1943-12-25 12:00:00", -14400, "EWT"},
        {"Europe/Berlin", "1945-06-15 12:00:00", 10800, "CEMT"},
        {"Europe/Berlin", "1943-12-24 18:00:00", 3600, "CET"},
        {"Europe/London", "1944-06-06 06:30:00", 7200, "BDST"},
        {"Europe/London", "1970-01-01 12:00:00", 3600, "BST"},
        {"Asia/Kathmandu", "1985-12-31 23:59:59", 19800, "+0530"},
        {"Asia/Kathmandu", "1986-01-01 00:15:00", 20700, "+0545"},
        {"Asia/Kathmandu", "1910-07-01 08:00:00", 20476, "LMT"},
        {"Pacific/Kiritimati", "2000-01-01 00:00:00", 50400, "+14"},
        {"Africa/Monrovia", "1950-01-01 00:00:00", -2670, "MMT"},
        {"UTC", "1969-12-31 23:59:59", 0, "UTC"},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        struct zone_reading reading = read_in(known[i].zone, known[i].time);
        if (reading.finding != ZONE_ONCE || reading.instants[0].offset_s != known[i].offset_s)
            fail_msg("%s %s: finding %d, offset %d", known[i].zone, known[i].time, (int)reading.finding,
                     reading.instants[0].offset_s);
        assert_string_equal(reading.instants[0].abbreviation, known[i].abbreviation);
        assert_int_equal(reading.instants[0].utc_s, local(known[i].time) - known[i].offset_s);
    }
}

/* Amsterdam kept its own mean time until 1937 (+0:19:32); tzdata may carry it under that name or not at all.
 */
static void amsterdam_has_its_own_time(void **state)
{
    (void)state;
    struct zone_reading reading = read_in("Europe/Amsterdam", "1935-01-15 12:00:00");
    assert_int_equal(reading.finding, ZONE_ONCE);
    assert_int_equal(reading.instants[0].offset_s, 1172);
}

static void clocks_that_went_back_show_a_time_twice(void **state)
{
    (void)state;
    static const struct {
        const char *zone;
        const char *time;
        int earlier_s;
        int later_s;
    } known[] = {
        {"Asia/Kolkata", "1945-10-14 23:30:00", 23400, 19800},
        {"America/New_York", "2023-11-05 01:30:00", -14400, -18000},
        {"Australia/Lord_Howe", "2023-04-02 01:45:00", 39600, 37800},
        {"Europe/Dublin", "2023-10-29 01:15:00", 3600, 0},
        {"America/Juneau", "1983-10-30 01:59:59", -25200, -32400}, /* two hours at once */
        /* The date line moved, and nearly a whole day came twice. */
        {"Pacific/Kwajalein", "1969-09-30 12:00:00", 39600, -43200},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        struct zone_reading reading = read_in(known[i].zone, known[i].time);
        if (reading.finding != ZONE_TWICE || reading.instants[0].offset_s != known[i].earlier_s ||
            reading.instants[1].offset_s != known[i].later_s)
            fail_msg("%s %s: finding %d, offsets %d %d", known[i].zone, known[i].time, (int)reading.finding,
                     reading.instants[0].offset_s, reading.instants[1].offset_s);
        assert_true(reading.instants[0].utc_s < reading.instants[1].utc_s);
    }
}

static void the_borders_of_a_time_that_came_twice(void **state)
{
    (void)state;
    assert_int_equal(read_in("Asia/Kolkata", "1945-10-14 22:59:59").finding, ZONE_ONCE);
    assert_int_equal(read_in("Asia/Kolkata", "1945-10-14 23:00:00").finding, ZONE_TWICE);
    assert_int_equal(read_in("Asia/Kolkata", "1945-10-14 23:59:59").finding, ZONE_TWICE);
    assert_int_equal(read_in("Asia/Kolkata", "1945-10-15 00:00:00").finding, ZONE_ONCE);
}

static void clocks_that_jumped_left_times_out(void **state)
{
    (void)state;
    static const struct {
        const char *zone;
        const char *time;
        const char *begins;
        const char *ends;
        const char *before;
        const char *after;
    } known[] = {
        {"America/New_York", "2024-03-10 02:30:00", "2024-03-10 02:00:00", "2024-03-10 03:00:00",
         "2024-03-10 01:30:00", "2024-03-10 03:30:00"},
        {"Asia/Kolkata", "1941-10-01 00:00:00", "1941-10-01 00:00:00", "1941-10-01 01:00:00",
         "1941-09-30 23:00:00", "1941-10-01 01:00:00"},
        {"Asia/Kathmandu", "1986-01-01 00:07:00", "1986-01-01 00:00:00", "1986-01-01 00:15:00",
         "1985-12-31 23:52:00", "1986-01-01 00:22:00"},
        {"Pacific/Apia", "2011-12-30 12:00:00", "2011-12-30 00:00:00", "2011-12-31 00:00:00",
         "2011-12-29 12:00:00", "2011-12-31 12:00:00"},
        {"Asia/Kolkata", "1906-01-01 00:08:49", "1906-01-01 00:00:00", "1906-01-01 00:08:50",
         "1905-12-31 23:59:59", "1906-01-01 00:17:39"},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        struct zone_reading reading = read_in(known[i].zone, known[i].time);
        assert_int_equal(reading.finding, ZONE_NEVER);
        assert_int_equal(reading.gap_begins_s, local(known[i].begins));
        assert_int_equal(reading.gap_ends_s, local(known[i].ends));
        assert_int_equal(reading.instants[0].utc_s + reading.instants[0].offset_s, local(known[i].before));
        assert_int_equal(reading.instants[1].utc_s + reading.instants[1].offset_s, local(known[i].after));
    }
    assert_int_equal(read_in("America/New_York", "2024-03-10 01:59:59").finding, ZONE_ONCE);
    assert_int_equal(read_in("America/New_York", "2024-03-10 03:00:00").finding, ZONE_ONCE);
}

static struct zone_day day_in(const char *zone, const char *day)
{
    struct date date;
    assert_true(zone_use(text_of(zone)));
    assert_true(date_from_iso(text_of(day), &date));
    return zone_day(date);
}

static void days_are_as_long_as_they_were(void **state)
{
    (void)state;
    static const struct {
        const char *zone;
        const char *day;
        int hours;
    } known[] = {
        {"Asia/Kolkata", "1990-08-15", 24},      {"America/New_York", "2024-03-10", 23},
        {"America/New_York", "2024-11-03", 25},  {"Pacific/Apia", "2011-12-30", 0},
        {"America/Sao_Paulo", "2018-11-04", 23}, /* its midnight did not exist */
        {"Asia/Kolkata", "1945-10-14", 25},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        struct zone_day day = day_in(known[i].zone, known[i].day);
        assert_int_equal(day.ends_s - day.begins_s, known[i].hours * 3600);
    }
}

static void only_names_of_zones_are_zones(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "",
        "Asia",
        "Asia/Nowhere",
        "/usr/share/zoneinfo/UTC",
        "../zoneinfo/UTC",
        "right/UTC",
        "EST5",
        "posix/Etc/UTC",
        "localtime",
        "posixrules",
        "zone.tab",
        "Asia/Kolkata\n",
        ":UTC",
        "UTC+5",
        "asia/kolkata",
        "Asia/Kolkata/",
        "Asia/Kolkata ",
        "tzdata.zi",
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        if (zone_use(text_of(wrong[i])))
            fail_msg("'%s' was taken for a zone", wrong[i]);
    assert_false(zone_use((struct str){"UTC\0", 4}));
    assert_true(zone_use(STR("Etc/GMT+5")));
    assert_true(zone_use(STR("America/Argentina/Buenos_Aires")));
    assert_true(zone_use(STR("America/Port-au-Prince")));
}

/* Going from an instant to its local time and back finds that instant again, whatever the zone did then. */
static void every_instant_is_found_again(void **state)
{
    (void)state;
    static const char *const zones[] = {"Asia/Kolkata", "America/New_York", "Europe/Berlin",
                                        "Africa/Cairo", "Asia/Pyongyang",   "Australia/Lord_Howe",
                                        "Pacific/Apia", "Asia/Tehran"};
    uint64_t seed = 20261126;
    for (size_t z = 0; z < sizeof zones / sizeof *zones; z++) {
        assert_true(zone_use(text_of(zones[z])));
        for (int i = 0; i < 2000; i++) {
            seed = seed * 6364136223846793005u + 1442695040888963407u;
            int64_t guess = local("1900-01-02 00:00:00") + (int64_t)((seed >> 20) % 3990000000u);
            struct zone_reading reading = zone_read(guess);
            if (reading.finding == ZONE_NEVER) {
                assert_true(guess >= reading.gap_begins_s && guess < reading.gap_ends_s);
                continue;
            }
            for (size_t k = 0; k < (reading.finding == ZONE_TWICE ? 2 : 1); k++)
                assert_int_equal(reading.instants[k].utc_s + reading.instants[k].offset_s, guess);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(history_is_known),
        cmocka_unit_test(amsterdam_has_its_own_time),
        cmocka_unit_test(clocks_that_went_back_show_a_time_twice),
        cmocka_unit_test(the_borders_of_a_time_that_came_twice),
        cmocka_unit_test(clocks_that_jumped_left_times_out),
        cmocka_unit_test(days_are_as_long_as_they_were),
        cmocka_unit_test(only_names_of_zones_are_zones),
        cmocka_unit_test(every_instant_is_found_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
