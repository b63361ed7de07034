/* Which sign, nakshatra and house does a longitude fall in? */

#include "chart/zodiac.h"

#include <math.h>

#define SIGN_DEGREES 30.0

double degrees_in_circle(double degrees)
{
    double turned = fmod(degrees, 360.0);
    if (turned < 0)
        turned += 360.0;
    /* A negative speck plus 360 is 360 itself. */
    return turned < 360.0 ? turned : 0.0;
}

double degrees_between(double a, double b)
{
    return degrees_in_circle(b - a);
}

int sign_of(double longitude)
{
    return (int)(degrees_in_circle(longitude) / SIGN_DEGREES) + 1;
}

double degree_in_sign(double longitude)
{
    return fmod(degrees_in_circle(longitude), SIGN_DEGREES);
}

struct nakshatra nakshatra_of(double sidereal_longitude)
{
    /* 108 quarters of 3 degrees 20 minutes each: counted once, so that star and quarter cannot disagree. */
    int quarter = (int)(degrees_in_circle(sidereal_longitude) * 3.0 / 10.0);
    return (struct nakshatra){.number = quarter / 4 + 1, .pada = quarter % 4 + 1};
}

int house_by_sign(double longitude, double ascendant)
{
    return (sign_of(longitude) - sign_of(ascendant) + 12) % 12 + 1;
}

int house_by_cusps(double longitude, const double cusps[static 12])
{
    for (int house = 0; house < 11; house++) {
        double width = degrees_between(cusps[house], cusps[house + 1]);
        if (degrees_between(cusps[house], longitude) < width)
            return house + 1;
    }
    return 12;
}

struct str body_key(enum body body)
{
    static const struct str keys[BODY_COUNT] = {
        STR_INIT("sun"),  STR_INIT("moon"),    STR_INIT("mercury"), STR_INIT("venus"),
        STR_INIT("mars"), STR_INIT("jupiter"), STR_INIT("saturn"),  STR_INIT("rahu"),
        STR_INIT("ketu"), STR_INIT("uranus"),  STR_INIT("neptune"), STR_INIT("pluto"),
    };
    return keys[body];
}

struct str sign_key(int sign)
{
    static const struct str keys[12] = {
        STR_INIT("aries"),       STR_INIT("taurus"),    STR_INIT("gemini"),   STR_INIT("cancer"),
        STR_INIT("leo"),         STR_INIT("virgo"),     STR_INIT("libra"),    STR_INIT("scorpio"),
        STR_INIT("sagittarius"), STR_INIT("capricorn"), STR_INIT("aquarius"), STR_INIT("pisces"),
    };
    return keys[sign - 1];
}

struct str nakshatra_key(int number)
{
    static const struct str keys[27] = {
        STR_INIT("ashwini"),
        STR_INIT("bharani"),
        STR_INIT("krittika"),
        STR_INIT("rohini"),
        STR_INIT("mrigashira"),
        STR_INIT("ardra"),
        STR_INIT("punarvasu"),
        STR_INIT("pushya"),
        STR_INIT("ashlesha"),
        STR_INIT("magha"),
        STR_INIT("purva_phalguni"),
        STR_INIT("uttara_phalguni"),
        STR_INIT("hasta"),
        STR_INIT("chitra"),
        STR_INIT("swati"),
        STR_INIT("vishakha"),
        STR_INIT("anuradha"),
        STR_INIT("jyeshtha"),
        STR_INIT("mula"),
        STR_INIT("purva_ashadha"),
        STR_INIT("uttara_ashadha"),
        STR_INIT("shravana"),
        STR_INIT("dhanishta"),
        STR_INIT("shatabhisha"),
        STR_INIT("purva_bhadrapada"),
        STR_INIT("uttara_bhadrapada"),
        STR_INIT("revati"),
    };
    return keys[number - 1];
}

struct str house_system_key(enum house_system system)
{
    static const struct str keys[HOUSES_COUNT] = {STR_INIT("whole_sign"), STR_INIT("placidus")};
    return keys[system];
}
