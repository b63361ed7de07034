#pragma once

/* The angles between planets that western astrology names. */

#include "chart/zodiac.h"

enum aspect_kind {
    ASPECT_CONJUNCTION,
    ASPECT_SEXTILE,
    ASPECT_SQUARE,
    ASPECT_TRINE,
    ASPECT_OPPOSITION,
    ASPECT_COUNT
};

struct aspect {
    enum body first;
    enum body second; /* later in enum body than the first */
    enum aspect_kind kind;
    double orb;       /* degrees away from exact, never negative */
    bool is_applying; /* the orb is shrinking */
};

/* Sun to Pluto without the nodes: ten planets, so at most 45 pairs. */
#define ASPECTS_MAX 45

int aspect_angle(enum aspect_kind kind);
struct str aspect_key(enum aspect_kind kind); /* "conjunction" */

/* Longitudes and speeds by enum body, in either zodiac. Leaves the Moon out unless `with_moon`. How far from
 * exact still counts: conjunction, trine and opposition 8 degrees, square 7, sextile 6. Gives how many. */
size_t aspects_find(const double longitudes[static BODY_COUNT], const double speeds[static BODY_COUNT],
                    bool with_moon, struct aspect out[static ASPECTS_MAX]);
