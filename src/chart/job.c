/* What exactly does this line ask for, and is it something that can be answered? */

#include "chart/job.h"

#include <math.h>

/* Long enough for a UUID or a database key, short enough for a log. */
#define ID_BYTES_MAX     128
/* No zone was ever 16 hours from UTC. */
#define UTC_OFFSET_MAX_S 57600

static const struct date first_day = {1900, 1, 1};

struct str chart_fault_code(enum chart_fault fault)
{
    static const struct str codes[] = {
#define X(name, code) STR_INIT(code),
        CHART_FAULT_TABLE(X)
#undef X
    };
    return codes[fault];
}

static struct chart_error invalid(struct str field, struct str message)
{
    return (struct chart_error){.fault = CHART_INVALID, .field = field, .message = message};
}

static const struct json *readable_id(const struct json *id)
{
    bool is_short_text = json_kind(id) == JSON_TEXT && json_text(id).len <= ID_BYTES_MAX;
    return is_short_text || json_kind(id) == JSON_NUMBER ? id : NULL;
}

static bool is_given(const struct json *object, const char *key)
{
    enum json_kind kind = json_kind(json_get(object, key));
    return kind != JSON_ABSENT && kind != JSON_NULL_VALUE;
}

/* Two digits at `at`, up to `most`. */
static bool two_digits(struct str text, size_t at, int most, int32_t *out)
{
    int64_t number;
    struct str digits = str_slice(text, at, at + 2);
    if (digits.len != 2 || !str_to_int64(digits, &number) || number < 0 || number > most)
        return false;
    *out = (int32_t)number;
    return true;
}

/* HH:MM or HH:MM:SS. */
static bool read_time(struct str text, int32_t *out)
{
    int32_t hours;
    int32_t minutes;
    int32_t seconds = 0;
    if ((text.len != 5 && text.len != 8) || text.data[2] != ':' || (text.len == 8 && text.data[5] != ':') ||
        !two_digits(text, 0, 23, &hours) || !two_digits(text, 3, 59, &minutes) ||
        (text.len == 8 && !two_digits(text, 6, 59, &seconds)))
        return false;
    *out = hours * 3600 + minutes * 60 + seconds;
    return true;
}

static bool read_degrees(const struct json *value, double most, double *out)
{
    return json_kind(value) == JSON_NUMBER && json_to_double(value, out) && fabs(*out) <= most;
}

/* One of `count` keys; absent leaves the first, the usual one. */
static bool read_choice(const struct json *object, const char *name, struct str (*key_of)(int), int count,
                        int *out)
{
    *out = 0;
    if (!is_given(object, name))
        return true;
    for (int i = 0; i < count; i++) {
        if (str_eq(json_text(json_get(object, name)), key_of(i))) {
            *out = i;
            return true;
        }
    }
    return false;
}

static struct str ayanamsa_choice(int i)
{
    return ayanamsa_key((enum ayanamsa)i);
}

static struct str houses_choice(int i)
{
    return house_system_key((enum house_system)i);
}

static struct str node_choice(int i)
{
    return node_kind_key((enum node_kind)i);
}

static struct chart_error read_settings(const struct json *object, struct chart_job *out)
{
    int ayanamsa;
    int houses;
    int node;
    if (!read_choice(object, "ayanamsa", ayanamsa_choice, AYANAMSA_COUNT, &ayanamsa))
        return invalid(STR("ayanamsa"), STR("ayanamsa is lahiri, raman or krishnamurti"));
    if (!read_choice(object, "houses", houses_choice, HOUSES_COUNT, &houses))
        return invalid(STR("houses"), STR("houses is whole_sign or placidus"));
    if (!read_choice(object, "node", node_choice, NODE_COUNT, &node))
        return invalid(STR("node"), STR("node is mean or true"));
    out->ayanamsa = (enum ayanamsa)ayanamsa;
    out->houses = (enum house_system)houses;
    out->node = (enum node_kind)node;
    return (struct chart_error){.fault = CHART_NONE};
}

static struct chart_error read_place(const struct json *object, struct chart_job *out)
{
    if (!read_degrees(json_get(object, "latitude"), 90.0, &out->latitude))
        return invalid(STR("latitude"), STR("latitude is a number from -90 to 90"));
    if (!read_degrees(json_get(object, "longitude"), 180.0, &out->longitude))
        return invalid(STR("longitude"), STR("longitude is a number from -180 to 180"));
    out->timezone = json_text(json_get(object, "timezone"));
    if (out->timezone.len == 0)
        return invalid(STR("timezone"), STR("timezone is the name of an IANA zone"));
    return (struct chart_error){.fault = CHART_NONE};
}

static struct chart_error read_moment(const struct json *object, struct chart_job *out)
{
    if (!date_from_iso(json_text(json_get(object, "birth_date")), &out->birth_date))
        return invalid(STR("birth_date"), STR("birth_date is a day as YYYY-MM-DD"));
    if (date_to_days(out->birth_date) < date_to_days(first_day))
        return (struct chart_error){.fault = CHART_DATE_OUT_OF_RANGE,
                                    .field = STR("birth_date"),
                                    .message = STR("births before 1900-01-01 are not computed")};
    out->has_time = is_given(object, "birth_time");
    if (out->has_time && !read_time(json_text(json_get(object, "birth_time")), &out->birth_time_s))
        return invalid(STR("birth_time"), STR("birth_time is HH:MM, HH:MM:SS or null"));
    int64_t offset_s = 0;
    out->has_utc_offset = is_given(object, "utc_offset");
    if (out->has_utc_offset && (!json_to_int64(json_get(object, "utc_offset"), &offset_s) ||
                                offset_s < -UTC_OFFSET_MAX_S || offset_s > UTC_OFFSET_MAX_S))
        return invalid(STR("utc_offset"), STR("utc_offset is local time minus UTC in seconds"));
    out->utc_offset_s = (int32_t)offset_s;
    return (struct chart_error){.fault = CHART_NONE};
}

static struct chart_error read_today(const struct json *object, struct chart_job *out)
{
    struct date today;
    if (!is_given(object, "today"))
        return (struct chart_error){.fault = CHART_NONE};
    if (!date_from_iso(json_text(json_get(object, "today")), &today))
        return invalid(STR("today"), STR("today is a day as YYYY-MM-DD"));
    out->period_s = date_to_days(today) * 86400;
    return (struct chart_error){.fault = CHART_NONE};
}

struct chart_error job_read(struct arena *arena, struct str line, int64_t now_ms, struct chart_job *out)
{
    *out = (struct chart_job){.now_s = now_ms / 1000, .period_s = now_ms / 1000};
    const struct json *object;
    if (json_parse(arena, line, &object) != ERR_NONE || json_kind(object) != JSON_MEMBERS)
        return (struct chart_error){.fault = CHART_MALFORMED,
                                    .message = STR("a job is one JSON object on a line")};
    out->id = readable_id(json_get(object, "id"));
    if (is_given(object, "picture")) {
        out->picture = json_get(object, "picture");
        return (struct chart_error){.fault = CHART_NONE};
    }
    struct chart_error (*const parts[])(const struct json *, struct chart_job *) = {
        read_moment, read_place, read_settings, read_today};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        struct chart_error error = parts[i](object, out);
        if (error.fault != CHART_NONE)
            return error;
    }
    return (struct chart_error){.fault = CHART_NONE};
}
