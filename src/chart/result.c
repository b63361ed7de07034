/* How is a chart, or what was wrong, written as one line of JSON? */

#include "chart/result.h"

#include "base/encoding.h"
#include "chart/picture.h"

#include <math.h>

/* 0.0004 arc-seconds: finer than any ephemeris. Cut, never rounded up: 29.99999999 must not read 30. */
static double cut(double degrees)
{
    return trunc(degrees * 1e7) / 1e7;
}

static void set_key(struct arena *arena, struct json *object, const char *name, struct str key)
{
    json_set_str(arena, object, name, key);
}

static struct json *date_and_time(struct arena *arena, int64_t local_s)
{
    struct json *out = json_new_object(arena);
    struct date date = date_of_ms(local_s * 1000, 0);
    int64_t seconds = local_s - date_to_days(date) * 86400;
    json_set_str(arena, out, "birth_date",
                 arena_printf(arena, "%04d-%02d-%02d", date.year, date.month, date.day));
    json_set_str(arena, out, "birth_time",
                 arena_printf(arena, "%02d:%02d:%02d", (int)(seconds / 3600), (int)(seconds / 60 % 60),
                              (int)(seconds % 60)));
    return out;
}

static struct str utc_text(struct arena *arena, int64_t utc_s)
{
    struct date date = date_of_ms(utc_s * 1000, 0);
    int64_t seconds = utc_s - date_to_days(date) * 86400;
    return arena_printf(arena, "%04d-%02d-%02dT%02d:%02d:%02dZ", date.year, date.month, date.day,
                        (int)(seconds / 3600), (int)(seconds / 60 % 60), (int)(seconds % 60));
}

static struct json *longitude_json(struct arena *arena, double longitude)
{
    struct json *out = json_new_object(arena);
    json_set_double(arena, out, "longitude", cut(longitude));
    json_set_int(arena, out, "sign", sign_of(longitude));
    set_key(arena, out, "sign_name", sign_key(sign_of(longitude)));
    json_set_double(arena, out, "degree", cut(degree_in_sign(longitude)));
    return out;
}

static void set_both(struct arena *arena, struct json *object, const double longitudes[static ZODIAC_COUNT])
{
    json_set(arena, object, "sidereal", longitude_json(arena, longitudes[ZODIAC_SIDEREAL]));
    json_set(arena, object, "tropical", longitude_json(arena, longitudes[ZODIAC_TROPICAL]));
}

static struct json *nakshatra_json(struct arena *arena, struct nakshatra nakshatra)
{
    struct json *out = json_new_object(arena);
    json_set_int(arena, out, "number", nakshatra.number);
    set_key(arena, out, "name", nakshatra_key(nakshatra.number));
    json_set_int(arena, out, "pada", nakshatra.pada);
    return out;
}

static void set_house(struct arena *arena, struct json *object, const char *name, int house)
{
    if (house == 0)
        json_set_null(arena, object, name);
    else
        json_set_int(arena, object, name, house);
}

static void set_positions(struct arena *arena, struct json *out, const struct chart *chart)
{
    struct json *list = json_new_list(arena);
    for (enum body body = 0; body < BODY_COUNT; body++) {
        const struct body_place *place = &chart->bodies[body];
        struct json *item = json_new_object(arena);
        set_key(arena, item, "body", body_key(body));
        set_both(arena, item, place->longitude);
        json_set_double(arena, item, "speed", cut(place->speed));
        json_set_bool(arena, item, "retrograde", place->is_retrograde);
        json_set(arena, item, "nakshatra", nakshatra_json(arena, place->nakshatra));
        set_house(arena, item, "house", place->house[chart->houses]);
        set_house(arena, item, "house_whole_sign", place->house[HOUSES_WHOLE_SIGN]);
        set_house(arena, item, "house_placidus", place->house[HOUSES_PLACIDUS]);
        json_add(arena, list, item);
    }
    json_set(arena, out, "positions", list);
}

/* A sign that changed in the course of an unknown hour is not said; the two it may be are. */
static void set_sign(struct arena *arena, struct json *object, const char *name, const char *either_name,
                     struct day_span span)
{
    if (span.first == span.last) {
        set_key(arena, object, name, sign_key(span.first));
        return;
    }
    struct json *either = json_new_list(arena);
    json_add_str(arena, either, sign_key(span.first));
    json_add_str(arena, either, sign_key(span.last));
    json_set_null(arena, object, name);
    json_set(arena, object, either_name, either);
}

static void set_signs(struct arena *arena, struct json *object, const struct chart *chart, enum zodiac zodiac)
{
    set_sign(arena, object, "sun_sign", "sun_sign_either", chart->sun_sign[zodiac]);
    set_sign(arena, object, "moon_sign", "moon_sign_either", chart->moon_sign[zodiac]);
    if (chart->has_ascendant)
        set_key(arena, object, "ascendant", sign_key(sign_of(chart->ascendant[zodiac])));
    else
        json_set_null(arena, object, "ascendant");
}

static void set_moon_nakshatra(struct arena *arena, struct json *out, const struct chart *chart)
{
    struct json *value = nakshatra_json(arena, chart->bodies[BODY_MOON].nakshatra);
    if (chart->moon_nakshatra.first != chart->moon_nakshatra.last)
        json_set_null(arena, out, "nakshatra");
    else
        json_set(arena, out, "nakshatra", value);
    /* Without a time the star may be sure; its quarter, of six hours, never is. */
    if (!chart->has_time)
        json_set_null(arena, value, "pada");
}

static void set_angles(struct arena *arena, struct json *out, const struct chart *chart)
{
    if (!chart->has_ascendant) {
        json_set_null(arena, out, "angles");
        return;
    }
    struct json *angles = json_new_object(arena);
    struct json *ascendant = json_new_object(arena);
    struct json *midheaven = json_new_object(arena);
    set_both(arena, ascendant, chart->ascendant);
    json_set(arena, ascendant, "nakshatra",
             nakshatra_json(arena, nakshatra_of(chart->ascendant[ZODIAC_SIDEREAL])));
    set_both(arena, midheaven, chart->midheaven);
    json_set(arena, angles, "ascendant", ascendant);
    json_set(arena, angles, "midheaven", midheaven);
    json_set(arena, out, "angles", angles);
}

static void set_cusps(struct arena *arena, struct json *object, const char *name,
                      const double cusps[static 12])
{
    struct json *list = json_new_list(arena);
    for (size_t i = 0; i < 12; i++)
        json_add(arena, list, longitude_json(arena, cusps[i]));
    json_set(arena, object, name, list);
}

static void set_houses(struct arena *arena, struct json *out, const struct chart *chart)
{
    if (!chart->has_ascendant) {
        json_set_null(arena, out, "houses");
        return;
    }
    struct json *houses = json_new_object(arena);
    set_key(arena, houses, "system", house_system_key(chart->houses));
    if (chart->has_placidus) {
        struct json *placidus = json_new_object(arena);
        set_cusps(arena, placidus, "sidereal", chart->placidus[ZODIAC_SIDEREAL]);
        set_cusps(arena, placidus, "tropical", chart->placidus[ZODIAC_TROPICAL]);
        json_set(arena, houses, "placidus", placidus);
    } else {
        json_set_null(arena, houses, "placidus");
    }
    json_set(arena, out, "houses", houses);
}

/* Days are local ones at the birth's offset, so that the period running at birth and the birth day agree. */
static struct json *periods_json(struct arena *arena, const struct dasha periods[static DASHA_COUNT],
                                 int32_t offset_s)
{
    struct json *list = json_new_list(arena);
    for (size_t i = 0; i < DASHA_COUNT; i++) {
        struct json *item = json_new_object(arena);
        struct date begins = date_of_ms(periods[i].begins_s * 1000, offset_s);
        struct date ends = date_of_ms(periods[i].ends_s * 1000, offset_s);
        set_key(arena, item, "lord", body_key(periods[i].lord));
        json_set_str(arena, item, "begins",
                     arena_printf(arena, "%04d-%02d-%02d", begins.year, begins.month, begins.day));
        json_set_str(arena, item, "ends",
                     arena_printf(arena, "%04d-%02d-%02d", ends.year, ends.month, ends.day));
        json_add(arena, list, item);
    }
    return list;
}

static void set_dashas(struct arena *arena, struct json *out, const struct chart *chart)
{
    if (!chart->has_time) {
        json_set_null(arena, out, "dasha");
        return;
    }
    const struct dasha_cycle *cycle = &chart->dashas;
    struct json *dasha = json_new_object(arena);
    json_set(arena, dasha, "maha", periods_json(arena, cycle->maha, chart->birth.offset_s));
    if (cycle->has_current) {
        struct json *current = json_new_object(arena);
        set_key(arena, current, "maha", body_key(cycle->maha[cycle->current].lord));
        set_key(arena, current, "antar", body_key(cycle->antar[cycle->current_antar].lord));
        json_set(arena, dasha, "current", current);
        json_set(arena, dasha, "antar", periods_json(arena, cycle->antar, chart->birth.offset_s));
    } else {
        json_set_null(arena, dasha, "current");
        json_set_null(arena, dasha, "antar");
    }
    json_set(arena, out, "dasha", dasha);
}

static void set_aspects(struct arena *arena, struct json *out, const struct chart *chart)
{
    struct json *list = json_new_list(arena);
    for (size_t i = 0; i < chart->aspect_count; i++) {
        const struct aspect *aspect = &chart->aspects[i];
        struct json *item = json_new_object(arena);
        set_key(arena, item, "first", body_key(aspect->first));
        set_key(arena, item, "second", body_key(aspect->second));
        set_key(arena, item, "kind", aspect_key(aspect->kind));
        json_set_int(arena, item, "angle", aspect_angle(aspect->kind));
        json_set_double(arena, item, "orb", cut(aspect->orb));
        json_set_bool(arena, item, "applying", aspect->is_applying);
        json_add(arena, list, item);
    }
    json_set(arena, out, "aspects", list);
}

static void set_notes(struct arena *arena, struct json *out, const struct chart *chart)
{
    struct json *list = json_new_list(arena);
    for (enum chart_note note = 0; note < CHART_NOTE_COUNT; note++)
        if (chart->notes[note])
            json_add_str(arena, list, chart_note_key(note));
    json_set(arena, out, "notes", list);
}

static void set_moment(struct arena *arena, struct json *out, const struct chart *chart)
{
    struct json *ayanamsa = json_new_object(arena);
    json_set_bool(arena, out, "time_known", chart->has_time);
    json_set_str(arena, out, "utc", utc_text(arena, chart->birth.utc_s));
    json_set_int(arena, out, "utc_offset", chart->birth.offset_s);
    json_set_str(arena, out, "zone", text_clean(arena, str_from(chart->birth.abbreviation)));
    json_set_double(arena, out, "julian_day", chart->julian_day);
    set_key(arena, out, "ephemeris", ephemeris_source_key(chart->source));
    set_key(arena, ayanamsa, "name", ayanamsa_key(chart->ayanamsa));
    json_set_double(arena, ayanamsa, "degrees", cut(chart->ayanamsa_degrees));
    json_set(arena, out, "ayanamsa", ayanamsa);
    set_key(arena, out, "node", node_kind_key(chart->node));
}

static struct json *new_answer(struct arena *arena, const struct json *id)
{
    struct json *out = json_new_object(arena);
    if (id)
        json_set(arena, out, "id", id);
    else
        json_set_null(arena, out, "id");
    return out;
}

static struct str answer_chart(struct arena *arena, const struct chart_job *job, const struct chart *chart)
{
    struct json *out = new_answer(arena, job->id);
    struct json *tropical = json_new_object(arena);
    set_signs(arena, out, chart, ZODIAC_SIDEREAL);
    set_signs(arena, tropical, chart, ZODIAC_TROPICAL);
    set_moon_nakshatra(arena, out, chart);
    json_set(arena, out, "tropical", tropical);
    set_moment(arena, out, chart);
    set_angles(arena, out, chart);
    set_houses(arena, out, chart);
    set_positions(arena, out, chart);
    set_dashas(arena, out, chart);
    set_aspects(arena, out, chart);
    set_notes(arena, out, chart);
    return json_print(arena, out);
}

static struct json *choices_json(struct arena *arena, const struct zone_reading *reading)
{
    struct json *list = json_new_list(arena);
    for (size_t i = 0; i < 2; i++) {
        const struct zone_instant *instant = &reading->instants[i];
        struct json *item = date_and_time(arena, instant->utc_s + instant->offset_s);
        json_set_int(arena, item, "utc_offset", instant->offset_s);
        json_set_str(arena, item, "zone", text_clean(arena, str_from(instant->abbreviation)));
        json_add(arena, list, item);
    }
    return list;
}

struct str result_error(struct arena *arena, const struct json *id, const struct chart_error *error)
{
    struct json *out = new_answer(arena, id);
    struct json *inner = json_new_object(arena);
    set_key(arena, inner, "code", chart_fault_code(error->fault));
    json_set_str(arena, inner, "message", error->message);
    if (error->field.len)
        json_set_str(arena, inner, "field", error->field);
    if (error->fault == CHART_TIME_DID_NOT_EXIST) {
        json_set(arena, inner, "gap_begins", date_and_time(arena, error->reading.gap_begins_s));
        json_set(arena, inner, "gap_ends", date_and_time(arena, error->reading.gap_ends_s));
    }
    if (error->fault == CHART_TIME_DID_NOT_EXIST || error->fault == CHART_TIME_CAME_TWICE)
        json_set(arena, inner, "choices", choices_json(arena, &error->reading));
    json_set(arena, out, "error", inner);
    return json_print(arena, out);
}

/* A PNG and a packed SVG in base64, an SVG as the text that it is. */
static struct str answer_picture(struct arena *arena, const struct chart_job *job)
{
    struct picture *picture = arena_new(arena, struct picture);
    struct str bytes;
    struct chart_error error = picture_read(job->picture, picture);
    if (error.fault == CHART_NONE)
        error = picture_draw(picture, arena, &bytes);
    if (error.fault != CHART_NONE)
        return result_error(arena, job->id, &error);
    struct json *out = new_answer(arena, job->id);
    json_set_str(arena, out, "picture",
                 picture->is_svg && !picture->is_packed ? bytes
                                                        : base64_encode(arena, bytes.data, bytes.len));
    return json_print(arena, out);
}

struct str result_for_line(struct arena *arena, struct str line, int64_t now_ms, enum ephemeris_source wanted)
{
    struct chart_job job;
    struct chart *chart = arena_new(arena, struct chart);
    struct chart_error error = job_read(arena, line, now_ms, &job);
    if (error.fault == CHART_NONE && job.picture)
        return answer_picture(arena, &job);
    if (error.fault == CHART_NONE)
        error = chart_compute(arena, &job, wanted, chart);
    if (error.fault != CHART_NONE)
        return result_error(arena, job.id, &error);
    return answer_chart(arena, &job, chart);
}
