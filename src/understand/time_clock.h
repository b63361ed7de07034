#pragma once

/* One clock time in an answer, and what a part of the day makes of it. */

#include "understand/numbers.h"

#define MINUTES_OF_DAY  1440
#define MINUTES_OF_DIAL 720

enum day_part {
    PART_AM = 1,
    PART_PM = 2,
    PART_MORNING = 4,
    PART_DAY = 8,
    PART_AFTERNOON = 16,
    PART_EVENING = 32,
    PART_NIGHT = 64,
    PART_NOON = 128,
    PART_MIDNIGHT = 256
};

struct clock {
    int hour, minute;   /* as said; hour 13 or more, or 0, is the 24-hour clock */
    bool is_24;         /* said to be the 24-hour clock */
    bool is_bare;       /* an hour alone, without a word that says it is one */
    bool is_impossible; /* 25:00, 6:75 */
    unsigned parts;     /* enum day_part, of the words beside it */
};

/* The clock time that begins at the token; gives its tokens, 0 when none does. */
size_t clock_at(const struct heard *heard, size_t at, struct clock *out);

/* The part of the day that begins at the token. */
size_t day_part_at(const struct heard *heard, size_t at, unsigned *part);

/* The minutes of the day that it can be: one, or two with the earlier first. */
size_t clock_resolve(const struct clock *clock, int minutes[static 2]);
