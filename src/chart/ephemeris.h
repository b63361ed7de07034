#pragma once

/* Where the heavens stand at a moment. The only place that knows Swiss Ephemeris.
 * Moments are Julian days of universal time; civil time is taken as UT1 (they differ by less than 0.9 s, a
 * birth time by a minute at best), as chart programs do. State is the library's, per thread: use one thread.
 */

#include "chart/zodiac.h"

/* What a position was computed from. The library falls back from files to Moshier's series silently: every
 * position says what it got. Moshier is within 3 arc-seconds (the true node: one arc-minute). */
enum ephemeris_source { EPHEMERIS_FILES, EPHEMERIS_MOSHIER };

/* Which zero point the sidereal zodiac has. */
enum ayanamsa { AYANAMSA_LAHIRI, AYANAMSA_RAMAN, AYANAMSA_KRISHNAMURTI, AYANAMSA_COUNT };

/* Which of the two ways to reckon the Moon's node. */
enum node_kind { NODE_MEAN, NODE_TRUE, NODE_COUNT };

/* The folder of the files where nobody names another: Debian's swe-basic-data. */
#define EPHEMERIS_FOLDER "/usr/share/libswe/ephe"

/* Once, before anything else. `folder` at most 200 bytes; missing files are no error (see above). */
void ephemeris_open(enum ephemeris_source wanted, const char *folder);
void ephemeris_close(void);

/* What the Sun and the Moon of today are computed from: the poorer of the two. */
enum ephemeris_source ephemeris_probe(void);

const char *ephemeris_version(void); /* the library's; static */

/* For all sidereal longitudes and house cusps that follow. */
void ephemeris_use(enum ayanamsa ayanamsa);
bool ephemeris_ayanamsa_degrees(double julian_day, double *out);

struct sky_position {
    double longitude; /* degrees, apparent, geocentric, of date */
    double speed;     /* degrees a day; negative: retrograde */
    enum ephemeris_source source;
};

/* False where the library refuses; `*why` is then its reason, valid until the next call. */
bool ephemeris_position(double julian_day, enum body body, enum node_kind node, enum zodiac zodiac,
                        struct sky_position *out, const char **why);

struct sky_houses {
    double ascendant;
    double midheaven;
    bool has_placidus; /* not beyond the polar circles, where some degrees never rise */
    double placidus[12];
};

bool ephemeris_houses(double julian_day, double latitude, double longitude, enum zodiac zodiac,
                      struct sky_houses *out);

struct str ayanamsa_key(enum ayanamsa ayanamsa);               /* "lahiri" */
struct str node_kind_key(enum node_kind node);                 /* "mean" */
struct str ephemeris_source_key(enum ephemeris_source source); /* "files", "moshier" */
