#pragma once

/* Which endpoint is that? */

#include "gateway/gateway.h"

enum body_kind {
    BODY_NONE,
    BODY_JSON,
    BODY_FORM_OR_JSON, /* Twilio's webhooks */
    BODY_ANY           /* checked by its signature only */
};

struct route {
    struct str path;
    bool takes_get;
    bool takes_post;
    enum body_kind body;
    size_t body_limit;
    bool is_admin;     /* where ADMIN_BIND is set, answered only there */
    bool is_anywhere;  /* answered on both addresses then */
    bool is_feature;   /* answers 404 while instant onboarding is switched off */
    bool is_limited;   /* too fast: 429 */
    bool is_storeless; /* answers while the database is away; the others 503 at once */
    bool is_prefix;    /* all that lies below the path is meant */
    bool is_simulator; /* there only while the simulator is switched on */
    bool is_dashboard; /* there only while somebody has an operator's token */
    void (*handle)(struct gateway *gateway, struct http_exchange *exchange,
                   const struct http_request *request, struct arena *arena);
};

/* With these settings, something answers there. */
bool route_is_served(const struct config *config, struct str path);
/* … and on the public address. */
bool route_is_public(const struct config *config, struct str path);

/* For http_server_conf; `arg` is the struct front. */
enum err route_admit(void *arg, const struct http_request *head, size_t *body_limit, struct str *allow);
void route_handle(void *arg, struct http_exchange *exchange, const struct http_request *request,
                  struct arena *arena);
struct str route_client_address(void *arg, struct str peer, struct str forwarded_for);
void route_problem(void *arg, enum err err, const struct http_request *head, struct arena *arena,
                   struct http_response *out);

/* The handlers, one file a subject. */
#define HANDLER(name)                                                                                        \
    void name(struct gateway *gateway, struct http_exchange *exchange, const struct http_request *request,   \
              struct arena *arena)
HANDLER(webhook_whatsapp);
HANDLER(webhook_sms);
HANDLER(webhook_voice);
HANDLER(api_info);
HANDLER(api_start);
HANDLER(api_collect);
HANDLER(api_voice);
HANDLER(api_session);
HANDLER(api_places);
HANDLER(api_quick_chart);
HANDLER(api_conversion);
HANDLER(admin_stats);
HANDLER(admin_sessions);
HANDLER(admin_session);
HANDLER(admin_export);
HANDLER(admin_outbox);
HANDLER(admin_outbox_retry);
HANDLER(admin_outbox_drop);
HANDLER(admin_flow);
HANDLER(admin_page);
HANDLER(admin_file);
HANDLER(admin_sign_in);
HANDLER(admin_sign_out);
HANDLER(admin_me);
HANDLER(admin_live);
HANDLER(admin_flows);
HANDLER(admin_funnel);
HANDLER(admin_audit);
HANDLER(admin_tickets);
HANDLER(admin_ticket);
HANDLER(admin_settings);
HANDLER(admin_doctor);
HANDLER(chat_page);
HANDLER(site_front_page);
HANDLER(site_widget);
HANDLER(site_icon);
HANDLER(site_no_folder);
HANDLER(chart_pages);
HANDLER(chart_short);
HANDLER(reference_page);
HANDLER(reference_file);
HANDLER(reference_document);
HANDLER(site_simulator);
HANDLER(site_simulator_script);
HANDLER(site_simulator_style);
HANDLER(simulator_news);
HANDLER(simulator_deliver);
HANDLER(simulator_trouble);
HANDLER(simulator_kill);
HANDLER(simulator_recording);
HANDLER(simulator_graph);
HANDLER(simulator_twilio);
HANDLER(health_alive);
HANDLER(health_ready);
HANDLER(health_metrics);
