/* What does somebody get who opens our address, or puts the widget on their page?
 *
 * The widget is one script: its words (phrases `chat.` and `widget.` of every language), its style, its code.
 * One request brings all of it, and a person whose network goes away still reads what is wrong in their own
 * language. */

#include "gateway/site.h"

#include "base/digest.h"
#include "base/encoding.h"
#include "base/json.h"
#include "gateway/asset.h"
#include "gateway/assets.h"
#include "gateway/routes.h"

struct site {
    struct asset widget;
    struct asset front_page;
    struct asset icon, favicon;
    struct asset simulator, simulator_script, simulator_style;
};

/* ---- The widget ---- */

static bool is_for_widget(struct str name)
{
    return str_starts(name, STR("widget.")) || str_starts(name, STR("chat."));
}

static struct json *words_of(const struct phrasebook *phrases, struct str language, struct arena *arena)
{
    static const struct filling none[] = {{NULL, {0}}};
    struct json *words = json_new_object(arena);
    size_t count;
    const struct phrase_entry *entries = phrasebook_entries(phrases, language, &count);
    for (size_t i = 0; i < count; i++)
        if (is_for_widget(entries[i].name))
            json_set_str(arena, words, arena_cstring(arena, entries[i].name), entries[i].text);
    struct json *about = json_new_object(arena);
    json_set_str(arena, about, "name", phrasebook_language_name(phrases, language));
    json_set_str(arena, about, "script",
                 phrase(phrases, language, (struct str){0}, "language.script", MANNER_WRITTEN, none, arena));
    json_set(arena, about, "words", words);
    return about;
}

static struct str widget_script(const struct phrasebook *phrases, struct arena *arena)
{
    struct str languages[LANGUAGES_MAX];
    size_t count = phrasebook_languages(phrases, languages, LANGUAGES_MAX);
    struct json *words = json_new_object(arena);
    for (size_t i = 0; i < count; i++)
        json_set(arena, words, arena_cstring(arena, languages[i]), words_of(phrases, languages[i], arena));
    struct json *parts = json_new_object(arena);
    json_set(arena, parts, "WORDS", words);
    json_set_str(arena, parts, "STYLE", asset_widget_style);
    struct str head = json_print(arena, parts);
    return arena_printf(arena, "(() => {\n'use strict';\nconst { WORDS, STYLE } = %.*s;\n%.*s})();\n",
                        STR_ARG(head), STR_ARG(asset_widget_script));
}

/* ---- The front page ---- */

static struct str between(struct str text, struct str from, struct str to)
{
    size_t start = str_find(text, from) + from.len;
    struct str rest = str_slice(text, start, text.len);
    return str_slice(rest, 0, str_find(rest, to));
}

/* What stands between "<!--if /docs-->" and "<!--end-->" is shown where that page is. */
static struct str front_page(const struct config *config, struct arena *arena)
{
    static const struct str start = STR_INIT("<!--if ");
    static const struct str shut = STR_INIT("-->");
    static const struct str end = STR_INIT("<!--end-->");
    struct buf out = {.arena = arena};
    struct str rest = asset_front_page;
    for (size_t at; (at = str_find(rest, start)) != STR_NONE;) {
        struct str path = between(rest, start, shut);
        struct str shown = between(str_slice(rest, at, rest.len), shut, end);
        buf_put(&out, str_slice(rest, 0, at));
        if (route_is_public(config, path))
            buf_put(&out, shown);
        rest = str_slice(rest, str_find(rest, end) + end.len, rest.len);
    }
    buf_put(&out, rest);
    return buf_str(&out);
}

static struct str front_page_policy(struct str page, struct arena *arena)
{
    uint8_t digest[SHA256_BYTES];
    sha256(between(page, STR("<style>"), STR("</style>")), digest);
    return arena_printf(arena,
                        "default-src 'none'; script-src 'self'; style-src 'sha256-%.*s'; connect-src 'self'; "
                        "img-src 'self' data:; form-action 'none'; base-uri 'none'; frame-ancestors 'none'",
                        STR_ARG(base64_encode(arena, digest, sizeof digest)));
}

/* ---- The simulator ---- */

static void make_simulator(struct site *site, struct arena *arena)
{
    site->simulator = asset_new(STR("text/html; charset=utf-8"), asset_simulator_page, arena);
    site->simulator.policy =
        STR("default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
            "img-src 'self' data:; form-action 'none'; base-uri 'none'; frame-ancestors 'none'");
    site->simulator_script = asset_new(STR("text/javascript; charset=utf-8"), asset_simulator_script, arena);
    site->simulator_style = asset_new(STR("text/css; charset=utf-8"), asset_simulator_style, arena);
}

HANDLER(site_simulator)
{
    (void)arena;
    respond_asset(gateway, exchange, request, &gateway->site->simulator);
}

HANDLER(site_simulator_script)
{
    (void)arena;
    respond_asset(gateway, exchange, request, &gateway->site->simulator_script);
}

HANDLER(site_simulator_style)
{
    (void)arena;
    respond_asset(gateway, exchange, request, &gateway->site->simulator_style);
}

/* ---- All ---- */

const struct site *site_new(const struct config *config, const struct phrasebook *phrases,
                            struct arena *arena)
{
    struct site *site = arena_new(arena, struct site);
    struct str page = front_page(config, arena);
    site->widget = asset_new(STR("text/javascript; charset=utf-8"), widget_script(phrases, arena), arena);
    site->icon = asset_new(STR("image/svg+xml"), asset_icon, arena);
    site->favicon = asset_new(STR("image/x-icon"), asset_favicon, arena);
    site->front_page = asset_new(STR("text/html; charset=utf-8"), page, arena);
    site->front_page.policy = front_page_policy(page, arena);
    if (config->simulator)
        make_simulator(site, arena);
    return site;
}

HANDLER(site_widget)
{
    (void)arena;
    respond_asset(gateway, exchange, request, &gateway->site->widget);
}

HANDLER(site_front_page)
{
    (void)arena;
    respond_asset(gateway, exchange, request, &gateway->site->front_page);
}

HANDLER(site_icon)
{
    (void)arena;
    bool wants_svg = str_eq(request->path, STR("/icon.svg"));
    respond_asset(gateway, exchange, request, wants_svg ? &gateway->site->icon : &gateway->site->favicon);
}

/* A page whose address somebody ended with a slash. */
HANDLER(site_no_folder)
{
    respond_asset_file(gateway, exchange, request, arena_cstring(arena, request->path), NULL, 0);
}
