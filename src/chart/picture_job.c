/* What does the job want drawn, and is it something that can be? */

#include "chart/aspects.h"
#include "chart/picture.h"

#include <math.h>

#define TEXT_POINTS  120
#define LABEL_POINTS 8
#define LINK_BYTES   500

static struct chart_error invalid(struct str message)
{
    return (struct chart_error){.fault = CHART_INVALID, .field = STR("picture"), .message = message};
}

static bool read_degrees(const struct json *value, double *out)
{
    return json_kind(value) == JSON_NUMBER && json_to_double(value, out) && isfinite(*out) && *out >= 0 &&
           *out < 360;
}

static int body_from(struct str key)
{
    for (int body = 0; body < BODY_COUNT; body++)
        if (str_eq(key, body_key((enum body)body)))
            return body;
    return BODY_COUNT;
}

static bool read_body(const struct json *value, struct picture_body *out)
{
    *out = (struct picture_body){
        .body = body_from(json_text(json_get(value, "body"))),
        .label = utf8_truncate(json_text(json_get(value, "label")), LABEL_POINTS),
        .is_retrograde = json_truth(json_get(value, "retrograde")),
    };
    return out->label.len > 0 && read_degrees(json_get(value, "sidereal"), &out->sidereal) &&
           read_degrees(json_get(value, "tropical"), &out->tropical);
}

static bool read_bodies(const struct json *list, struct picture *out)
{
    for (size_t i = 0; i < json_count(list) && i < PICTURE_BODIES; i++) {
        struct picture_body *body = &out->bodies[out->body_count++];
        if (!read_body(json_at(list, i), body) || body->body == BODY_COUNT)
            return false;
    }
    return true;
}

static size_t index_of(const struct picture *picture, struct str key)
{
    int body = body_from(key);
    for (size_t i = 0; i < picture->body_count; i++)
        if (picture->bodies[i].body == body)
            return i;
    return PICTURE_BODIES;
}

static bool read_aspects(const struct json *list, struct picture *out)
{
    for (size_t i = 0; i < json_count(list) && out->aspect_count < PICTURE_ASPECTS; i++) {
        const struct json *item = json_at(list, i);
        struct picture_aspect *aspect = &out->aspects[out->aspect_count];
        *aspect = (struct picture_aspect){.first = index_of(out, json_text(json_at(item, 0))),
                                          .second = index_of(out, json_text(json_at(item, 1)))};
        while (aspect->kind < ASPECT_COUNT &&
               !str_eq(json_text(json_at(item, 2)), aspect_key((enum aspect_kind)aspect->kind)))
            aspect->kind++;
        if (aspect->first == PICTURE_BODIES || aspect->second == PICTURE_BODIES ||
            aspect->kind == ASPECT_COUNT)
            return false;
        out->aspect_count++;
    }
    return true;
}

static struct str read_text(const struct json *object, const char *key)
{
    return utf8_truncate(json_text(json_get(object, key)), TEXT_POINTS);
}

struct chart_error picture_read(const struct json *wanted, struct picture *out)
{
    const struct json *lines = json_get(wanted, "lines");
    const struct json *ascendant = json_get(wanted, "ascendant");
    struct str form = json_text(json_get(wanted, "form"));
    *out = (struct picture){
        .is_svg = str_eq(form, STR("svg")) || str_eq(form, STR("svgz")),
        .is_packed = str_eq(form, STR("svgz")),
        .is_tall = json_truth(json_get(wanted, "tall")),
        .title = read_text(wanted, "title"),
        .link = json_text(json_get(wanted, "link")),
        .captions = {read_text(wanted, "indian"), read_text(wanted, "western")},
        .has_ascendant = json_kind(ascendant) == JSON_MEMBERS,
    };
    if (!out->is_svg && !str_eq(form, STR("png")))
        return invalid(STR("form is png, svg or svgz"));
    if (out->link.len > LINK_BYTES)
        return invalid(STR("link is at most 500 bytes long"));
    for (size_t i = 0; i < json_count(lines) && i < PICTURE_LINES; i++)
        out->lines[out->line_count++] = utf8_truncate(json_text(json_at(lines, i)), TEXT_POINTS);
    if (!read_bodies(json_get(wanted, "bodies"), out))
        return invalid(STR("bodies is a list of body, label, sidereal and tropical degrees"));
    if (!read_aspects(json_get(wanted, "aspects"), out))
        return invalid(STR("aspects is a list of two bodies and a kind"));
    if (out->has_ascendant && (!read_body(ascendant, &out->ascendant) ||
                               !read_degrees(json_get(wanted, "midheaven"), &out->midheaven)))
        return invalid(
            STR("ascendant has a label, sidereal and tropical degrees, and comes with the midheaven"));
    return (struct chart_error){.fault = CHART_NONE};
}
