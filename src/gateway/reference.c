/* How is the API described, and shown so that it can be tried?
 *
 * The document is written by hand, in parts (channels/web/reference/openapi); what these settings switch off
 * is left out of it. The page is Swagger UI, from the folder where npm put it: nothing comes from elsewhere.
 */

#include "gateway/reference.h"

#include "base/json.h"
#include "gateway/asset.h"
#include "gateway/assets.h"
#include "gateway/routes.h"

#include <stdlib.h>

#define SCRIPT_TYPE STR_INIT("text/javascript; charset=utf-8")
#define STYLE_TYPE  STR_INIT("text/css; charset=utf-8")
#define PAGE_POLICY                                                                                          \
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "    \
    "form-action 'none'; base-uri 'none'; frame-ancestors 'none'"

/* What the page loads: of Swagger UI, then of ours. */
enum file { FILE_UI_SCRIPT, FILE_UI_STYLE, FILE_UI_LICENCES, FILE_SCRIPT, FILE_STYLE, FILES };

static const struct {
    struct str name, type;
} files[FILES] = {
    [FILE_UI_SCRIPT] = {STR_INIT("swagger-ui-bundle.js"), SCRIPT_TYPE},
    [FILE_UI_STYLE] = {STR_INIT("swagger-ui.css"), STYLE_TYPE},
    [FILE_UI_LICENCES] = {STR_INIT("swagger-ui-bundle.js.LICENSE.txt"),
                          STR_INIT("text/plain; charset=utf-8")},
    [FILE_SCRIPT] = {STR_INIT("reference.js"), SCRIPT_TYPE},
    [FILE_STYLE] = {STR_INIT("reference.css"), STYLE_TYPE},
};

struct reference {
    struct asset document;
    struct asset page;
    bool has_ui;
    struct asset_file files[FILES];
};

/* ---- The document ---- */

/* Members of both; where both have one of the same name, and these are objects, theirs together. */
static const struct json *joined(const struct json *a, const struct json *b, struct arena *arena)
{
    struct json *both = json_new_object(arena);
    void *at = NULL;
    struct str key;
    const struct json *value;
    while (json_each(a, &at, &key, &value)) {
        const struct json *other = json_get(b, arena_cstring(arena, key));
        json_set(arena, both, arena_cstring(arena, key), other ? joined(value, other, arena) : value);
    }
    at = NULL;
    while (json_each(b, &at, &key, &value))
        if (!json_get(a, arena_cstring(arena, key)))
            json_set(arena, both, arena_cstring(arena, key), value);
    return both;
}

static const struct json *served_paths(const struct config *config, const struct json *paths,
                                       struct arena *arena)
{
    struct json *served = json_new_object(arena);
    void *at = NULL;
    struct str path;
    const struct json *operations;
    while (json_each(paths, &at, &path, &operations))
        if (route_is_served(config, path))
            json_set(arena, served, arena_cstring(arena, path), operations);
    return served;
}

static struct str document(const struct config *config, struct arena *arena)
{
    const struct str parts[] = {
        asset_openapi_api,        asset_openapi_sessions, asset_openapi_charts, asset_openapi_webhooks,
        asset_openapi_operations, asset_openapi_pages,    asset_openapi_shared, asset_openapi_answers,
    };
    const struct json *whole = json_new_object(arena);
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        const struct json *part;
        if (json_parse(arena, parts[i], &part) != ERR_NONE)
            abort(); /* it was built into the program */
        whole = joined(whole, part, arena);
    }
    struct json *served = json_new_object(arena);
    void *at = NULL;
    struct str key;
    const struct json *value;
    while (json_each(whole, &at, &key, &value))
        json_set(arena, served, arena_cstring(arena, key),
                 str_eq(key, STR("paths")) ? served_paths(config, value, arena) : value);
    return json_print(arena, served);
}

/* ---- The page ---- */

static void put_file(struct reference *reference, enum file file, struct str bytes, struct arena *arena)
{
    reference->files[file] = (struct asset_file){files[file].name, asset_new(files[file].type, bytes, arena)};
}

static bool read_ui(struct reference *reference, struct str folder, struct arena *arena)
{
    for (enum file file = FILE_UI_SCRIPT; file <= FILE_UI_LICENCES; file++) {
        struct str bytes;
        if (!asset_read(folder, files[file].name, arena, &bytes))
            return false;
        put_file(reference, file, bytes, arena);
    }
    return true;
}

const struct reference *reference_load(const struct config *config, struct arena *arena)
{
    struct reference *reference = arena_new(arena, struct reference);
    reference->document = asset_new(STR("application/json"), document(config, arena), arena);
    struct str folder = arena_printf(arena, "%.*s/swagger-ui-dist", STR_ARG(config->libraries_dir));
    reference->has_ui = read_ui(reference, folder, arena);
    if (!reference->has_ui)
        log_event(LOG_INFO, "/docs is without Swagger UI: npm has not installed it",
                  log_str("folder", folder));
    put_file(reference, FILE_SCRIPT, asset_reference_script, arena);
    put_file(reference, FILE_STYLE, asset_reference_style, arena);
    reference->page = asset_new(STR("text/html; charset=utf-8"),
                                reference->has_ui ? asset_reference_page : asset_reference_missing, arena);
    reference->page.policy = STR(PAGE_POLICY);
    return reference;
}

/* ---- Requests ---- */

HANDLER(reference_document)
{
    (void)arena;
    respond_asset(gateway, exchange, request, &gateway->reference->document);
}

HANDLER(reference_page)
{
    (void)arena;
    respond_asset(gateway, exchange, request, &gateway->reference->page);
}

HANDLER(reference_file)
{
    (void)arena;
    respond_asset_file(gateway, exchange, request, "/docs/", gateway->reference->files, FILES);
}
