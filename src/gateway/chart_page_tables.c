/* What do the stars say in numbers? Tables for the owner: planets, periods of life, aspects. */

#include "gateway/chart_page.h"

#define KEY_BYTES 40

/* A word by key, where the key is one of ours: a chart of another version may hold what we have no words for.
 */
static struct str word_of(struct page_writing *writing, const char *group, struct str key)
{
    const struct telling *telling = &writing->page->telling;
    if (key.len == 0 || key.len > KEY_BYTES)
        return (struct str){0};
    const char *name = arena_printf(writing->arena, "%s.%.*s", group, STR_ARG(key)).data;
    return phrase_exists(telling->phrases, STR("en"), telling->flow, name) ? tell(telling, name, NULL) : key;
}

static void put_cell(struct page_writing *writing, const char *attributes, struct str text)
{
    buf_printf(&writing->out, "<td%s>", attributes);
    page_put_text(writing, text);
    page_put(writing, STR("</td>"));
}

static void put_head(struct page_writing *writing, const char *attributes, const char *name)
{
    buf_printf(&writing->out, "<th scope=\"col\"%s>", attributes);
    page_put_words(writing, name);
    page_put(writing, STR("</th>"));
}

/* Where it is wider than the screen it scrolls, by keys too. */
static void begin_table(struct page_writing *writing, struct str about, const char *attributes)
{
    page_put(writing, STR("<div class=\"wide\" role=\"region\" tabindex=\"0\" aria-label=\""));
    page_put_text(writing, about);
    buf_printf(&writing->out, "\"><table%s><thead><tr>", attributes);
}

static void put_heads(struct page_writing *writing, struct str about, const char *const *names, size_t count)
{
    begin_table(writing, about, "");
    for (size_t i = 0; i < count; i++)
        put_head(writing, "", names[i]);
    page_put(writing, STR("</tr></thead><tbody>\n"));
}

/* ---- Planets ---- */

static struct str degrees(struct page_writing *writing, const struct json *place)
{
    double degree = 0;
    if (!json_to_double(json_get(place, "degree"), &degree) || degree < 0 || degree >= 30)
        return (struct str){0};
    int minutes = (int)(degree * 60);
    return arena_printf(writing->arena, "%d°%02d′", minutes / 60, minutes % 60);
}

static struct str number_of(struct page_writing *writing, const struct json *value)
{
    int64_t number;
    return json_to_int64(value, &number) ? arena_printf(writing->arena, "%lld", (long long)number)
                                         : (struct str){0};
}

/* One row. Without the hour of birth there are no houses: then nor is there their column. */
struct row {
    struct str body;
    bool is_backward;
    struct str sign;
    struct str degree;
    struct str house;
    struct str nakshatra;
    struct str western;
};

static void put_row(struct page_writing *writing, const struct row *row, bool has_houses)
{
    page_put(writing, STR("<tr>"));
    put_cell(writing, " class=\"n\"",
             row->is_backward ? arena_printf(writing->arena, "%.*s ℞", STR_ARG(row->body)) : row->body);
    put_cell(writing, "", row->sign);
    put_cell(writing, " class=\"n\"", row->degree);
    if (has_houses)
        put_cell(writing, "", row->house);
    put_cell(writing, " class=\"more\"", row->nakshatra);
    put_cell(writing, " class=\"more\"", row->western);
    page_put(writing, STR("</tr>\n"));
}

static struct str nakshatra_of(struct page_writing *writing, const struct json *nakshatra)
{
    struct str name = word_of(writing, "chart.nakshatra", json_text(json_get(nakshatra, "name")));
    struct str pada = number_of(writing, json_get(nakshatra, "pada"));
    return pada.len ? arena_printf(writing->arena, "%.*s %.*s", STR_ARG(name), STR_ARG(pada)) : name;
}

static struct row row_of(struct page_writing *writing, const struct json *place, struct str body)
{
    const struct json *sidereal = json_get(place, "sidereal");
    const struct json *tropical = json_get(place, "tropical");
    return (struct row){
        .body = body,
        .is_backward = json_truth(json_get(place, "retrograde")),
        .sign = word_of(writing, "chart.sign", json_text(json_get(sidereal, "sign_name"))),
        .degree = degrees(writing, sidereal),
        .house = number_of(writing, json_get(place, "house")),
        .nakshatra = nakshatra_of(writing, json_get(place, "nakshatra")),
        .western = word_of(writing, "chart.sign", json_text(json_get(tropical, "sign_name"))),
    };
}

/* Without the hour of birth the positions are those of noon: of the lights only what is true of all of that
 * day is said, in which the Moon goes thirteen degrees. */
static void keep_what_is_sure(struct page_writing *writing, const struct json *chart, struct str body,
                              struct row *row)
{
    const struct telling *telling = &writing->page->telling;
    bool is_moon = str_eq(body, STR("moon"));
    if (!is_moon && !str_eq(body, STR("sun")))
        return;
    row->sign = tell_chart_sign(telling, chart, is_moon ? CHART_MOON : CHART_SUN);
    row->western = tell_chart_sign(telling, json_get(chart, "tropical"), is_moon ? CHART_MOON : CHART_SUN);
    row->degree = is_moon ? (struct str){0} : row->degree;
    row->nakshatra = is_moon ? tell_chart_nakshatra(telling, chart) : row->nakshatra;
}

static void put_planet_heads(struct page_writing *writing, bool has_houses)
{
    begin_table(writing, tell(&writing->page->telling, "chart_page.planets", NULL), " class=\"planets\"");
    put_head(writing, "", "chart_page.planet");
    put_head(writing, "", "chart_page.sign");
    put_head(writing, "", "chart_page.degree");
    if (has_houses)
        put_head(writing, "", "chart_page.house");
    put_head(writing, " class=\"more\"", "chart.nakshatra.label");
    put_head(writing, " class=\"more\"", "chart_page.western");
    page_put(writing, STR("</tr></thead><tbody>\n"));
}

static void put_planet_rows(struct page_writing *writing, const struct json *chart, bool has_houses)
{
    const struct json *positions = json_get(chart, "positions");
    for (size_t i = 0; i < json_count(positions); i++) {
        const struct json *place = json_at(positions, i);
        struct str body = json_text(json_get(place, "body"));
        struct row row = row_of(writing, place, word_of(writing, "chart.body", body));
        if (!json_truth(json_get(chart, "time_known")))
            keep_what_is_sure(writing, chart, body, &row);
        put_row(writing, &row, has_houses);
    }
}

static void put_planets(struct page_writing *writing, const struct json *chart)
{
    const struct json *ascendant = json_get(json_get(chart, "angles"), "ascendant");
    bool has_houses = json_kind(ascendant) == JSON_MEMBERS;
    page_put(writing, STR("<section><h2>"));
    page_put_words(writing, "chart_page.planets");
    page_put(writing, STR("</h2>\n"));
    put_planet_heads(writing, has_houses);
    if (has_houses) {
        struct row first =
            row_of(writing, ascendant, tell(&writing->page->telling, "chart.ascendant.label", NULL));
        first.house = STR("1");
        put_row(writing, &first, has_houses);
    }
    put_planet_rows(writing, chart, has_houses);
    page_put(writing, STR("</tbody></table></div>\n<p><small>℞ "));
    page_put_words(writing, "chart_page.retrograde");
    page_put(writing, STR(" "));
    page_put_words(writing,
                   json_truth(json_get(chart, "time_known")) ? "chart_page.method" : "chart_page.noon");
    page_put(writing, STR("</small></p></section>\n"));
}

/* ---- Periods ---- */

static struct str day_of(struct page_writing *writing, const struct json *text)
{
    struct date date;
    return date_from_iso(str_slice(json_text(text), 0, 10), &date) ? tell_date(&writing->page->telling, date)
                                                                   : json_text(text);
}

static void put_period_rows(struct page_writing *writing, struct str about, const struct json *list,
                            struct str now)
{
    static const char *const heads[] = {"chart_page.planet", "chart_page.from", "chart_page.until"};
    put_heads(writing, about, heads, sizeof heads / sizeof *heads);
    for (size_t i = 0; i < json_count(list); i++) {
        const struct json *period = json_at(list, i);
        struct str lord = json_text(json_get(period, "lord"));
        page_put(writing, str_eq(lord, now) ? STR("<tr class=\"now\">") : STR("<tr>"));
        put_cell(writing, "", word_of(writing, "chart.body", lord));
        put_cell(writing, "", day_of(writing, json_get(period, "begins")));
        put_cell(writing, "", day_of(writing, json_get(period, "ends")));
        page_put(writing, STR("</tr>\n"));
    }
    page_put(writing, STR("</tbody></table></div>\n"));
}

static void put_periods(struct page_writing *writing, const struct json *chart)
{
    const struct json *dasha = json_get(chart, "dasha");
    const struct json *current = json_get(dasha, "current");
    struct str maha = json_text(json_get(current, "maha"));
    struct str antar = json_text(json_get(current, "antar"));
    struct filling now[] = {{"maha", word_of(writing, "chart.body", maha)},
                            {"antar", word_of(writing, "chart.body", antar)},
                            {NULL, {0}}};
    if (json_count(json_get(dasha, "maha")) == 0)
        return;
    page_put(writing, STR("<section><h2>"));
    page_put_words(writing, "chart_page.periods");
    page_put(writing, STR("</h2>\n"));
    if (maha.len) {
        page_put(writing, STR("<p>"));
        page_put_text(writing, tell(&writing->page->telling, "chart_page.period_now", now));
        page_put(writing, STR("</p>\n"));
    }
    put_period_rows(writing, tell(&writing->page->telling, "chart_page.periods", NULL),
                    json_get(dasha, "maha"), maha);
    if (json_count(json_get(dasha, "antar"))) {
        struct str within = tell(&writing->page->telling, "chart_page.periods_within", now);
        page_put(writing, STR("<details><summary>"));
        page_put_text(writing, within);
        page_put(writing, STR("</summary>\n"));
        put_period_rows(writing, within, json_get(dasha, "antar"), antar);
        page_put(writing, STR("</details>"));
    }
    page_put(writing, STR("</section>\n"));
}

/* ---- Aspects ---- */

static void put_aspects(struct page_writing *writing, const struct json *chart)
{
    static const char *const heads[] = {"chart_page.planet", "chart_page.aspect", "chart_page.planet",
                                        "chart_page.orb"};
    const struct json *aspects = json_get(chart, "aspects");
    if (json_count(aspects) == 0)
        return;
    page_put(writing, STR("<section><details><summary>"));
    page_put_words(writing, "chart_page.aspects");
    page_put(writing, STR("</summary>\n"));
    put_heads(writing, tell(&writing->page->telling, "chart_page.aspects", NULL), heads,
              sizeof heads / sizeof *heads);
    for (size_t i = 0; i < json_count(aspects); i++) {
        const struct json *aspect = json_at(aspects, i);
        double orb = 0;
        json_to_double(json_get(aspect, "orb"), &orb);
        page_put(writing, STR("<tr>"));
        put_cell(writing, "", word_of(writing, "chart.body", json_text(json_get(aspect, "first"))));
        put_cell(writing, "", word_of(writing, "chart.aspect", json_text(json_get(aspect, "kind"))));
        put_cell(writing, "", word_of(writing, "chart.body", json_text(json_get(aspect, "second"))));
        put_cell(writing, " class=\"n\"", arena_printf(writing->arena, "%.1f°", orb));
        page_put(writing, STR("</tr>\n"));
    }
    page_put(writing, STR("</tbody></table></div></details></section>\n"));
}

void page_put_tables(struct page_writing *writing)
{
    const struct json *chart = writing->page->record->chart;
    put_planets(writing, chart);
    put_periods(writing, chart);
    put_aspects(writing, chart);
}
