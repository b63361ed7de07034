/* How is a day or a time said? */

#include "talk/telling.h"

struct str tell(const struct telling *telling, const char *name, const struct filling *fillings)
{
    return phrase(telling->phrases, telling->language, telling->flow, name, telling->manner, fillings,
                  telling->arena);
}

struct str tell_date(const struct telling *telling, struct date date)
{
    struct str month =
        tell(telling,
             arena_join(telling->arena, STR("month."), arena_number(telling->arena, date.month)).data, NULL);
    struct filling fillings[] = {
        {"day", arena_number(telling->arena, date.day)},
        {"month", month},
        {"year", arena_number(telling->arena, date.year)},
        {NULL, {0}},
    };
    return tell(telling, "date.words", fillings);
}

/* The part of the day that people name with an hour: half past four is evening in Hindi, not in English. */
static const char *part_of_day(const struct telling *telling, int hour)
{
    int64_t evening = 0;
    if (hour < 4 || hour >= 21)
        return "night";
    if (hour < 12)
        return "morning";
    str_to_int64(tell(telling, "time.evening_from", NULL), &evening);
    return hour < evening ? "afternoon" : "evening";
}

struct str tell_time(const struct telling *telling, int hour, int minute, bool is_label)
{
    if (minute == 0 && hour % 12 == 0)
        return tell(telling, hour == 0 ? "time.midnight" : "time.noon", NULL);
    const char *part = part_of_day(telling, hour);
    const char *name = arena_join(telling->arena, STR("time."), str_from(part)).data;
    const char *label = arena_join(telling->arena, STR("time.label."), str_from(part)).data;
    if (is_label && phrase_exists(telling->phrases, telling->language, telling->flow, label))
        name = label;
    int clock_hour = hour % 12 == 0 ? 12 : hour % 12;
    struct filling fillings[] = {
        {"clock", arena_printf(telling->arena, "%d:%02d", clock_hour, minute)},
        {NULL, {0}},
    };
    return tell(telling, name, fillings);
}
