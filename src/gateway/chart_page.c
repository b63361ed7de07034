/* What does somebody see who opens the page of a chart?
 *
 * head → signs → what they may mean → the picture → (the owner: birth, planets, periods, aspects, sharing) */

#include "gateway/chart_page.h"

#include "gateway/chart_link.h"
#include "gateway/html.h"

void page_put(struct page_writing *writing, struct str html)
{
    buf_put(&writing->out, html);
}

void page_put_text(struct page_writing *writing, struct str text)
{
    html_put_text(&writing->out, text);
}

void page_put_words(struct page_writing *writing, const char *name)
{
    page_put_text(writing, tell(&writing->page->telling, name, NULL));
}

/* ---- Whose, and born when ---- */

struct str chart_title(const struct telling *telling, const struct chart_record *record)
{
    struct str first = tell_first_name(telling, json_text(json_get(record->data, "name")));
    struct filling fillings[] = {{"first_name", first}, {NULL, {0}}};
    return tell(telling, fillings[0].value.len ? "chart_page.title" : "chart_page.title_plain", fillings);
}

struct str chart_birth_date(const struct telling *telling, const struct chart_record *record)
{
    struct date date;
    return date_from_iso(json_text(json_get(record->data, "birth_date")), &date) ? tell_date(telling, date)
                                                                                 : (struct str){0};
}

struct str chart_birth_time(const struct telling *telling, const struct chart_record *record)
{
    int64_t hour;
    int64_t minute;
    struct str text = json_text(json_get(record->data, "birth_time"));
    bool is_time = text.len >= 5 && str_to_int64(str_slice(text, 0, 2), &hour) &&
                   str_to_int64(str_slice(text, 3, 5), &minute) && hour >= 0 && hour < 24 && minute >= 0 &&
                   minute < 60;
    return is_time ? tell_time(telling, (int)hour, (int)minute, false) : (struct str){0};
}

struct str chart_birth_place(const struct chart_record *record)
{
    return json_text(json_get(record->data, "birth_place"));
}

/* ---- Head ---- */

static void put_open_graph(struct page_writing *writing, struct str title)
{
    const struct chart_page *page = writing->page;
    const struct chart_link *link = &page->record->link;
    struct str image = chart_url(page->config, link->profile, link->shared_token, ".png", writing->arena);
    struct str url = chart_url(page->config, link->profile, link->shared_token, "", writing->arena);
    page_put(writing,
             STR("<meta property=\"og:type\" content=\"website\">\n<meta property=\"og:title\" content=\""));
    page_put_text(writing, title);
    page_put(writing, STR("\">\n<meta property=\"og:description\" content=\""));
    page_put_text(writing, tell_chart_brief(&page->telling, page->record->chart));
    page_put(writing, STR("\">\n<meta property=\"og:url\" content=\""));
    page_put_text(writing, url);
    page_put(writing, STR("\">\n<meta property=\"og:image\" content=\""));
    page_put_text(writing, image);
    page_put(writing, STR("\">\n<meta property=\"og:image:width\" content=\"1080\">\n"
                          "<meta property=\"og:image:height\" content=\"720\">\n"
                          "<meta name=\"twitter:card\" content=\"summary_large_image\">\n"));
}

static void put_head(struct page_writing *writing, struct str title)
{
    const struct chart_page *page = writing->page;
    buf_printf(&writing->out, "<!doctype html>\n<html lang=\"%.*s\">\n<head>\n<meta charset=\"utf-8\">\n",
               STR_ARG(page->telling.language));
    page_put(writing, STR("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                          "<meta name=\"robots\" content=\"noindex\">\n"
                          "<meta name=\"referrer\" content=\"no-referrer\">\n"
                          "<link rel=\"icon\" type=\"image/svg+xml\" href=\"../icon.svg\">\n<title>"));
    page_put_text(writing, title);
    page_put(writing, STR("</title>\n"));
    if (page->record && !page->is_owner)
        put_open_graph(writing, title);
    page_put(writing, STR("<style>"));
    page_put(writing, page_style());
    page_put(writing, STR("</style>\n</head>\n"));
}

/* ---- What it says ---- */

static void put_pair(struct page_writing *writing, const char *label, struct str value)
{
    if (value.len == 0)
        return;
    page_put(writing, STR("<div><dt>"));
    page_put_words(writing, label);
    page_put(writing, STR("</dt><dd>"));
    page_put_text(writing, value);
    page_put(writing, STR("</dd></div>\n"));
}

static void put_signs(struct page_writing *writing)
{
    const struct telling *telling = &writing->page->telling;
    const struct json *chart = writing->page->record->chart;
    static const char *const labels[] = {"chart.sun.label", "chart.moon.label", "chart.ascendant.label"};
    page_put(writing, STR("<section><dl class=\"signs\">\n"));
    for (enum chart_sign sign = CHART_SUN; sign < CHART_SIGNS; sign++)
        put_pair(writing, labels[sign], tell_chart_sign(telling, chart, sign));
    put_pair(writing, "chart.nakshatra.label", tell_chart_nakshatra(telling, chart));
    page_put(writing, STR("</dl>\n"));
    if (!chart_sign_key(chart, CHART_ASCENDANT)) {
        page_put(writing, STR("<p class=\"soft\">"));
        page_put_words(writing,
                       json_truth(json_get(chart, "time_known")) ? "chart.no_ascendant" : "chart.no_time");
        page_put(writing, STR("</p>\n"));
    }
    page_put(writing, STR("</section>\n"));
}

static void put_insights(struct page_writing *writing)
{
    struct str insights[CHART_INSIGHTS_MAX];
    size_t count = tell_chart_insights(&writing->page->telling, writing->page->record->chart, insights,
                                       CHART_INSIGHTS_MAX);
    if (count == 0)
        return;
    page_put(writing, STR("<section><h2>"));
    page_put_words(writing, "chart.insights");
    page_put(writing, STR("</h2>\n<ul class=\"said\">\n"));
    for (size_t i = 0; i < count; i++) {
        page_put(writing, STR("<li>"));
        page_put_text(writing, insights[i]);
        page_put(writing, STR("</li>\n"));
    }
    page_put(writing, STR("</ul></section>\n"));
}

static void put_picture_url(struct page_writing *writing, const char *suffix, const char *more)
{
    const struct chart_page *page = writing->page;
    const struct chart_link *link = &page->record->link;
    buf_printf(&writing->out, "%.*s%s?t=", STR_ARG(uuid_text(writing->arena, link->profile)), suffix);
    page_put_text(writing, page->is_owner ? link->owner_token : link->shared_token);
    page_put(writing, str_from(more));
}

static void put_picture(struct page_writing *writing)
{
    page_put(writing, STR("<section><figure><picture><source media=\"(max-width:40rem)\" width=\"720\" "
                          "height=\"1480\" srcset=\""));
    put_picture_url(writing, ".svg", "&amp;tall=1");
    page_put(writing, STR("\"><img width=\"1080\" height=\"720\" alt=\""));
    page_put_words(writing, "chart_page.picture");
    page_put(writing, STR("\" src=\""));
    put_picture_url(writing, ".svg", "");
    page_put(writing, STR("\"></picture><figcaption class=\"screen\"><a download=\"chart.png\" href=\""));
    put_picture_url(writing, ".png", "");
    page_put(writing, STR("\">"));
    page_put_words(writing, "chart_page.save");
    page_put(writing, STR("</a></figcaption></figure></section>\n"));
}

/* Of two lines in the grid: the pairs stand beside each other. */
static void put_birth_pair(struct page_writing *writing, const char *label, struct str value)
{
    page_put(writing, STR("<dt>"));
    page_put_words(writing, label);
    page_put(writing, STR("</dt><dd>"));
    page_put_text(writing, value.len ? value : tell(&writing->page->telling, "value.unknown", NULL));
    page_put(writing, STR("</dd>\n"));
}

static void put_birth(struct page_writing *writing)
{
    const struct chart_page *page = writing->page;
    if (!page->is_owner && !page->record->shows_birth)
        return;
    page_put(writing, STR("<section><dl class=\"birth\">\n"));
    if (page->is_owner)
        put_birth_pair(writing, "name.label", json_text(json_get(page->record->data, "name")));
    put_birth_pair(writing, "birth_date.label", chart_birth_date(&page->telling, page->record));
    put_birth_pair(writing, "birth_time.label", chart_birth_time(&page->telling, page->record));
    put_birth_pair(writing, "birth_place.label", chart_birth_place(page->record));
    page_put(writing, STR("</dl></section>\n"));
}

static void put_own(struct page_writing *writing)
{
    page_put(writing, STR("<p class=\"screen\"><a class=\"button main\" href=\"../\">"));
    page_put_words(writing, "chart_page.own");
    page_put(writing, STR("</a></p>\n"));
}

static void put_chart(struct page_writing *writing, struct str title)
{
    const struct chart_page *page = writing->page;
    struct str token = page->is_owner ? page->record->link.owner_token : page->record->link.shared_token;
    page_put(writing, STR("<body data-token=\""));
    page_put_text(writing, token);
    page_put(writing, STR("\"><main>\n<h1>"));
    page_put_text(writing, title);
    page_put(writing, STR("</h1>\n"));
    put_signs(writing);
    put_insights(writing);
    put_picture(writing);
    put_birth(writing);
    if (page->is_owner) {
        page_put_sharing(writing);
        page_put_tables(writing);
    } else {
        put_own(writing);
    }
    page_put(writing, STR("</main>\n<script>"));
    page_put(writing, page_program());
    page_put(writing, STR("</script>\n</body>\n</html>\n"));
}

static void put_nothing(struct page_writing *writing)
{
    bool is_gone = !writing->page->is_unavailable;
    page_put(writing, STR("<body><main>\n<h1>"));
    page_put_words(writing, is_gone ? "chart_page.gone_title" : "chart_page.title_plain");
    page_put(writing, STR("</h1>\n<section><p>"));
    page_put_words(writing, is_gone ? "chart_page.gone" : "chat.unavailable");
    page_put(writing, STR("</p></section>\n"));
    put_own(writing);
    page_put(writing, STR("</main></body>\n</html>\n"));
}

struct str chart_page_html(const struct chart_page *page)
{
    struct arena *arena = page->telling.arena;
    struct page_writing writing = {.page = page, .arena = arena, .out = {.arena = arena}};
    struct str title = page->record           ? chart_title(&page->telling, page->record)
                       : page->is_unavailable ? tell(&page->telling, "chart_page.title_plain", NULL)
                                              : tell(&page->telling, "chart_page.gone_title", NULL);
    put_head(&writing, title);
    if (page->record)
        put_chart(&writing, title);
    else
        put_nothing(&writing);
    return buf_str(&writing.out);
}
