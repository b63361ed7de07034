/* Is somebody there at this hour? */

#include "gateway/hours.h"

#define DAY_MINUTES  1440
#define WEEK_MINUTES (7 * DAY_MINUTES)
#define MINUTE_MS    60000
/* 1 January 1970 was a Thursday. */
#define EPOCH_DAY    3

static bool day_from(struct str text, int *out)
{
    static const struct str names[] = {STR_INIT("mon"), STR_INIT("tue"), STR_INIT("wed"), STR_INIT("thu"),
                                       STR_INIT("fri"), STR_INIT("sat"), STR_INIT("sun")};
    for (int day = 0; day < 7; day++) {
        if (str_eq_nocase(text, names[day])) {
            *out = day;
            return true;
        }
    }
    return false;
}

static bool minute_from(struct str text, int *out)
{
    int64_t hour, minute;
    if (text.len != 5 || text.data[2] != ':' || !str_to_int64(str_slice(text, 0, 2), &hour) ||
        !str_to_int64(str_slice(text, 3, 5), &minute))
        return false;
    *out = (int)(hour * 60 + minute);
    return hour >= 0 && minute >= 0 && minute < 60 && *out <= DAY_MINUTES;
}

/* "mon-fri", "09:00-18:00"; false where there is no dash and `is_one` doesn't allow that. */
static bool halves(struct str text, bool is_one, struct str *first, struct str *last)
{
    size_t dash = str_find_char(text, '-');
    *first = dash == STR_NONE ? text : str_slice(text, 0, dash);
    *last = dash == STR_NONE ? text : str_slice(text, dash + 1, text.len);
    return dash != STR_NONE || is_one;
}

static bool span_from(struct str text, struct hours *hours)
{
    struct str days = {0}, first, last;
    size_t at = hours->count;
    struct str times = str_trim(text);
    str_cut(&times, ' ', &days);
    if (at == HOURS_MAX || !halves(days, true, &first, &last) ||
        !day_from(first, &hours->spans[at].from_day) || !day_from(last, &hours->spans[at].to_day))
        return false;
    if (!halves(str_trim(times), false, &first, &last) ||
        !minute_from(first, &hours->spans[at].from_minute) || !minute_from(last, &hours->spans[at].to_minute))
        return false;
    hours->count++;
    return hours->spans[at].from_day <= hours->spans[at].to_day &&
           hours->spans[at].from_minute < hours->spans[at].to_minute;
}

bool hours_from(struct str text, struct hours *out)
{
    struct str span;
    *out = (struct hours){0};
    while (text.len && str_cut(&text, ',', &span))
        if (!span_from(span, out))
            return false;
    return true;
}

bool hours_hold(const struct hours *hours, int64_t local_ms)
{
    int64_t of_week = (local_ms / MINUTE_MS + EPOCH_DAY * DAY_MINUTES) % WEEK_MINUTES;
    int day = (int)(of_week / DAY_MINUTES);
    int minute = (int)(of_week % DAY_MINUTES);
    for (size_t i = 0; i < hours->count; i++)
        if (day >= hours->spans[i].from_day && day <= hours->spans[i].to_day &&
            minute >= hours->spans[i].from_minute && minute < hours->spans[i].to_minute)
            return true;
    return hours->count == 0;
}
