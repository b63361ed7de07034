/* What does a browser load that opens the dashboard? */

#include "gateway/dashboard.h"

#include "gateway/asset.h"
#include "gateway/assets.h"
#include "gateway/respond.h"
#include "gateway/routes.h"

#define FOLDER "/admin/"
#define PAGE_POLICY                                                                                          \
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "    \
    "form-action 'none'; base-uri 'none'; frame-ancestors 'none'"

enum file { FILE_SCRIPT, FILE_STYLE, FILES };

static const struct str names[FILES] = {
    [FILE_SCRIPT] = STR_INIT("admin.js"),
    [FILE_STYLE] = STR_INIT("admin.css"),
};

struct dashboard {
    struct asset page;
    struct asset files[FILES];
};

const struct dashboard *dashboard_load(const struct config *config, struct arena *arena)
{
    (void)config;
    struct dashboard *dashboard = arena_new(arena, struct dashboard);
    dashboard->page = asset_new(STR("text/html; charset=utf-8"), asset_admin_page, arena);
    dashboard->page.policy = STR(PAGE_POLICY);
    dashboard->files[FILE_SCRIPT] =
        asset_new(STR("text/javascript; charset=utf-8"), asset_admin_script, arena);
    dashboard->files[FILE_STYLE] = asset_new(STR("text/css; charset=utf-8"), asset_admin_style, arena);
    return dashboard;
}

HANDLER(admin_page)
{
    (void)arena;
    respond_asset(gateway, exchange, request, &gateway->dashboard->page);
}

/* The page's links are relative, so that it works below a proxy's prefix: it has one address only. */
static void lead_to_page(struct gateway *gateway, struct http_exchange *exchange,
                         const struct http_request *request)
{
    struct http_response response = {.status = 308};
    http_add_header(&response, "Location", STR("../admin"));
    respond(gateway, exchange, request, &response);
}

HANDLER(admin_file)
{
    (void)arena;
    struct str name = str_slice(request->path, sizeof FOLDER - 1, request->path.len);
    if (name.len == 0) {
        lead_to_page(gateway, exchange, request);
        return;
    }
    for (enum file file = 0; file < FILES; file++) {
        if (str_eq(name, names[file])) {
            respond_asset(gateway, exchange, request, &gateway->dashboard->files[file]);
            return;
        }
    }
    respond_problem(gateway, exchange, request, ERR_NOT_FOUND, (struct str){0}, NULL, 0);
}
