/* Which endpoint is that, may it be asked this way, and by whom? */

#include "gateway/routes.h"

#include "base/clock.h"
#include "gateway/chart_link.h"
#include "gateway/limits.h"
#include "gateway/respond.h"
#include "gateway/web_chat.h"

#include <stdio.h>

#define API            "/api/v2/instant-onboarding"
/* Meta documents 3 MiB; nobody else needs more than a fraction of it. */
#define WHATSAPP_BYTES ((size_t)3 * 1024 * 1024)
/* A recording in base64. */
#define VOICE_BYTES    ((size_t)4 * 1024 * 1024)
#define BODY_BYTES     ((size_t)256 * 1024)
#define FORM_BYTES     ((size_t)4096)
/* An answer of 1500 characters, however they are written in JSON. */
#define ANSWER_BYTES   ((size_t)20 * 1024)
#define ADMIN          "/admin/api"
/* What the dashboard asks; each handler says who may. */
#define ADMIN_GET      .takes_get = true, .is_admin = true, .is_dashboard = true, .is_limited = true
#define ADMIN_POST                                                                                           \
    .takes_post = true, .body = BODY_JSON, .body_limit = FORM_BYTES, .is_admin = true, .is_dashboard = true, \
    .is_limited = true

static const struct route routes[] = {
    {STR_INIT(API "/"), .takes_get = true, .is_feature = true, .is_limited = true, .is_storeless = true,
     .handle = api_info},
    {STR_INIT(API), .takes_get = true, .is_feature = true, .is_limited = true, .is_storeless = true,
     .handle = api_info},
    {STR_INIT(API "/session/start"), .takes_post = true, .body = BODY_JSON, .body_limit = BODY_BYTES,
     .is_feature = true, .is_limited = true, .handle = api_start},
    {STR_INIT(API "/session/collect"), .takes_post = true, .body = BODY_JSON, .body_limit = BODY_BYTES,
     .is_feature = true, .is_limited = true, .handle = api_collect},
    {STR_INIT(API "/voice/process"), .takes_post = true, .body = BODY_JSON, .body_limit = VOICE_BYTES,
     .is_feature = true, .is_limited = true, .handle = api_voice},
    {STR_INIT(API "/session"), .takes_get = true, .is_feature = true, .is_limited = true,
     .handle = api_session},
    {STR_INIT(API "/places"), .takes_get = true, .is_feature = true, .is_limited = true,
     .handle = api_places},
    {STR_INIT(API "/quick-chart"), .takes_post = true, .body = BODY_JSON, .body_limit = BODY_BYTES,
     .is_feature = true, .is_limited = true, .handle = api_quick_chart},
    {STR_INIT(API "/conversion"), .takes_post = true, .body = BODY_JSON, .body_limit = BODY_BYTES,
     .is_feature = true, .is_limited = true, .handle = api_conversion},
    {STR_INIT(API "/stats"), .takes_get = true, .is_admin = true, .is_limited = true, .handle = admin_stats},
    {STR_INIT(API "/whatsapp/webhook"), .takes_get = true, .takes_post = true, .body = BODY_ANY,
     .body_limit = WHATSAPP_BYTES, .is_storeless = true, .handle = webhook_whatsapp},
    {STR_INIT("/webhooks/whatsapp"), .takes_get = true, .takes_post = true, .body = BODY_ANY,
     .body_limit = WHATSAPP_BYTES, .is_storeless = true, .handle = webhook_whatsapp},
    {STR_INIT("/webhooks/twilio/sms"), .takes_get = true, .takes_post = true, .body = BODY_FORM_OR_JSON,
     .body_limit = BODY_BYTES, .is_storeless = true, .handle = webhook_sms},
    {STR_INIT("/webhooks/twilio/sms/status"), .takes_get = true, .takes_post = true,
     .body = BODY_FORM_OR_JSON, .body_limit = BODY_BYTES, .is_storeless = true, .handle = webhook_sms},
    {STR_INIT("/webhooks/twilio/voice"), .takes_get = true, .takes_post = true, .body = BODY_FORM_OR_JSON,
     .body_limit = BODY_BYTES, .is_storeless = true, .handle = webhook_voice},
    {STR_INIT("/webhooks/twilio/voice/status"), .takes_get = true, .takes_post = true,
     .body = BODY_FORM_OR_JSON, .body_limit = BODY_BYTES, .is_storeless = true, .handle = webhook_voice},
    {STR_INIT("/ws"), .takes_get = true, .is_storeless = true, .handle = web_chat_open},
    {STR_INIT("/chat"), .takes_get = true, .takes_post = true, .body = BODY_FORM_OR_JSON,
     .body_limit = BODY_BYTES, .is_limited = true, .is_storeless = true, .handle = chat_page},
    {STR_INIT("/chat/"), .takes_get = true, .is_storeless = true, .handle = site_no_folder},
    {STR_INIT("/"), .takes_get = true, .is_storeless = true, .handle = site_front_page},
    {STR_INIT("/widget.js"), .takes_get = true, .is_storeless = true, .handle = site_widget},
    {STR_INIT("/icon.svg"), .takes_get = true, .is_anywhere = true, .is_storeless = true,
     .handle = site_icon},
    {STR_INIT("/favicon.ico"), .takes_get = true, .is_anywhere = true, .is_storeless = true,
     .handle = site_icon},
    {STR_INIT("/chart/"), .takes_get = true, .takes_post = true, .body = BODY_ANY, .body_limit = FORM_BYTES,
     .is_limited = true, .is_prefix = true, .handle = chart_pages},
    {STR_INIT(CHART_SHORT_PATH), .takes_get = true, .is_limited = true, .is_storeless = true,
     .is_prefix = true, .handle = chart_short},
    {STR_INIT("/docs"), .takes_get = true, .is_storeless = true, .handle = reference_page},
    {STR_INIT("/docs/"), .takes_get = true, .is_storeless = true, .is_prefix = true,
     .handle = reference_file},
    {STR_INIT("/openapi.json"), .takes_get = true, .is_storeless = true, .handle = reference_document},
    {STR_INIT("/simulator"), .takes_get = true, .is_admin = true, .is_storeless = true, .is_simulator = true,
     .handle = site_simulator},
    {STR_INIT("/simulator/"), .takes_get = true, .is_admin = true, .is_storeless = true, .is_simulator = true,
     .handle = site_no_folder},
    {STR_INIT("/simulator/simulator.js"), .takes_get = true, .is_admin = true, .is_storeless = true,
     .is_simulator = true, .handle = site_simulator_script},
    {STR_INIT("/simulator/simulator.css"), .takes_get = true, .is_admin = true, .is_storeless = true,
     .is_simulator = true, .handle = site_simulator_style},
    {STR_INIT("/simulator/news"), .takes_get = true, .is_admin = true, .is_limited = true,
     .is_simulator = true, .handle = simulator_news},
    {STR_INIT("/simulator/deliver"), .takes_post = true, .body = BODY_JSON, .body_limit = BODY_BYTES,
     .is_admin = true, .is_limited = true, .is_storeless = true, .is_simulator = true,
     .handle = simulator_deliver},
    {STR_INIT("/simulator/recording"), .takes_get = true, .is_admin = true, .is_limited = true,
     .is_simulator = true, .handle = simulator_recording},
    {STR_INIT("/simulator/trouble"), .takes_post = true, .body = BODY_JSON, .body_limit = BODY_BYTES,
     .is_admin = true, .is_limited = true, .is_storeless = true, .is_simulator = true,
     .handle = simulator_trouble},
    {STR_INIT("/simulator/kill"), .takes_post = true, .body = BODY_JSON, .body_limit = BODY_BYTES,
     .is_admin = true, .is_limited = true, .is_storeless = true, .is_simulator = true,
     .handle = simulator_kill},
    {STR_INIT("/simulator/graph/"), .takes_post = true, .body = BODY_JSON, .body_limit = BODY_BYTES,
     .is_admin = true, .is_storeless = true, .is_prefix = true, .is_simulator = true,
     .handle = simulator_graph},
    {STR_INIT("/simulator/twilio/"), .takes_get = true, .takes_post = true, .body = BODY_FORM_OR_JSON,
     .body_limit = BODY_BYTES, .is_admin = true, .is_storeless = true, .is_prefix = true,
     .is_simulator = true, .handle = simulator_twilio},
    {STR_INIT("/admin"), .takes_get = true, .is_admin = true, .is_dashboard = true, .is_storeless = true,
     .handle = admin_page},
    {STR_INIT(ADMIN "/sign-in"), ADMIN_POST, .is_storeless = true, .handle = admin_sign_in},
    {STR_INIT(ADMIN "/sign-out"), ADMIN_POST, .is_storeless = true, .handle = admin_sign_out},
    {STR_INIT(ADMIN "/me"), ADMIN_GET, .is_storeless = true, .handle = admin_me},
    {STR_INIT(ADMIN "/live"), ADMIN_GET, .is_storeless = true, .handle = admin_live},
    {STR_INIT(ADMIN "/flows"), ADMIN_GET, .is_storeless = true, .handle = admin_flows},
    {STR_INIT(ADMIN "/funnel"), ADMIN_GET, .handle = admin_funnel},
    {STR_INIT(ADMIN "/audit"), ADMIN_GET, .handle = admin_audit},
    {STR_INIT(ADMIN "/sessions"), ADMIN_GET, .handle = admin_sessions},
    {STR_INIT(ADMIN "/sessions/export"), ADMIN_POST, .handle = admin_export},
    {STR_INIT(ADMIN "/sessions/"), ADMIN_POST, .takes_get = true, .is_prefix = true, .handle = admin_session},
    {STR_INIT(ADMIN "/outbox"), ADMIN_GET, .handle = admin_outbox},
    {STR_INIT(ADMIN "/outbox/retry"), ADMIN_POST, .handle = admin_outbox_retry},
    {STR_INIT(ADMIN "/outbox/drop"), ADMIN_POST, .handle = admin_outbox_drop},
    {STR_INIT(ADMIN "/tickets"), ADMIN_GET, .handle = admin_tickets},
    {STR_INIT(ADMIN "/tickets/"), ADMIN_GET, .takes_post = true, .body = BODY_JSON,
     .body_limit = ANSWER_BYTES, .is_prefix = true, .handle = admin_ticket},
    {STR_INIT(ADMIN "/settings"), ADMIN_GET, .is_storeless = true, .handle = admin_settings},
    {STR_INIT(ADMIN "/doctor"), ADMIN_POST, .is_storeless = true, .handle = admin_doctor},
    {STR_INIT(ADMIN "/flow"), ADMIN_GET, .handle = admin_flow},
    {STR_INIT("/admin/"), .takes_get = true, .is_admin = true, .is_dashboard = true, .is_storeless = true,
     .is_prefix = true, .handle = admin_file},
    {STR_INIT("/healthz"), .takes_get = true, .is_storeless = true, .handle = health_alive},
    {STR_INIT("/readyz"), .takes_get = true, .is_storeless = true, .handle = health_ready},
    {STR_INIT("/metrics"), .takes_get = true, .is_admin = true, .is_limited = true, .is_storeless = true,
     .handle = health_metrics},
};

/* NULL when there is none. */
static const struct route *find(struct str path)
{
    for (size_t i = 0; i < sizeof routes / sizeof *routes; i++) {
        const struct route *route = &routes[i];
        if (route->is_prefix ? str_starts(path, route->path) : str_eq(path, route->path))
            return route;
    }
    return NULL;
}

static bool is_there(const struct config *config, const struct route *route)
{
    return (!route->is_simulator || config->simulator) &&
           (!route->is_dashboard || config_has_operators(config));
}

bool route_is_served(const struct config *config, struct str path)
{
    const struct route *route = find(path);
    return route && is_there(config, route);
}

bool route_is_public(const struct config *config, struct str path)
{
    return route_is_served(config, path) && !(find(path)->is_admin && config->admin_address.len);
}

static bool is_get(struct str method)
{
    return str_eq(method, STR("GET")) || str_eq(method, STR("HEAD"));
}

static bool takes_method(const struct route *route, struct str method)
{
    return (is_get(method) && route->takes_get) || (str_eq(method, STR("POST")) && route->takes_post) ||
           str_eq(method, STR("OPTIONS"));
}

static bool takes_type(const struct route *route, struct str type)
{
    type = str_trim(str_slice(type, 0, str_find_char(type, ';')));
    bool is_json = str_eq_nocase(type, STR("application/json"));
    switch (route->body) {
    case BODY_NONE:
    case BODY_ANY:
        return true;
    case BODY_JSON:
        return is_json;
    case BODY_FORM_OR_JSON:
        return is_json || str_eq_nocase(type, STR("application/x-www-form-urlencoded"));
    }
    return false;
}

static struct str methods_of(const struct route *route)
{
    if (route->takes_get && route->takes_post)
        return STR("GET, HEAD, POST, OPTIONS");
    return route->takes_post ? STR("POST, OPTIONS") : STR("GET, HEAD, OPTIONS");
}

enum err route_admit(void *arg, const struct http_request *head, size_t *body_limit, struct str *allow)
{
    const struct front *front = arg;
    const struct route *route = find(head->path);
    if (!route || !(route->is_anywhere || (route->is_admin ? front->is_admin : front->is_public)) ||
        !is_there(front->gateway->config, route))
        return ERR_NOT_FOUND;
    if (!takes_method(route, head->method)) {
        *allow = methods_of(route);
        return ERR_METHOD;
    }
    bool is_post = str_eq(head->method, STR("POST"));
    if (is_post && !takes_type(route, http_header_of(head, "Content-Type")))
        return ERR_MEDIA_TYPE;
    *body_limit = is_post ? route->body_limit : 0;
    return ERR_NONE;
}

static void answer_options(struct gateway *gateway, struct http_exchange *exchange,
                           const struct http_request *request, const struct route *route)
{
    struct http_response response = {.status = 204};
    http_add_header(http_exchange_arena(exchange), &response, "Allow", methods_of(route));
    respond(gateway, exchange, request, &response);
}

void route_handle(void *arg, struct http_exchange *exchange, const struct http_request *request,
                  struct arena *arena)
{
    struct gateway *gateway = ((struct front *)arg)->gateway;
    const struct route *route = find(request->path);
    if (str_eq(request->method, STR("OPTIONS"))) {
        answer_options(gateway, exchange, request, route);
        return;
    }
    if (route->is_feature && !gateway->config->instant_onboarding) {
        respond_problem(gateway, exchange, request, ERR_NOT_FOUND,
                        STR("Instant onboarding is switched off here (FEATURE_INSTANT_ONBOARDING)."), NULL,
                        0);
        return;
    }
    int wait_s = route->is_limited
                     ? limit_take(gateway->limits, LIMIT_REQUEST, request->client, clock_monotonic_ns())
                     : 0;
    if (wait_s) {
        respond_too_many(gateway, exchange, request, wait_s);
        return;
    }
    if (gateway->is_away && !route->is_storeless) {
        respond_problem(gateway, exchange, request, ERR_UNAVAILABLE, (struct str){0}, NULL, 0);
        return;
    }
    route->handle(gateway, exchange, request, arena);
}

/* The right-most address that is not one of our proxies: what stands further left, anybody could have
 * written. */
struct str route_client_address(void *arg, struct str peer, struct str forwarded_for)
{
    const struct config *config = ((struct front *)arg)->gateway->config;
    struct str client = peer;
    for (;;) {
        bool is_proxy = false;
        for (size_t i = 0; i < config->trusted_proxy_count && !is_proxy; i++)
            is_proxy = cidr_contains(&config->trusted_proxies[i], client);
        if (!is_proxy || forwarded_for.len == 0)
            return client;
        size_t at = forwarded_for.len;
        while (at > 0 && forwarded_for.data[at - 1] != ',')
            at--;
        client = str_trim(str_slice(forwarded_for, at, forwarded_for.len));
        forwarded_for = str_slice(forwarded_for, 0, at ? at - 1 : 0);
    }
}

void route_problem(void *arg, enum err err, const struct http_request *head, struct arena *arena,
                   struct http_response *out)
{
    struct gateway *gateway = ((struct front *)arg)->gateway;
    metric_error(gateway->metrics, err);
    problem_body(err, arena, out);
    respond_add_cors(gateway, head, arena, out);
}
