#pragma once

/* The Vimshottari periods: 120 years shared out among nine lords, beginning in the Moon's nakshatra at birth.
 */

#include "chart/zodiac.h"

#define DASHA_COUNT  9
/* A year of 365.25 days, the commonest convention; others shift the dates of late periods by some days. */
#define DASHA_YEAR_S (int64_t)31557600

struct dasha {
    enum body lord;
    int64_t begins_s; /* UTC seconds since 1970; a period ends where the next begins */
    int64_t ends_s;
};

struct dasha_cycle {
    struct dasha maha[DASHA_COUNT];  /* the first is the one running at birth; it began before */
    bool has_current;                /* false once the 120 years are over */
    size_t current;                  /* index in maha */
    struct dasha antar[DASHA_COUNT]; /* of the current one */
    size_t current_antar;
};

/* `moon` is the sidereal longitude at birth; `now_s` tells which period is the current one. */
struct dasha_cycle dasha_cycle(double moon, int64_t birth_s, int64_t now_s);
