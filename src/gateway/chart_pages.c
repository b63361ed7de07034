/* Who opened a chart's page, and what do they see or wish?
 *
 * GET /chart/ID?t=TOKEN              opened → shown
 * POST /chart/ID                     a wish of the owner: changed → back to the page
 * POST /chart/ID/viewed, …/shared    opened → marked
 * GET /c/…                           the short address → the long one
 *
 * The token in the address or body is the only key; whoever has none, or an old one, learns nothing, not even
 * whether there is such a chart. A GET changes nothing. */

#include "base/digest.h"
#include "base/form.h"
#include "gateway/asset.h"
#include "gateway/chart_link.h"
#include "gateway/chart_page.h"
#include "gateway/chart_picture.h"
#include "gateway/respond.h"
#include "gateway/routes.h"

#define PATH       "/chart/"
#define UUID_CHARS 36
#define TOKEN_MOST 64

struct visit {
    struct gateway *gateway;
    struct http_exchange *exchange;
    const struct http_request *request;
    struct arena *arena;
    struct uuid profile;
    struct str suffix; /* of the path, behind the profile: "", ".png", "/viewed" … */
    struct str token;
    struct str wish;
    bool is_tall;
    const struct chart_record *record;
    bool is_owner;
};

/* ---- Answers ---- */

static void add_page_headers(const struct visit *visit, struct http_response *response)
{
    http_add_header(visit->arena, response, "Cache-Control", STR("no-store"));
    http_add_header(visit->arena, response, "Referrer-Policy", STR("no-referrer"));
    http_add_header(visit->arena, response, "X-Robots-Tag", STR("noindex, nofollow"));
}

static struct telling telling_of(const struct visit *visit)
{
    const struct phrasebook *phrases = visit->gateway->script->phrases;
    struct str language =
        visit->record ? phrasebook_language(phrases, visit->record->language)
                      : phrasebook_language(
                            phrases, str_slice(http_header_of(visit->request, "Accept-Language"), 0, 2));
    return (struct telling){
        .phrases = phrases,
        .lexicon = visit->gateway->script->lexicon,
        .language = language.len ? language : visit->gateway->config->default_language,
        .flow = visit->record ? visit->record->flow : (struct str){0},
        .manner = MANNER_WRITTEN,
        .arena = visit->arena,
    };
}

static void show(struct visit *visit, int status, bool is_unavailable)
{
    struct chart_page page = {
        .config = visit->gateway->config,
        .telling = telling_of(visit),
        .record = visit->record,
        .is_owner = visit->is_owner,
        .is_unavailable = is_unavailable,
    };
    struct http_response response = {.status = status, .body = chart_page_html(&page)};
    http_add_header(visit->arena, &response, "Content-Type", STR("text/html; charset=utf-8"));
    http_add_header(visit->arena, &response, "Content-Security-Policy", chart_page_policy(visit->arena));
    if (is_unavailable)
        http_add_header(visit->arena, &response, "Retry-After", STR("2"));
    add_page_headers(visit, &response);
    respond(visit->gateway, visit->exchange, visit->request, &response);
}

/* Whether the chart is not there or the token is not its own: the same answer. */
static void show_nothing(struct visit *visit, enum err err)
{
    bool is_gone = err == ERR_NOT_FOUND;
    visit->record = NULL;
    show(visit, is_gone ? 404 : 503, !is_gone);
}

/* From /chart/ID or /c/…, and relative: a proxy may show us below a path of its own. */
static void lead_to(struct visit *visit, int status, struct str token, const char *anchor)
{
    struct http_response response = {.status = status};
    http_add_header(visit->arena, &response, "Location",
                    arena_printf(visit->arena, ".." PATH "%.*s?t=%.*s%s",
                                 STR_ARG(uuid_text(visit->arena, visit->profile)),
                                 STR_ARG(url_encode(visit->arena, token)), anchor));
    add_page_headers(visit, &response);
    respond(visit->gateway, visit->exchange, visit->request, &response);
}

/* ---- Steps ---- */

static void marked(void *arg, enum err err)
{
    struct visit *visit = arg;
    struct http_response response = {.status = 204};
    if (err != ERR_NONE) {
        show_nothing(visit, err);
        return;
    }
    add_page_headers(visit, &response);
    respond(visit->gateway, visit->exchange, visit->request, &response);
}

/* Seen is what the owner sees; that it is shared shows whoever hands it on. */
static void mark(struct visit *visit)
{
    bool is_view = str_eq(visit->suffix, STR("/viewed"));
    if (is_view && !visit->is_owner)
        marked(visit, ERR_NONE);
    else
        store_mark_chart(visit->gateway->store, visit->profile, (struct uuid){{0}},
                         is_view ? CHART_VIEWED : CHART_SHARED, visit->arena, marked, visit);
}

static bool is_packed_svg(const struct visit *visit)
{
    return str_eq(visit->suffix, STR(".svg")) && request_takes_gzip(visit->request);
}

static void picture_drawn(void *arg, enum err err, struct str bytes)
{
    struct visit *visit = arg;
    struct http_response response = {.status = 200, .body = bytes};
    if (err != ERR_NONE) {
        respond_problem(visit->gateway, visit->exchange, visit->request, err,
                        STR("The picture can't be drawn just now."), NULL, 0);
        return;
    }
    bool is_png = str_eq(visit->suffix, STR(".png"));
    if (!is_png)
        http_add_header(visit->arena, &response, "Vary", STR("Accept-Encoding"));
    if (is_packed_svg(visit))
        http_add_header(visit->arena, &response, "Content-Encoding", STR("gzip"));
    http_add_header(visit->arena, &response, "Content-Type",
                    is_png ? STR("image/png") : STR("image/svg+xml"));
    http_add_header(visit->arena, &response, "Content-Security-Policy",
                    STR("default-src 'none'; style-src 'unsafe-inline'"));
    add_page_headers(visit, &response);
    respond(visit->gateway, visit->exchange, visit->request, &response);
}

static void draw(struct visit *visit)
{
    struct chart_picture picture = {
        .telling = telling_of(visit),
        .record = visit->record,
        .is_owner = visit->is_owner,
        .is_svg = str_eq(visit->suffix, STR(".svg")),
        .is_packed = is_packed_svg(visit),
        .is_tall = visit->is_tall,
    };
    chart_picture_draw(visit->gateway, &picture, picture_drawn, visit);
}

static void opened(void *arg, enum err err, const struct chart_record *record)
{
    struct visit *visit = arg;
    if (err != ERR_NONE) {
        show_nothing(visit, err);
        return;
    }
    bool is_shared = record->link.shared_token.len && secret_eq(visit->token, record->link.shared_token);
    visit->is_owner = secret_eq(visit->token, record->link.owner_token);
    if (!visit->is_owner && !is_shared) {
        show_nothing(visit, ERR_NOT_FOUND);
        return;
    }
    visit->record = record;
    if (str_eq(visit->request->method, STR("POST")))
        mark(visit);
    else if (visit->suffix.len)
        draw(visit);
    else
        show(visit, 200, false);
}

static void changed(void *arg, enum err err, struct str owner_token)
{
    struct visit *visit = arg;
    if (err != ERR_NONE)
        show_nothing(visit, err);
    else
        lead_to(visit, 303, owner_token, "#sharing");
}

static bool is_wish(struct str wish)
{
    static const struct str wishes[] = {STR_INIT("renew_owner"), STR_INIT("renew_shared"),
                                        STR_INIT("revoke_shared"), STR_INIT("show_birth"),
                                        STR_INIT("hide_birth")};
    for (size_t i = 0; i < sizeof wishes / sizeof *wishes; i++)
        if (str_eq(wish, wishes[i]))
            return true;
    return false;
}

/* ---- The request ---- */

/* The token of a beacon or a form stands in the body; in the address it will do too. */
static bool read_request(struct visit *visit)
{
    struct form query;
    struct form body = {0};
    bool is_post = str_eq(visit->request->method, STR("POST"));
    struct str rest = str_slice(visit->request->path, sizeof PATH - 1, visit->request->path.len);
    visit->suffix = str_slice(rest, UUID_CHARS, rest.len);
    if (!uuid_from_text(str_slice(rest, 0, UUID_CHARS), &visit->profile) ||
        !form_parse(visit->arena, visit->request->query, &query) ||
        (is_post && !form_parse(visit->arena, visit->request->body, &body)))
        return false;
    visit->token = form_has(&body, "t") ? form_get(&body, "t") : form_get(&query, "t");
    visit->wish = form_get(&body, "wish");
    visit->is_tall = form_has(&query, "tall");
    if (is_post)
        return visit->suffix.len == 0 || str_eq(visit->suffix, STR("/viewed")) ||
               str_eq(visit->suffix, STR("/shared"));
    return visit->suffix.len == 0 || str_eq(visit->suffix, STR(".png")) || str_eq(visit->suffix, STR(".svg"));
}

HANDLER(chart_pages)
{
    struct visit *visit = arena_new(arena, struct visit);
    *visit = (struct visit){.gateway = gateway, .exchange = exchange, .request = request, .arena = arena};
    bool is_known = read_request(visit);
    if (!is_known || visit->token.len == 0 || visit->token.len > TOKEN_MOST || !utf8_is_valid(visit->token))
        show_nothing(visit, ERR_NOT_FOUND);
    else if (str_eq(request->method, STR("POST")) && visit->suffix.len == 0 && !is_wish(visit->wish))
        respond_problem(gateway, exchange, request, ERR_INVALID, STR("There is no such wish here."), NULL, 0);
    else if (str_eq(request->method, STR("POST")) && visit->suffix.len == 0)
        store_change_chart_link(gateway->store, visit->profile, visit->token, visit->wish, arena, changed,
                                visit);
    else
        store_open_chart(gateway->store, visit->profile, arena, opened, visit);
}

HANDLER(chart_short)
{
    struct visit *visit = arena_new(arena, struct visit);
    *visit = (struct visit){.gateway = gateway, .exchange = exchange, .request = request, .arena = arena};
    struct str rest = str_slice(request->path, sizeof CHART_SHORT_PATH - 1, request->path.len);
    if (chart_short_read(rest, &visit->profile, &visit->token, arena))
        lead_to(visit, 302, visit->token, "");
    else
        show_nothing(visit, ERR_NOT_FOUND);
}
