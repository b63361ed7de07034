/* What does a browser load that opens the dashboard? */

#include "gateway/dashboard.h"

#include "gateway/asset.h"
#include "gateway/assets.h"
#include "gateway/routes.h"

#define SCRIPT_TYPE STR_INIT("text/javascript; charset=utf-8")
#define STYLE_TYPE  STR_INIT("text/css; charset=utf-8")
#define PAGE_POLICY                                                                                          \
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "    \
    "form-action 'none'; base-uri 'none'; frame-ancestors 'none'"

enum file { FILE_SCRIPT, FILE_STYLE, FILE_CHART_SCRIPT, FILE_CHART_STYLE, FILE_CHART_LICENCE, FILES };

static const struct {
    struct str name, type;
    struct str library; /* where npm puts it, where it is not ours */
} files[FILES] = {
    [FILE_SCRIPT] = {STR_INIT("admin.js"), SCRIPT_TYPE, {0}},
    [FILE_STYLE] = {STR_INIT("admin.css"), STYLE_TYPE, {0}},
    [FILE_CHART_SCRIPT] = {STR_INIT("uplot.js"), SCRIPT_TYPE, STR_INIT("uplot/dist/uPlot.iife.min.js")},
    [FILE_CHART_STYLE] = {STR_INIT("uplot.css"), STYLE_TYPE, STR_INIT("uplot/dist/uPlot.min.css")},
    [FILE_CHART_LICENCE] = {STR_INIT("uplot.LICENSE.txt"), STR_INIT("text/plain; charset=utf-8"),
                            STR_INIT("uplot/LICENSE")},
};

struct dashboard {
    struct asset page;
    struct asset_file files[FILES];
};

/* Without the library its files are empty, and the page shows tables only. */
static struct asset load_file(const struct config *config, enum file file, struct arena *arena)
{
    struct str text = file == FILE_SCRIPT ? asset_admin_script : asset_admin_style;
    if (files[file].library.len && !asset_read(config->libraries_dir, files[file].library, arena, &text))
        text = (struct str){0};
    return asset_new(files[file].type, text, arena);
}

const struct dashboard *dashboard_load(const struct config *config, struct arena *arena)
{
    struct dashboard *dashboard = arena_new(arena, struct dashboard);
    dashboard->page = asset_new(STR("text/html; charset=utf-8"), asset_admin_page, arena);
    dashboard->page.policy = STR(PAGE_POLICY);
    for (enum file file = 0; file < FILES; file++)
        dashboard->files[file] = (struct asset_file){files[file].name, load_file(config, file, arena)};
    return dashboard;
}

HANDLER(admin_page)
{
    (void)arena;
    respond_asset(gateway, exchange, request, &gateway->dashboard->page);
}

HANDLER(admin_file)
{
    (void)arena;
    respond_asset_file(gateway, exchange, request, "/admin/", gateway->dashboard->files, FILES);
}
