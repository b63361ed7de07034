/* What stands on the picture of a chart? The stored chart's positions and the words for them, nothing that
 * whoever may see it must not know. */

#include "gateway/chart_picture.h"

#include "base/encoding.h"
#include "base/log.h"
#include "gateway/chart_desk.h"
#include "gateway/chart_link.h"
#include "gateway/chart_page.h"
#include "gateway/chart_program.h"

#define BODY_BYTES     20
/* The first digits of a degree are what a picture can show. */
#define ROUND(degrees) ((double)(int64_t)((degrees)*1000) / 1000)

struct order {
    struct gateway *gateway;
    struct arena arena;
    bool is_text;
    void (*done)(void *arg, enum err err, struct str bytes);
    void *arg;
};

static void finish(struct order *order, enum err err, struct str bytes)
{
    struct arena arena = order->arena;
    order->done(order->arg, err, bytes);
    arena_free(&arena);
}

static void drawn(void *arg, enum err err, struct str answer)
{
    struct order *order = arg;
    const struct json *result = NULL;
    struct str bytes;
    if (err != ERR_NONE) {
        finish(order, err, (struct str){0});
        return;
    }
    json_parse(&order->arena, answer, &result);
    struct str text = json_text(json_get(result, "picture"));
    const struct json *error = json_get(result, "error");
    if (text.len == 0) {
        log_event(LOG_ERROR, "a picture can't be drawn", log_str("why", json_text(json_get(error, "code"))),
                  log_str("message", json_text(json_get(error, "message"))));
        finish(order, ERR_INTERNAL, (struct str){0});
    } else if (order->is_text) {
        finish(order, ERR_NONE, text);
    } else if (base64_decode(&order->arena, text, &bytes)) {
        finish(order, ERR_NONE, bytes);
    } else {
        finish(order, ERR_INTERNAL, (struct str){0});
    }
}

/* ---- The job ---- */

static void set_longitude(struct arena *arena, struct json *out, const struct json *both, const char *zodiac)
{
    double longitude = 0;
    json_to_double(json_get(json_get(both, zodiac), "longitude"), &longitude);
    json_set_double(arena, out, zodiac, ROUND(longitude));
}

static struct json *body_of(struct arena *arena, const struct telling *telling, const struct json *both,
                            struct str key)
{
    struct json *out = json_new_object(arena);
    if (key.len > BODY_BYTES)
        key = (struct str){0};
    const char *label = arena_printf(arena, "chart.abbreviation.%.*s", STR_ARG(key)).data;
    json_set_str(arena, out, "body", key);
    json_set_str(arena, out, "label", tell(telling, label, NULL));
    set_longitude(arena, out, both, "sidereal");
    set_longitude(arena, out, both, "tropical");
    if (json_truth(json_get(both, "retrograde")))
        json_set_bool(arena, out, "retrograde", true);
    return out;
}

/* Where an unknown hour leaves two signs for the Moon, it is drawn in neither: the words under the name say
 * which. */
static bool is_drawn(const struct json *chart, struct str body)
{
    return !str_eq(body, STR("moon")) || chart_sign_key(chart, CHART_MOON);
}

static void set_sky(struct arena *arena, struct json *out, const struct telling *telling,
                    const struct json *chart)
{
    static const char *const members[] = {"first", "second", "kind"};
    const struct json *positions = json_get(chart, "positions");
    const struct json *angles = json_get(chart, "angles");
    const struct json *found = json_get(chart, "aspects");
    struct json *bodies = json_new_list(arena);
    struct json *aspects = json_new_list(arena);
    for (size_t i = 0; i < json_count(positions); i++) {
        const struct json *place = json_at(positions, i);
        struct str body = json_text(json_get(place, "body"));
        if (is_drawn(chart, body))
            json_add(arena, bodies, body_of(arena, telling, place, body));
    }
    json_set(arena, out, "bodies", bodies);
    for (size_t i = 0; i < json_count(found); i++) {
        struct json *aspect = json_new_list(arena);
        for (size_t k = 0; k < 3; k++)
            json_add_str(arena, aspect, json_text(json_get(json_at(found, i), members[k])));
        json_add(arena, aspects, aspect);
    }
    json_set(arena, out, "aspects", aspects);
    if (json_kind(json_get(angles, "ascendant")) != JSON_MEMBERS)
        return;
    struct json *midheaven = json_new_object(arena);
    set_longitude(arena, midheaven, json_get(angles, "midheaven"), "tropical");
    json_set(arena, out, "ascendant",
             body_of(arena, telling, json_get(angles, "ascendant"), STR("ascendant")));
    json_set(arena, out, "midheaven", json_get(midheaven, "tropical"));
}

static void add_line(struct arena *arena, struct json *lines, struct str first, struct str second)
{
    if (first.len && second.len)
        json_add_str(arena, lines, arena_printf(arena, "%.*s · %.*s", STR_ARG(first), STR_ARG(second)));
    else if (first.len || second.len)
        json_add_str(arena, lines, first.len ? first : second);
}

static struct json *lines_of(struct arena *arena, const struct chart_picture *picture)
{
    struct json *lines = json_new_list(arena);
    const struct chart_record *record = picture->record;
    const struct telling *telling = &picture->telling;
    if (picture->is_owner || record->shows_birth) {
        add_line(arena, lines, chart_birth_date(telling, record), chart_birth_time(telling, record));
        add_line(arena, lines, chart_birth_place(record), (struct str){0});
    }
    add_line(arena, lines, tell_chart_signs(telling, record->chart),
             tell_chart_nakshatra(telling, record->chart));
    return lines;
}

static struct str form_of(const struct chart_picture *picture)
{
    if (!picture->is_svg)
        return STR("png");
    return picture->is_packed ? STR("svgz") : STR("svg");
}

static struct str job_line(struct gateway *gateway, const struct chart_picture *picture, struct arena *arena)
{
    struct telling telling = picture->telling;
    struct json *job = json_new_object(arena);
    struct json *out = json_new_object(arena);
    const struct chart_record *record = picture->record;
    telling.arena = arena;
    json_set_str(arena, out, "form", form_of(picture));
    json_set_bool(arena, out, "tall", picture->is_tall);
    struct str name = utf8_truncate(json_text(json_get(record->data, "name")), 60);
    json_set_str(arena, out, "title", picture->is_owner && name.len ? name : chart_title(&telling, record));
    json_set(arena, out, "lines", lines_of(arena, picture));
    if (record->link.shared_token.len)
        json_set_str(arena, out, "link",
                     chart_url(gateway->config, record->link.profile, record->link.shared_token, "", arena));
    json_set_str(arena, out, "indian", tell(&telling, "chart_page.indian_chart", NULL));
    json_set_str(arena, out, "western", tell(&telling, "chart_page.western_chart", NULL));
    set_sky(arena, out, &telling, record->chart);
    json_set_str(arena, job, "id", STR("picture"));
    json_set(arena, job, "picture", out);
    return json_print(arena, job);
}

void chart_picture_draw(struct gateway *gateway, const struct chart_picture *picture,
                        void (*done)(void *arg, enum err err, struct str bytes), void *arg)
{
    struct arena arena = {0};
    struct order *order = arena_new(&arena, struct order);
    order->gateway = gateway;
    order->is_text = picture->is_svg && !picture->is_packed;
    order->done = done;
    order->arg = arg;
    struct str line = job_line(gateway, picture, &arena);
    order->arena = arena;
    chart_desk_ask(gateway->chart_desk, line, drawn, order);
}
