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

static void put_heads(struct page_writing *writing, const char *const *names, size_t count)
{
    page_put(writing, STR("<div class=\"wide\"><table><thead><tr>"));
    for (size_t i = 0; i < count; i++) {
        page_put(writing, STR("<th scope=\"col\">"));
        page_put_words(writing, names[i]);
        page_put(writing, STR("</th>"));
    }
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

static void put_place(struct page_writing *writing, const struct json *both, struct str body,
                      bool is_backward, struct str nakshatra, struct str house)
{
    const struct json *sidereal = json_get(both, "sidereal");
    struct str sign = word_of(writing, "chart.sign", json_text(json_get(sidereal, "sign_name")));
    struct str western =
        word_of(writing, "chart.sign", json_text(json_get(json_get(both, "tropical"), "sign_name")));
    page_put(writing, STR("<tr>"));
    put_cell(writing, "", is_backward ? arena_printf(writing->arena, "%.*s ℞", STR_ARG(body)) : body);
    put_cell(writing, "", sign);
    put_cell(writing, " class=\"n\"", degrees(writing, sidereal));
    put_cell(writing, "", house);
    put_cell(writing, "", nakshatra);
    put_cell(writing, "", western);
    page_put(writing, STR("</tr>\n"));
}

static struct str nakshatra_of(struct page_writing *writing, const struct json *nakshatra)
{
    struct str name = word_of(writing, "chart.nakshatra", json_text(json_get(nakshatra, "name")));
    struct str pada = number_of(writing, json_get(nakshatra, "pada"));
    return pada.len ? arena_printf(writing->arena, "%.*s %.*s", STR_ARG(name), STR_ARG(pada)) : name;
}

static void put_planets(struct page_writing *writing, const struct json *chart)
{
    static const char *const heads[] = {"chart_page.planet", "chart_page.sign",       "chart_page.degree",
                                        "chart_page.house",  "chart.nakshatra.label", "chart_page.western"};
    const struct json *positions = json_get(chart, "positions");
    const struct json *ascendant = json_get(json_get(chart, "angles"), "ascendant");
    page_put(writing, STR("<section><h2>"));
    page_put_words(writing, "chart_page.planets");
    page_put(writing, STR("</h2>\n"));
    put_heads(writing, heads, sizeof heads / sizeof *heads);
    if (json_kind(ascendant) == JSON_MEMBERS)
        put_place(writing, ascendant, tell(&writing->page->telling, "chart.ascendant.label", NULL), false,
                  nakshatra_of(writing, json_get(ascendant, "nakshatra")), STR("1"));
    for (size_t i = 0; i < json_count(positions); i++) {
        const struct json *body = json_at(positions, i);
        put_place(writing, body, word_of(writing, "chart.body", json_text(json_get(body, "body"))),
                  json_truth(json_get(body, "retrograde")),
                  nakshatra_of(writing, json_get(body, "nakshatra")),
                  number_of(writing, json_get(body, "house")));
    }
    page_put(writing, STR("</tbody></table></div>\n<p><small>℞ "));
    page_put_words(writing, "chart_page.retrograde");
    page_put(writing, STR(" "));
    page_put_words(writing, "chart_page.method");
    page_put(writing, STR("</small></p></section>\n"));
}

/* ---- Periods ---- */

static struct str day_of(struct page_writing *writing, const struct json *text)
{
    struct date date;
    return date_from_iso(str_slice(json_text(text), 0, 10), &date) ? tell_date(&writing->page->telling, date)
                                                                   : json_text(text);
}

static void put_period_rows(struct page_writing *writing, const struct json *list, struct str now)
{
    static const char *const heads[] = {"chart_page.planet", "chart_page.from", "chart_page.until"};
    put_heads(writing, heads, sizeof heads / sizeof *heads);
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
    put_period_rows(writing, json_get(dasha, "maha"), maha);
    if (json_count(json_get(dasha, "antar"))) {
        page_put(writing, STR("<details><summary>"));
        page_put_text(writing, tell(&writing->page->telling, "chart_page.periods_within", now));
        page_put(writing, STR("</summary>\n"));
        put_period_rows(writing, json_get(dasha, "antar"), antar);
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
    put_heads(writing, heads, sizeof heads / sizeof *heads);
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
