#pragma once

/* A birth chart: everything that is computed from a date, a time and a place. */

#include "chart/aspects.h"
#include "chart/dasha.h"
#include "chart/job.h"

/* What whoever shows the chart has to say with it. */
/*       name               key in the answer */
#define CHART_NOTE_TABLE(X)                                                                                  \
    X(TIME_UNKNOWN, "time_unknown")           /* noon; no ascendant, houses, periods, aspects of the Moon */ \
    X(SUN_SIGN_CHANGES, "sun_sign_changes")   /* on that day, so it is not known: in some zodiac */          \
    X(MOON_SIGN_CHANGES, "moon_sign_changes") /* likewise */                                                 \
    X(NO_PLACIDUS_HERE, "no_placidus_here")   /* beyond the polar circles: whole sign houses instead */      \
    X(NO_ASCENDANT_HERE, "no_ascendant_here") /* at a pole nothing rises: no ascendant, no houses */         \
    X(PERIODS_ARE_OVER, "periods_are_over")   /* the 120 years have passed: no current period */             \
    X(MOSHIER_EPHEMERIS, "moshier_ephemeris") /* files were wanted and some are missing */

enum chart_note {
#define X(name, key) CHART_NOTE_##name,
    CHART_NOTE_TABLE(X)
#undef X
        CHART_NOTE_COUNT
};

struct body_place {
    double longitude[ZODIAC_COUNT];
    double speed; /* degrees a day in the sidereal zodiac; precession apart, the tropical one */
    bool is_retrograde;
    struct nakshatra nakshatra;
    int house[HOUSES_COUNT]; /* 1 to 12; 0 where there is none */
};

/* What holds from the day's first instant to its last; the same twice where the time is known. */
struct day_span {
    int first;
    int last;
};

struct chart {
    struct zone_instant birth; /* noon where the time is unknown */
    double julian_day;         /* of universal time */
    bool has_time;
    enum ephemeris_source source; /* the poorest that any position came from */
    enum ayanamsa ayanamsa;
    double ayanamsa_degrees;
    enum node_kind node;
    struct body_place bodies[BODY_COUNT];

    struct day_span sun_sign[ZODIAC_COUNT];
    struct day_span moon_sign[ZODIAC_COUNT];
    struct day_span moon_nakshatra;

    bool has_ascendant;
    double ascendant[ZODIAC_COUNT];
    double midheaven[ZODIAC_COUNT];
    enum house_system houses; /* in use: what was asked for, else whole sign */
    bool has_placidus;
    double placidus[ZODIAC_COUNT][12];

    struct dasha_cycle dashas; /* only where the time is known */
    size_t aspect_count;
    struct aspect aspects[ASPECTS_MAX];
    bool notes[CHART_NOTE_COUNT];
};

/* Computes; on a fault `out` is not to be used. `ephemeris_open` comes first. `wanted` is what was opened. */
struct chart_error chart_compute(struct arena *arena, const struct chart_job *job,
                                 enum ephemeris_source wanted, struct chart *out);

struct str chart_note_key(enum chart_note note);
