#pragma once

/* The circle and what people divide it into: signs, nakshatras, houses. Pure arithmetic on ecliptic
 * longitudes in degrees, and the keys under which the language files name these things. */

#include "base/str.h"

enum zodiac { ZODIAC_SIDEREAL, ZODIAC_TROPICAL, ZODIAC_COUNT };

/* In the order in which charts list them. */
enum body {
    BODY_SUN,
    BODY_MOON,
    BODY_MERCURY,
    BODY_VENUS,
    BODY_MARS,
    BODY_JUPITER,
    BODY_SATURN,
    BODY_RAHU, /* the Moon's ascending node */
    BODY_KETU, /* opposite Rahu */
    BODY_URANUS,
    BODY_NEPTUNE,
    BODY_PLUTO,
    BODY_COUNT
};

enum house_system { HOUSES_WHOLE_SIGN, HOUSES_PLACIDUS, HOUSES_COUNT };

struct nakshatra {
    int number; /* 1 Ashwini to 27 Revati */
    int pada;   /* its quarter, 1 to 4 */
};

double degrees_in_circle(double degrees);   /* the same direction in [0, 360) */
double degrees_between(double a, double b); /* from a forward to b, [0, 360) */
int sign_of(double longitude);              /* 1 Aries to 12 Pisces */
double degree_in_sign(double longitude);    /* [0, 30) */
struct nakshatra nakshatra_of(double sidereal_longitude);

/* 1 to 12: the ascendant's whole sign is the first house. */
int house_by_sign(double longitude, double ascendant);
/* 1 to 12: between which two of the twelve cusps, all of the same zodiac as the longitude. */
int house_by_cusps(double longitude, const double cusps[static 12]);

struct str body_key(enum body body);                   /* "sun" */
struct str sign_key(int sign);                         /* "aries" */
struct str nakshatra_key(int number);                  /* "ashwini" */
struct str house_system_key(enum house_system system); /* "whole_sign" */
