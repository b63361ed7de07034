/* What time is it, and what day is that? */

#include "base/clock.h"

#include <time.h>

int64_t clock_now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

uint64_t clock_monotonic_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static bool is_leap(int year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

int date_days_in_month(int year, int month)
{
    static const uint8_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return month == 2 && is_leap(year) ? 29 : days[month - 1];
}

bool date_is_valid(struct date date)
{
    return date.year >= 1 && date.month >= 1 && date.month <= 12 && date.day >= 1 &&
           date.day <= date_days_in_month(date.year, date.month);
}

/* Years are counted from March, so that the leap day is the last of its year. */
int64_t date_to_days(struct date date)
{
    int64_t year = date.year - (date.month <= 2);
    int64_t era = (year >= 0 ? year : year - 399) / 400;
    int64_t year_of_era = year - era * 400;
    int64_t day_of_year = (153 * (date.month + (date.month > 2 ? -3 : 9)) + 2) / 5 + date.day - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 719468;
}

struct date date_from_days(int64_t days)
{
    days += 719468;
    int64_t era = (days >= 0 ? days : days - 146096) / 146097;
    int64_t day_of_era = days - era * 146097;
    int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t month_from_march = (5 * day_of_year + 2) / 153;
    int64_t month = month_from_march < 10 ? month_from_march + 3 : month_from_march - 9;
    return (struct date){
        .year = (int16_t)(year_of_era + era * 400 + (month <= 2)),
        .month = (uint8_t)month,
        .day = (uint8_t)(day_of_year - (153 * month_from_march + 2) / 5 + 1),
    };
}

int date_weekday(struct date date)
{
    int64_t days = date_to_days(date);
    return (int)(((days + 4) % 7 + 7) % 7);
}

bool date_from_iso(struct str text, struct date *out)
{
    static const char shape[] = "0000-00-00";
    int fields[] = {0, 0, 0}; /* year, month, day */
    if (text.len != sizeof shape - 1)
        return false;
    for (size_t i = 0, field = 0; i < text.len; i++) {
        char c = text.data[i];
        if (shape[i] == '-' ? c != '-' : c < '0' || c > '9')
            return false;
        if (c == '-')
            field++;
        else
            fields[field] = fields[field] * 10 + c - '0';
    }
    *out = (struct date){(int16_t)fields[0], (uint8_t)fields[1], (uint8_t)fields[2]};
    return date_is_valid(*out);
}

struct date date_of_ms(int64_t ms, int32_t utc_offset_s)
{
    int64_t seconds = ms / 1000 + utc_offset_s;
    int64_t days = seconds / 86400 - (seconds % 86400 < 0);
    return date_from_days(days);
}
