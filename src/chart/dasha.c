/* Which planet's period was it at birth, which followed, and which is it now? */

#include "chart/dasha.h"

#include <math.h>

struct share {
    enum body lord;
    int years;
};

/* The order in which the nakshatras, and so the periods, are ruled. */
static const struct share shares[DASHA_COUNT] = {
    {BODY_KETU, 7},  {BODY_VENUS, 20},   {BODY_SUN, 6},     {BODY_MOON, 10},    {BODY_MARS, 7},
    {BODY_RAHU, 18}, {BODY_JUPITER, 16}, {BODY_SATURN, 19}, {BODY_MERCURY, 17},
};

#define CYCLE_YEARS 120

/* Nine periods from `begins_s` on, `first` leading; `unit_s` is the length of one year's share. */
static void share_out(struct dasha periods[static DASHA_COUNT], size_t first, int64_t begins_s,
                      int64_t unit_s)
{
    for (size_t i = 0; i < DASHA_COUNT; i++) {
        const struct share *share = &shares[(first + i) % DASHA_COUNT];
        int64_t ends_s = begins_s + share->years * unit_s;
        periods[i] = (struct dasha){.lord = share->lord, .begins_s = begins_s, .ends_s = ends_s};
        begins_s = ends_s;
    }
}

static bool find_current(const struct dasha periods[static DASHA_COUNT], int64_t now_s, size_t *out)
{
    for (size_t i = 0; i < DASHA_COUNT; i++) {
        if (now_s >= periods[i].begins_s && now_s < periods[i].ends_s) {
            *out = i;
            return true;
        }
    }
    return false;
}

struct dasha_cycle dasha_cycle(double moon, int64_t birth_s, int64_t now_s)
{
    struct dasha_cycle cycle = {0};
    double stars = degrees_in_circle(moon) * 27.0 / 360.0;
    size_t first = ((size_t)nakshatra_of(moon).number - 1) % DASHA_COUNT;
    double elapsed_years = (stars - floor(stars)) * shares[first].years;
    int64_t begins_s = birth_s - llround(elapsed_years * (double)DASHA_YEAR_S);
    share_out(cycle.maha, first, begins_s, DASHA_YEAR_S);
    cycle.has_current = find_current(cycle.maha, now_s, &cycle.current);
    if (cycle.has_current) {
        size_t ruling = (first + cycle.current) % DASHA_COUNT;
        share_out(cycle.antar, ruling, cycle.maha[cycle.current].begins_s,
                  shares[ruling].years * DASHA_YEAR_S / CYCLE_YEARS);
        find_current(cycle.antar, now_s, &cycle.current_antar);
    }
    return cycle;
}
