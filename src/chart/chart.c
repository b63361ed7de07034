/* What did the sky look like when and where this person was born?
 *
 * In order: which instant it was, where everything stood then, what rose, which house each body is in; then
 * what is reckoned from that. With an unknown time it is a chart of noon, and only what holds all that day is
 * said. */

#include "chart/chart.h"

#include <math.h>

#define NOON_S          43200
/* Julian day of 1970-01-01 00:00. */
#define JULIAN_DAY_1970 2440587.5
/* Nearer to a pole than a kilometre the horizon and the ecliptic meet in the same two points all day. */
#define POLE_LATITUDE   89.99

static const struct chart_error no_error = {.fault = CHART_NONE};

struct str chart_note_key(enum chart_note note)
{
    static const struct str keys[CHART_NOTE_COUNT] = {
#define X(name, key) STR_INIT(key),
        CHART_NOTE_TABLE(X)
#undef X
    };
    return keys[note];
}

static double julian_day_of(int64_t utc_s)
{
    return JULIAN_DAY_1970 + (double)utc_s / 86400.0;
}

static struct chart_error library_refused(struct arena *arena, const char *why)
{
    return (struct chart_error){.fault = CHART_EPHEMERIS_FAILED,
                                .message = text_clean(arena, arena_copy(arena, str_from(why)))};
}

static struct chart_error time_fault(enum chart_fault fault, const struct zone_reading *reading,
                                     struct str message)
{
    return (struct chart_error){
        .fault = fault, .field = STR("birth_time"), .message = message, .reading = *reading};
}

static struct chart_error pick_instant(const struct chart_job *job, struct zone_instant *out)
{
    int64_t time_s = job->has_time ? job->birth_time_s : NOON_S;
    struct zone_reading reading = zone_read(date_to_days(job->birth_date) * 86400 + time_s);
    switch (reading.finding) {
    case ZONE_NEVER:
        return time_fault(CHART_TIME_DID_NOT_EXIST, &reading, STR("the clocks jumped over that time"));
    case ZONE_TWICE:
        *out = reading.instants[0];
        if (!job->has_time)
            return no_error;
        for (size_t i = 0; i < 2; i++) {
            *out = reading.instants[i];
            if (job->has_utc_offset && out->offset_s == job->utc_offset_s)
                return no_error;
        }
        return time_fault(CHART_TIME_CAME_TWICE, &reading, STR("the clocks went back: that time came twice"));
    case ZONE_ONCE:
        break;
    }
    *out = reading.instants[0];
    return no_error;
}

static struct chart_error find_instant(const struct chart_job *job, struct chart *out)
{
    if (!zone_use(job->timezone))
        return (struct chart_error){.fault = CHART_UNKNOWN_TIMEZONE,
                                    .field = STR("timezone"),
                                    .message = STR("timezone is no zone of the IANA database")};
    struct chart_error error = pick_instant(job, &out->birth);
    if (error.fault != CHART_NONE)
        return error;
    int64_t earliest_s = job->has_time ? out->birth.utc_s : zone_day(job->birth_date).begins_s;
    if (earliest_s > job->now_s)
        return (struct chart_error){.fault = CHART_DATE_OUT_OF_RANGE,
                                    .field = STR("birth_date"),
                                    .message = STR("the birth is in the future")};
    out->julian_day = julian_day_of(out->birth.utc_s);
    return no_error;
}

static struct chart_error place_bodies(struct arena *arena, struct chart *chart)
{
    const char *why;
    if (!ephemeris_ayanamsa_degrees(chart->julian_day, &chart->ayanamsa_degrees))
        return library_refused(arena, "no ayanamsa");
    for (enum body body = 0; body < BODY_COUNT; body++) {
        struct body_place *place = &chart->bodies[body];
        for (enum zodiac zodiac = 0; zodiac < ZODIAC_COUNT; zodiac++) {
            struct sky_position position;
            if (!ephemeris_position(chart->julian_day, body, chart->node, zodiac, &position, &why))
                return library_refused(arena, why);
            place->longitude[zodiac] = position.longitude;
            if (zodiac == ZODIAC_SIDEREAL)
                place->speed = position.speed;
            if (position.source == EPHEMERIS_MOSHIER)
                chart->source = EPHEMERIS_MOSHIER;
        }
        place->is_retrograde = place->speed < 0;
        place->nakshatra = nakshatra_of(place->longitude[ZODIAC_SIDEREAL]);
    }
    return no_error;
}

struct lights {
    double sun[ZODIAC_COUNT];
    double moon[ZODIAC_COUNT];
};

static struct chart_error find_lights(struct arena *arena, const struct chart *chart, int64_t utc_s,
                                      struct lights *out)
{
    for (enum zodiac zodiac = 0; zodiac < ZODIAC_COUNT; zodiac++) {
        struct sky_position sun;
        struct sky_position moon;
        const char *why;
        double moment = julian_day_of(utc_s);
        if (!ephemeris_position(moment, BODY_SUN, chart->node, zodiac, &sun, &why) ||
            !ephemeris_position(moment, BODY_MOON, chart->node, zodiac, &moon, &why))
            return library_refused(arena, why);
        out->sun[zodiac] = sun.longitude;
        out->moon[zodiac] = moon.longitude;
    }
    return no_error;
}

/* From the one to the other neither light moves as far as a sign or a star: equal ends mean the whole span.
 */
static void fill_spans(struct chart *chart, const struct lights *first, const struct lights *last)
{
    for (enum zodiac zodiac = 0; zodiac < ZODIAC_COUNT; zodiac++) {
        struct day_span sun = {sign_of(first->sun[zodiac]), sign_of(last->sun[zodiac])};
        struct day_span moon = {sign_of(first->moon[zodiac]), sign_of(last->moon[zodiac])};
        chart->sun_sign[zodiac] = sun;
        chart->moon_sign[zodiac] = moon;
        if (sun.first != sun.last)
            chart->notes[CHART_NOTE_SUN_SIGN_CHANGES] = true;
        if (moon.first != moon.last)
            chart->notes[CHART_NOTE_MOON_SIGN_CHANGES] = true;
    }
    chart->moon_nakshatra = (struct day_span){nakshatra_of(first->moon[ZODIAC_SIDEREAL]).number,
                                              nakshatra_of(last->moon[ZODIAC_SIDEREAL]).number};
}

/* Signs and star of the whole day where the time is unknown; of the moment else. */
static struct chart_error find_spans(struct arena *arena, const struct chart_job *job, struct chart *chart)
{
    struct lights first;
    for (enum zodiac zodiac = 0; zodiac < ZODIAC_COUNT; zodiac++) {
        first.sun[zodiac] = chart->bodies[BODY_SUN].longitude[zodiac];
        first.moon[zodiac] = chart->bodies[BODY_MOON].longitude[zodiac];
    }
    struct lights last = first;
    if (!chart->has_time) {
        struct zone_day day = zone_day(job->birth_date);
        struct chart_error error = find_lights(arena, chart, day.begins_s, &first);
        if (error.fault == CHART_NONE)
            error = find_lights(arena, chart, day.ends_s, &last);
        if (error.fault != CHART_NONE)
            return error;
    }
    fill_spans(chart, &first, &last);
    return no_error;
}

static struct chart_error find_angles(struct arena *arena, const struct chart_job *job, struct chart *chart)
{
    if (fabs(job->latitude) > POLE_LATITUDE) {
        chart->notes[CHART_NOTE_NO_ASCENDANT_HERE] = true;
        return no_error;
    }
    chart->has_placidus = true;
    for (enum zodiac zodiac = 0; zodiac < ZODIAC_COUNT; zodiac++) {
        struct sky_houses sky;
        if (!ephemeris_houses(chart->julian_day, job->latitude, job->longitude, zodiac, &sky))
            return library_refused(arena, "no ascendant");
        chart->ascendant[zodiac] = sky.ascendant;
        chart->midheaven[zodiac] = sky.midheaven;
        chart->has_placidus = chart->has_placidus && sky.has_placidus;
        for (size_t i = 0; sky.has_placidus && i < 12; i++)
            chart->placidus[zodiac][i] = sky.placidus[i];
    }
    chart->has_ascendant = true;
    chart->notes[CHART_NOTE_NO_PLACIDUS_HERE] = !chart->has_placidus;
    chart->houses = chart->has_placidus ? job->houses : HOUSES_WHOLE_SIGN;
    return no_error;
}

/* Whole sign houses are those of the sidereal zodiac; Placidus houses are the same in both. */
static void fill_houses(struct chart *chart)
{
    for (enum body body = 0; chart->has_ascendant && body < BODY_COUNT; body++) {
        struct body_place *place = &chart->bodies[body];
        place->house[HOUSES_WHOLE_SIGN] =
            house_by_sign(place->longitude[ZODIAC_SIDEREAL], chart->ascendant[ZODIAC_SIDEREAL]);
        if (chart->has_placidus)
            place->house[HOUSES_PLACIDUS] =
                house_by_cusps(place->longitude[ZODIAC_TROPICAL], chart->placidus[ZODIAC_TROPICAL]);
    }
}

static void reckon(const struct chart_job *job, struct chart *chart)
{
    double longitudes[BODY_COUNT];
    double speeds[BODY_COUNT];
    for (enum body body = 0; body < BODY_COUNT; body++) {
        longitudes[body] = chart->bodies[body].longitude[ZODIAC_TROPICAL];
        speeds[body] = chart->bodies[body].speed;
    }
    /* In a day the Moon moves through several aspects: at noon it would show them by chance. */
    chart->aspect_count = aspects_find(longitudes, speeds, chart->has_time, chart->aspects);
    if (!chart->has_time)
        return;
    double moon = chart->bodies[BODY_MOON].longitude[ZODIAC_SIDEREAL];
    chart->dashas = dasha_cycle(moon, chart->birth.utc_s, job->period_s);
    chart->notes[CHART_NOTE_PERIODS_ARE_OVER] = job->period_s >= chart->dashas.maha[DASHA_COUNT - 1].ends_s;
}

struct chart_error chart_compute(struct arena *arena, const struct chart_job *job,
                                 enum ephemeris_source wanted, struct chart *out)
{
    *out = (struct chart){.has_time = job->has_time, .ayanamsa = job->ayanamsa, .node = job->node};
    ephemeris_use(job->ayanamsa);
    struct chart_error error = find_instant(job, out);
    if (error.fault == CHART_NONE)
        error = place_bodies(arena, out);
    if (error.fault == CHART_NONE)
        error = find_spans(arena, job, out);
    if (error.fault == CHART_NONE && job->has_time)
        error = find_angles(arena, job, out);
    if (error.fault != CHART_NONE)
        return error;
    fill_houses(out);
    reckon(job, out);
    out->notes[CHART_NOTE_TIME_UNKNOWN] = !job->has_time;
    out->notes[CHART_NOTE_MOSHIER_EPHEMERIS] = wanted == EPHEMERIS_FILES && out->source == EPHEMERIS_MOSHIER;
    return no_error;
}
