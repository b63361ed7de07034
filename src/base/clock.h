#pragma once

/* Time. Only gateway, net and store read it; pure code is given what it needs. */

#include "base/str.h"

int64_t clock_now_ms(void);        /* wall clock, milliseconds since 1970-01-01 UTC */
uint64_t clock_monotonic_ns(void); /* never steps back; for durations only */

static inline uint64_t clock_monotonic_ms(void)
{
    return clock_monotonic_ns() / 1000000;
}

#define DAY_MS (INT64_C(24) * 60 * 60 * 1000)

/* A calendar day, proleptic Gregorian. */
struct date {
    int16_t year;
    uint8_t month; /* 1 to 12 */
    uint8_t day;   /* 1 to 31 */
};

bool date_is_valid(struct date date);
int date_days_in_month(int year, int month);
int64_t date_to_days(struct date date); /* days since 1970-01-01; source: H. Hinnant, days_from_civil */
struct date date_from_days(int64_t days);
int date_weekday(struct date date);                       /* 0 Sunday to 6 Saturday */
bool date_from_iso(struct str text, struct date *out);    /* "YYYY-MM-DD", valid days only */
struct date date_of_ms(int64_t ms, int32_t utc_offset_s); /* the day at that instant in that offset */
