#pragma once

/* Hours of the week at which somebody is there. Pure. */

#include "base/str.h"

#define HOURS_MAX 14

struct hours {
    struct {
        int from_day, to_day;       /* 0: Monday */
        int from_minute, to_minute; /* of the day; open from the first, closed at the last */
    } spans[HOURS_MAX];
    size_t count; /* 0: always */
};

/* "mon-fri 09:00-18:00, sat 10:00-14:00"; empty: always. False: it is none. A span ends on its day: the night
 * is two spans, "fri 20:00-24:00, sat 00:00-02:00". */
bool hours_from(struct str text, struct hours *out);

/* `local_ms`: Unix milliseconds by the clock on the wall there. */
bool hours_hold(const struct hours *hours, int64_t local_ms);
