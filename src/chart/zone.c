/* Which instant was it when the clocks there showed this time?
 *
 * The C library answers the opposite question (what did the clocks show at an instant). So: every offset that
 * was in force around that time is tried, and kept when it leads back to the local time asked for. One is the
 * rule, two after clocks went back, none where they jumped forward. */

#include "chart/zone.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define HOUR_S   (int64_t)3600
#define DAY_S    (int64_t)86400
/* No zone was ever further from UTC, and no jump larger: Samoa left out a day in 2011. */
#define AROUND_S (26 * HOUR_S)

/* Zone files begin with this; a folder or a list of names does not. */
static bool is_zone_file(const char *path)
{
    char magic[4];
    FILE *file = fopen(path, "rbe");
    if (!file)
        return false;
    size_t got = fread(magic, 1, sizeof magic, file);
    (void)fclose(file);
    return got == sizeof magic && memcmp(magic, "TZif", sizeof magic) == 0;
}

/* Area/Location in plain letters. "right/" counts leap seconds, "posix/" doubles every name, "localtime" is
 * whatever this machine is set to: none of them is a name of the IANA database. */
static bool is_zone_name(struct str name)
{
    if (name.len == 0 || name.len > 60 || name.data[0] == '/' || str_starts(name, STR("right/")) ||
        str_starts(name, STR("posix")) || str_eq(name, STR("localtime")))
        return false;
    for (size_t i = 0; i < name.len; i++) {
        char c = name.data[i];
        bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!is_letter && (c == '\0' || !strchr("/_+-", c)))
            return false;
    }
    return true;
}

bool zone_use(struct str name)
{
    if (!is_zone_name(name))
        return false;
    const char *folder = getenv("TZDIR");
    char path[512];
    int len = snprintf(path, sizeof path, "%s/%.*s", folder ? folder : "/usr/share/zoneinfo", STR_ARG(name));
    if (len < 0 || (size_t)len >= sizeof path || !is_zone_file(path))
        return false;
    /* The colon says that it is a file, never a rule like "EST5EDT". */
    char setting[80];
    (void)snprintf(setting, sizeof setting, ":%.*s", STR_ARG(name));
    if (setenv("TZ", setting, 1) != 0)
        return false;
    tzset();
    return true;
}

static struct zone_instant at(int64_t utc_s)
{
    time_t seconds = (time_t)utc_s;
    struct tm local;
    struct zone_instant instant = {.utc_s = utc_s};
    if (!localtime_r(&seconds, &local))
        return instant;
    instant.offset_s = (int32_t)local.tm_gmtoff;
    (void)snprintf(instant.abbreviation, sizeof instant.abbreviation, "%s",
                   local.tm_zone ? local.tm_zone : "");
    return instant;
}

static int32_t offset_at(int64_t utc_s)
{
    return at(utc_s).offset_s;
}

/* The first instant with another offset than `from_s`, where `to_s` has another. */
static int64_t find_change(int64_t from_s, int64_t to_s)
{
    int32_t before = offset_at(from_s);
    while (to_s - from_s > 1) {
        int64_t middle = from_s + (to_s - from_s) / 2;
        if (offset_at(middle) == before)
            from_s = middle;
        else
            to_s = middle;
    }
    return to_s;
}

static void add_instant(struct zone_reading *reading, size_t *count, int64_t local_s, int32_t offset_s)
{
    struct zone_instant instant = at(local_s - offset_s);
    bool is_known = *count == 1 && reading->instants[0].utc_s == instant.utc_s;
    if (instant.offset_s == offset_s && *count < 2 && !is_known)
        reading->instants[(*count)++] = instant;
}

/* The jump over `local_s`: clocks showed one time and a moment later one beyond it. */
static void find_jump(struct zone_reading *reading, int64_t local_s)
{
    for (int64_t from = local_s - AROUND_S; from < local_s + AROUND_S; from += HOUR_S) {
        int32_t before = offset_at(from);
        int32_t after = offset_at(from + HOUR_S);
        if (before == after)
            continue;
        int64_t change = find_change(from, from + HOUR_S);
        if (local_s < change + before || local_s >= change + after)
            continue;
        reading->gap_begins_s = change + before;
        reading->gap_ends_s = change + after;
        reading->instants[0] = at(local_s - after);
        reading->instants[1] = at(local_s - before);
        return;
    }
}

struct zone_reading zone_read(int64_t local_s)
{
    struct zone_reading reading = {.finding = ZONE_NEVER};
    size_t count = 0;
    int32_t previous = offset_at(local_s - AROUND_S);
    add_instant(&reading, &count, local_s, previous);
    for (int64_t hour = -AROUND_S + HOUR_S; hour <= AROUND_S; hour += HOUR_S) {
        int32_t offset = offset_at(local_s + hour);
        if (offset != previous)
            add_instant(&reading, &count, local_s, offset);
        previous = offset;
    }
    if (count > 0)
        reading.finding = count == 1 ? ZONE_ONCE : ZONE_TWICE;
    else
        find_jump(&reading, local_s);
    return reading;
}

/* When the local calendar reached midnight before day number `day`; the jump over it where it never did. */
static int64_t midnight(int64_t day, bool wants_latest)
{
    struct zone_reading reading = zone_read(day * DAY_S);
    if (reading.finding == ZONE_NEVER)
        return reading.gap_ends_s - reading.instants[1].offset_s;
    return reading.instants[reading.finding == ZONE_TWICE && wants_latest].utc_s;
}

struct zone_day zone_day(struct date day)
{
    int64_t number = date_to_days(day);
    return (struct zone_day){.begins_s = midnight(number, false), .ends_s = midnight(number + 1, true)};
}
