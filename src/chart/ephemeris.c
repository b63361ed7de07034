/* Where do the planets, the ascendant and the houses stand, and what were they computed from? */

#include "chart/ephemeris.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <swephexp.h>

#define JULIAN_DAY_2000 2451545.0

static int32 wanted_flag = SEFLG_SWIEPH;
static char reason[AS_MAXCH];

void ephemeris_open(enum ephemeris_source wanted, const char *folder)
{
    char path[AS_MAXCH];
    size_t len = strnlen(folder, sizeof path - 1);
    memcpy(path, folder, len);
    path[len] = '\0';
    /* The library prefers this variable to what it is told; `folder` may be its value. */
    unsetenv("SE_EPHE_PATH");
    swe_set_ephe_path(path);
    wanted_flag = wanted == EPHEMERIS_FILES ? SEFLG_SWIEPH : SEFLG_MOSEPH;
}

void ephemeris_close(void)
{
    swe_close();
}

const char *ephemeris_version(void)
{
    static char version[AS_MAXCH];
    return swe_version(version);
}

enum ephemeris_source ephemeris_probe(void)
{
    enum ephemeris_source source = EPHEMERIS_FILES;
    for (enum body body = BODY_SUN; body <= BODY_MOON; body++) {
        struct sky_position position;
        const char *why;
        if (!ephemeris_position(JULIAN_DAY_2000, body, NODE_MEAN, ZODIAC_TROPICAL, &position, &why) ||
            position.source == EPHEMERIS_MOSHIER)
            source = EPHEMERIS_MOSHIER;
    }
    return source;
}

void ephemeris_use(enum ayanamsa ayanamsa)
{
    static const int32 modes[AYANAMSA_COUNT] = {SE_SIDM_LAHIRI, SE_SIDM_RAMAN, SE_SIDM_KRISHNAMURTI};
    swe_set_sid_mode(modes[ayanamsa], 0, 0);
}

bool ephemeris_ayanamsa_degrees(double julian_day, double *out)
{
    return swe_get_ayanamsa_ex_ut(julian_day, wanted_flag, out, reason) >= 0 && isfinite(*out);
}

static int32 number_of(enum body body, enum node_kind node)
{
    switch (body) {
    case BODY_SUN:
        return SE_SUN;
    case BODY_MOON:
        return SE_MOON;
    case BODY_MERCURY:
        return SE_MERCURY;
    case BODY_VENUS:
        return SE_VENUS;
    case BODY_MARS:
        return SE_MARS;
    case BODY_JUPITER:
        return SE_JUPITER;
    case BODY_SATURN:
        return SE_SATURN;
    case BODY_URANUS:
        return SE_URANUS;
    case BODY_NEPTUNE:
        return SE_NEPTUNE;
    case BODY_PLUTO:
        return SE_PLUTO;
    case BODY_RAHU:
    case BODY_KETU:
    case BODY_COUNT:
        break;
    }
    return node == NODE_MEAN ? SE_MEAN_NODE : SE_TRUE_NODE;
}

static int32 zodiac_flag(enum zodiac zodiac)
{
    return zodiac == ZODIAC_SIDEREAL ? SEFLG_SIDEREAL : 0;
}

bool ephemeris_position(double julian_day, enum body body, enum node_kind node, enum zodiac zodiac,
                        struct sky_position *out, const char **why)
{
    double values[6];
    int32 flags = wanted_flag | SEFLG_SPEED | zodiac_flag(zodiac);
    reason[0] = '\0';
    *why = reason;
    int32 got = swe_calc_ut(julian_day, number_of(body, node), flags, values, reason);
    if (got < 0 || !isfinite(values[0]) || !isfinite(values[3]))
        return false;
    *out = (struct sky_position){
        .longitude = degrees_in_circle(body == BODY_KETU ? values[0] + 180.0 : values[0]),
        .speed = values[3],
        .source = got & SEFLG_MOSEPH ? EPHEMERIS_MOSHIER : EPHEMERIS_FILES,
    };
    return true;
}

bool ephemeris_houses(double julian_day, double latitude, double longitude, enum zodiac zodiac,
                      struct sky_houses *out)
{
    double cusps[13];
    double angles[10];
    int32 flag = zodiac_flag(zodiac);
    out->has_placidus = swe_houses_ex(julian_day, flag, latitude, longitude, 'P', cusps, angles) >= 0;
    for (int house = 0; out->has_placidus && house < 12; house++)
        out->placidus[house] = cusps[house + 1];
    /* Only a system that works everywhere gives an ascendant that is right everywhere. */
    if (!out->has_placidus && swe_houses_ex(julian_day, flag, latitude, longitude, 'W', cusps, angles) < 0)
        return false;
    out->ascendant = angles[SE_ASC];
    out->midheaven = angles[SE_MC];
    return isfinite(out->ascendant) && isfinite(out->midheaven);
}

struct str ayanamsa_key(enum ayanamsa ayanamsa)
{
    static const struct str keys[AYANAMSA_COUNT] = {STR_INIT("lahiri"), STR_INIT("raman"),
                                                    STR_INIT("krishnamurti")};
    return keys[ayanamsa];
}

struct str node_kind_key(enum node_kind node)
{
    static const struct str keys[NODE_COUNT] = {STR_INIT("mean"), STR_INIT("true")};
    return keys[node];
}

struct str ephemeris_source_key(enum ephemeris_source source)
{
    static const struct str keys[] = {STR_INIT("files"), STR_INIT("moshier")};
    return keys[source];
}
