/* Which answers are there, and are they any good? Trusts nothing but the values themselves. */

#include "talk/answers.h"

#define PLACE_BYTES 400

static const char *const place_keys[] = {"latitude", "longitude", "timezone"};

static const struct json *value_of(const struct step *step, const struct json *data)
{
    return json_member(data, step->id);
}

static bool is_number_within(const struct json *value, double least, double most)
{
    double number;
    return json_kind(value) == JSON_NUMBER && json_to_double(value, &number) && number >= least &&
           number <= most;
}

bool answer_is_latitude(const struct json *value)
{
    return is_number_within(value, -90, 90);
}

bool answer_is_longitude(const struct json *value)
{
    return is_number_within(value, -180, 180);
}

bool answer_is_timezone(struct str text)
{
    if (text.len == 0 || text.len > 64 || text.data[0] == '/' || text.data[text.len - 1] == '/')
        return false;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.data[i];
        bool is_letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
        bool is_inner = (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '+' || c == '/';
        if (!is_letter && (i == 0 || !is_inner))
            return false;
    }
    return true;
}

bool answer_time(struct str text, int *hour, int *minute)
{
    static const char shape[] = "00:00:00";
    if (text.len != 5 && text.len != 8)
        return false;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.data[i];
        if (shape[i] == ':' ? c != ':' : c < '0' || c > '9')
            return false;
    }
    const char *digits = text.data;
    *hour = (digits[0] - '0') * 10 + digits[1] - '0';
    *minute = (digits[3] - '0') * 10 + digits[4] - '0';
    return *hour < 24 && *minute < 60 && (text.len == 5 || digits[6] < '6');
}

bool answer_date_said(struct str text, struct date *out)
{
    int64_t year, month, day;
    if (text.len != 10 || !str_to_int64(str_slice(text, 0, 4), &year) ||
        !str_to_int64(str_slice(text, 5, 7), &month) || !str_to_int64(str_slice(text, 8, 10), &day) ||
        month > 12 || day > 31)
        return false;
    *out = (struct date){(int16_t)year, (uint8_t)month, (uint8_t)day};
    return true;
}

static bool is_phone(struct str text)
{
    if (text.len < 8 || text.len > 16 || text.data[0] != '+')
        return false;
    for (size_t i = 1; i < text.len; i++)
        if (text.data[i] < '0' || text.data[i] > '9')
            return false;
    return true;
}

static bool is_offered(const struct step *step, struct str id)
{
    for (size_t i = 0; i < step->choice_count; i++)
        if (str_eq(step->choices[i], id))
            return true;
    return false;
}

static bool is_filled(struct str text, size_t most_points)
{
    bool is_short = text.len <= most_points || utf8_length(text) <= most_points;
    return is_short && str_trim(text).len > 0;
}

bool answer_is_valid(const struct step *step, const struct json *data)
{
    const struct json *value = value_of(step, data);
    struct str text = json_text(value);
    struct date date;
    int hour;
    int minute;
    if (json_kind(value) == JSON_NULL_VALUE)
        return step->may_be_unknown;
    switch (step->kind) {
    case ANSWER_NAME:
    case ANSWER_TEXT:
        return is_filled(text, (size_t)step->max_length);
    case ANSWER_DATE:
        return date_from_iso(text, &date) && date.year >= 1900;
    case ANSWER_TIME:
        return answer_time(text, &hour, &minute);
    case ANSWER_PLACE:
        return is_filled(text, PLACE_BYTES) && answer_is_latitude(json_get(data, "latitude")) &&
               answer_is_longitude(json_get(data, "longitude")) &&
               answer_is_timezone(json_text(json_get(data, "timezone")));
    case ANSWER_CHOICE:
        return is_offered(step, text);
    case ANSWER_PHONE:
        return is_phone(text);
    }
    return false;
}

static bool is_listed(struct str id, const struct json *list)
{
    for (size_t i = 0; json_kind(list) == JSON_LIST && i < json_count(list); i++)
        if (str_eq(json_text(json_at(list, i)), id))
            return true;
    return false;
}

bool answer_is_settled(const struct step *step, const struct session *session)
{
    if (answer_is_valid(step, session->data))
        return true;
    return step->may_skip && !value_of(step, session->data) && is_listed(step->id, session->steps_completed);
}

uint32_t answers_settled(const struct flow *flow, const struct session *session)
{
    uint32_t settled = 0;
    for (size_t i = 0; i < flow->step_count; i++)
        settled |= (uint32_t)answer_is_settled(&flow->steps[i], session) << i;
    return settled;
}

static bool is_member_of(const struct step *step, struct str key)
{
    if (str_eq(key, step->id))
        return true;
    for (size_t i = 0; step->kind == ANSWER_PLACE && i < sizeof place_keys / sizeof *place_keys; i++)
        if (str_eq(key, str_from(place_keys[i])))
            return true;
    return false;
}

const struct json *answers_with(const struct json *data, const struct step *step, const struct json *values,
                                struct arena *arena)
{
    struct json *answers = json_new_object(arena);
    void *at = NULL;
    struct str key;
    const struct json *value;
    while (json_kind(data) == JSON_MEMBERS && json_each(data, &at, &key, &value))
        if (!(step && is_member_of(step, key)) && !json_member(values, key))
            json_append(arena, answers, key, value);
    at = NULL;
    while (json_kind(values) == JSON_MEMBERS && json_each(values, &at, &key, &value))
        json_append(arena, answers, key, value);
    return answers;
}

const struct json *answers_completed(const struct flow *flow, const struct json *before, uint32_t settled,
                                     const struct step *answered, struct arena *arena)
{
    struct json *list = json_new_list(arena);
    uint32_t left = settled & ~(1u << flow_index(flow, answered)); /* settled, and not in the list yet */
    for (size_t i = 0; json_kind(before) == JSON_LIST && i < json_count(before); i++) {
        size_t index;
        const struct json *id = json_at(before, i);
        if (!flow_step(flow, json_text(id), &index) || !(left >> index & 1))
            continue;
        json_add(arena, list, id);
        left &= ~(1u << index);
    }
    for (size_t i = 0; i < flow->step_count; i++)
        if (left >> i & 1)
            json_add_str(arena, list, flow->steps[i].id);
    json_add_str(arena, list, answered->id);
    return list;
}

const struct json *answer_members(const struct step *step, struct str value, struct arena *arena)
{
    struct json *members = json_new_object(arena);
    if (step->kind == ANSWER_TIME && value.len == 5)
        value = arena_join(arena, value, STR(":00"));
    json_put_str(arena, members, step->id, text_clean(arena, value));
    return members;
}

const struct json *answer_unknown(const struct step *step, struct arena *arena)
{
    struct json *members = json_new_object(arena);
    json_put_null(arena, members, step->id);
    return members;
}

/* "Pune, Maharashtra, India": without what is empty or says the same twice. */
static struct str place_name(const struct place *place, struct arena *arena)
{
    struct buf name = {.arena = arena};
    buf_put(&name, place->name);
    if (place->admin1.len && !str_eq(place->admin1, place->name))
        buf_printf(&name, ", %.*s", STR_ARG(place->admin1));
    if (place->country_name.len && !str_eq(place->country_name, place->name))
        buf_printf(&name, ", %.*s", STR_ARG(place->country_name));
    return utf8_truncate(text_clean(arena, buf_str(&name)), PLACE_BYTES);
}

const struct json *answer_place(const struct step *step, const struct place *place, struct arena *arena)
{
    struct json *members = json_new_object(arena);
    json_put_str(arena, members, step->id, place_name(place, arena));
    json_set_double(arena, members, "latitude", place->latitude);
    json_set_double(arena, members, "longitude", place->longitude);
    json_set_str(arena, members, "timezone", text_clean(arena, place->timezone));
    return members;
}
