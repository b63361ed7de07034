/* Which planets stand at an angle to each other that counts? */

#include "chart/aspects.h"

#include <math.h>

struct rule {
    struct str key;
    int angle;
    double widest_orb;
};

/* The orbs are narrow enough that no pair can have two aspects. */
static const struct rule rules[ASPECT_COUNT] = {
    {STR_INIT("conjunction"), 0, 8.0}, {STR_INIT("sextile"), 60, 6.0},     {STR_INIT("square"), 90, 7.0},
    {STR_INIT("trine"), 120, 8.0},     {STR_INIT("opposition"), 180, 8.0},
};

int aspect_angle(enum aspect_kind kind)
{
    return rules[kind].angle;
}

struct str aspect_key(enum aspect_kind kind)
{
    return rules[kind].key;
}

/* The shorter way round, 0 to 180. */
static double separation(double a, double b)
{
    double forward = degrees_between(a, b);
    return forward > 180.0 ? 360.0 - forward : forward;
}

static bool find_kind(double apart, enum aspect_kind *out)
{
    for (enum aspect_kind kind = 0; kind < ASPECT_COUNT; kind++) {
        if (fabs(apart - rules[kind].angle) <= rules[kind].widest_orb) {
            *out = kind;
            return true;
        }
    }
    return false;
}

static bool takes_part(enum body body, bool with_moon)
{
    return body != BODY_RAHU && body != BODY_KETU && (with_moon || body != BODY_MOON);
}

size_t aspects_find(const double longitudes[static BODY_COUNT], const double speeds[static BODY_COUNT],
                    bool with_moon, struct aspect out[static ASPECTS_MAX])
{
    /* Long enough that the change is more than rounding, short enough that nothing passes exactness unseen.
     */
    const double moment_days = 1e-4;
    size_t count = 0;
    for (enum body a = 0; a < BODY_COUNT; a++) {
        for (enum body b = a + 1; b < BODY_COUNT; b++) {
            enum aspect_kind kind;
            double apart = separation(longitudes[a], longitudes[b]);
            if (!takes_part(a, with_moon) || !takes_part(b, with_moon) || !find_kind(apart, &kind))
                continue;
            double soon =
                separation(longitudes[a] + speeds[a] * moment_days, longitudes[b] + speeds[b] * moment_days);
            double orb = fabs(apart - rules[kind].angle);
            bool is_applying = fabs(soon - rules[kind].angle) < orb;
            out[count++] = (struct aspect){a, b, kind, orb, is_applying};
        }
    }
    return count;
}
