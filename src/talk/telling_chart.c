/* What does a chart say, in words? All of them are phrases: plain ones, without fear and without promises. */

#include "talk/chart_keys.h"
#include "talk/telling.h"

/* The three signs: members of the chart, and how their phrases are called. */
static const struct {
    const char *member;
    const char *either; /* NULL: it has none */
    const char *name;
} places[CHART_SIGNS] = {
    [CHART_SUN] = {"sun_sign", "sun_sign_either", "sun"},
    [CHART_MOON] = {"moon_sign", "moon_sign_either", "moon"},
    [CHART_ASCENDANT] = {"ascendant", NULL, "ascendant"},
};

/* NULL when it is no key of the list, or null. */
static const char *known_key(const struct json *value, const char *const *keys, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (str_eq(json_text(value), str_from(keys[i])))
            return keys[i];
    return NULL;
}

static const char *sign_of(const struct json *value)
{
    return known_key(value, chart_sign_keys, CHART_SIGN_KEYS);
}

const char *chart_sign_key(const struct json *chart, enum chart_sign sign)
{
    return sign_of(json_get(chart, places[sign].member));
}

/* Likewise. */
static const char *nakshatra_key(const struct json *chart)
{
    const struct json *nakshatra = json_get(chart, "nakshatra");
    const struct json *name = json_get(nakshatra, "name");
    return known_key(name ? name : nakshatra, chart_nakshatra_keys, CHART_NAKSHATRA_KEYS);
}

static struct str tell_under(const struct telling *telling, const char *group, const char *key)
{
    return tell(telling, arena_printf(telling->arena, "chart.%s.%s", group, key).data, NULL);
}

struct str tell_chart_sign(const struct telling *telling, const struct json *chart, enum chart_sign sign)
{
    const struct json *either = places[sign].either ? json_get(chart, places[sign].either) : NULL;
    const char *key = chart_sign_key(chart, sign);
    const char *earlier = sign_of(json_at(either, 0));
    const char *later = sign_of(json_at(either, 1));
    if (key)
        return tell_under(telling, "sign", key);
    if (!earlier || !later)
        return (struct str){0};
    struct filling both[] = {{"value", tell_under(telling, "sign", earlier)},
                             {"other", tell_under(telling, "sign", later)},
                             {NULL, {0}}};
    return tell(telling, "chart.either", both);
}

struct str tell_chart_nakshatra(const struct telling *telling, const struct json *chart)
{
    const char *key = nakshatra_key(chart);
    return key ? tell_under(telling, "nakshatra", key) : (struct str){0};
}

static void put_line(struct buf *lines, struct str line)
{
    if (lines->len && line.len)
        buf_put_char(lines, '\n');
    buf_put(lines, line);
}

static void put_value(const struct telling *telling, struct buf *lines, const char *name, struct str value)
{
    struct filling fillings[] = {
        {"label", tell_under(telling, name, "label")}, {"value", value}, {NULL, {0}}};
    if (value.len)
        put_line(lines, tell(telling, "chart.line", fillings));
}

struct str tell_chart_lines(const struct telling *telling, const struct json *chart)
{
    struct buf lines = {.arena = telling->arena};
    if (!chart)
        return (struct str){0};
    for (enum chart_sign sign = CHART_SUN; sign < CHART_SIGNS; sign++)
        put_value(telling, &lines, places[sign].name, tell_chart_sign(telling, chart, sign));
    put_value(telling, &lines, "nakshatra", tell_chart_nakshatra(telling, chart));
    if (!json_truth(json_get(chart, "time_known")))
        put_line(&lines, tell(telling, "chart.no_time", NULL));
    else if (!chart_sign_key(chart, CHART_ASCENDANT))
        put_line(&lines, tell(telling, "chart.no_ascendant", NULL));
    return buf_str(&lines);
}

struct str tell_chart_signs(const struct telling *telling, const struct json *chart)
{
    struct buf list = {.arena = telling->arena};
    for (enum chart_sign sign = CHART_SUN; sign < CHART_SIGNS; sign++) {
        struct filling fillings[] = {{"label", tell_under(telling, "short", places[sign].name)},
                                     {"value", tell_chart_sign(telling, chart, sign)},
                                     {NULL, {0}}};
        if (fillings[1].value.len == 0)
            continue;
        if (list.len)
            buf_put(&list, STR(", "));
        buf_put(&list, tell(telling, "chart.brief_sign", fillings));
    }
    return buf_str(&list);
}

struct str tell_chart_brief(const struct telling *telling, const struct json *chart)
{
    struct filling fillings[] = {{"signs", tell_chart_signs(telling, chart)}, {NULL, {0}}};
    return fillings[0].value.len ? tell(telling, "chart.brief", fillings) : (struct str){0};
}

size_t tell_chart_insights(const struct telling *telling, const struct json *chart, struct str *out,
                           size_t most)
{
    size_t count = 0;
    for (enum chart_sign sign = CHART_SUN; sign < CHART_SIGNS && count < most; sign++) {
        const char *key = chart_sign_key(chart, sign);
        if (key)
            out[count++] = tell_under(telling, places[sign].name, key);
    }
    const char *nakshatra = nakshatra_key(chart);
    if (nakshatra && count < most)
        out[count++] = tell_under(telling, "birth_star", nakshatra);
    return count;
}
