/* How does an operator come in to the dashboard, and go?
 *
 * The token is shown once and exchanged for a cookie that no script can read, no other site can use, and that
 * expires. Whoever guesses is slowed down, each client and all together. */

#include "base/clock.h"
#include "gateway/limits.h"
#include "gateway/operator.h"
#include "gateway/respond.h"
#include "gateway/routes.h"
#include "gateway/session_mask.h"
#include "store/documents.h"

/* Then whoever signs in goes on without a row in the audit log. */
#define NOTE_PATIENCE_MS 2000

/* The path of the public address, where a proxy shows us below one. */
static struct str prefix_of(const struct config *config)
{
    struct str origin = origin_of(config->public_url);
    if (config->admin_address.len)
        return (struct str){0};
    return str_starts(config->public_url, origin)
               ? str_slice(config->public_url, origin.len, config->public_url.len)
               : (struct str){0};
}

/* A cookie that says Secure where the page came unencrypted would be thrown away by the browser. */
static bool is_secure(const struct config *config, const struct http_request *request)
{
    bool is_public_https = config->admin_address.len == 0 && str_starts(config->public_url, STR("https://"));
    return is_public_https || str_eq(http_header_of(request, "X-Forwarded-Proto"), STR("https"));
}

static void respond_with_cookie(struct gateway *gateway, struct http_exchange *exchange,
                                const struct http_request *request, struct str statement, int lives_s,
                                struct json *body)
{
    struct arena *arena = http_exchange_arena(exchange);
    struct http_response response = {.status = 200, .body = json_print(arena, body)};
    http_add_header(arena, &response, "Content-Type", STR("application/json"));
    http_add_header(arena, &response, "Cache-Control", STR("no-store"));
    http_add_header(arena, &response, "Set-Cookie",
                    arena_printf(arena,
                                 OPERATOR_COOKIE "=%.*s; Path=%.*s/admin; Max-Age=%d; HttpOnly; "
                                                 "SameSite=Strict%s",
                                 STR_ARG(statement), STR_ARG(prefix_of(gateway->config)), lives_s,
                                 is_secure(gateway->config, request) ? "; Secure" : ""));
    respond(gateway, exchange, request, &response);
}

static struct json *about(const struct operator_identity *who, struct arena *arena)
{
    struct json *body = json_new_object(arena);
    json_set_str(arena, body, "name", who->name);
    json_set_str(arena, body, "role", str_from(operator_role_name(who->role)));
    return body;
}

static int wait_to_sign_in(struct gateway *gateway, struct str client)
{
    uint64_t now_ns = clock_monotonic_ns();
    int wait_s = limit_take(gateway->limits, LIMIT_SIGN_IN, client, now_ns);
    return wait_s ? wait_s : limit_take(gateway->limits, LIMIT_SIGN_INS, STR("all"), now_ns);
}

/* ---- The audit log ---- */

struct sign_in {
    struct gateway *gateway;
    struct http_exchange *exchange;
    const struct http_request *request;
    struct arena *arena;
    struct str token;
    struct operator_identity who; /* no name: no operator has the token */
};

static void answer_sign_in(struct sign_in *sign_in)
{
    int64_t ends_s = clock_now_ms() / 1000 + OPERATOR_SESSION;
    if (sign_in->who.name.len == 0) {
        respond_problem(sign_in->gateway, sign_in->exchange, sign_in->request, ERR_UNAUTHORISED,
                        STR("No operator has this token, or it has expired. ADMIN_TOKEN is in the "
                            "gateway's environment; deploy/up writes it to var/env."),
                        NULL, 0);
        return;
    }
    struct str statement =
        operators_statement(sign_in->gateway->operators, sign_in->token, ends_s, sign_in->arena);
    respond_with_cookie(sign_in->gateway, sign_in->exchange, sign_in->request, statement, OPERATOR_SESSION,
                        about(&sign_in->who, sign_in->arena));
}

/* While PostgreSQL is away operators come in nonetheless: the dashboard is where they see that it is, and
 * what needs a row of the audit log can't be had without it. */
static void noted(void *arg, enum err err, struct str document)
{
    (void)document;
    if (err != ERR_NONE)
        log_event(LOG_WARN, "a sign-in to the dashboard could not be written to the audit log",
                  log_cstr("err", err_name(err)));
    answer_sign_in(arg);
}

static void note(struct sign_in *sign_in)
{
    struct document_query query = {
        .name = "desk_sign_in",
        .params = {sign_in->who.name, mask_client(sign_in->request->client, sign_in->arena)},
        .param_count = 2,
        .patience_ms = NOTE_PATIENCE_MS,
    };
    if (sign_in->gateway->is_away)
        noted(sign_in, ERR_UNAVAILABLE, (struct str){0});
    else
        store_find_document(sign_in->gateway->store, &query, sign_in->arena, noted, sign_in);
}

/* ---- In and out ---- */

HANDLER(admin_sign_in)
{
    const struct json *body = NULL;
    int64_t now_s = clock_now_ms() / 1000;
    int wait_s = wait_to_sign_in(gateway, request->client);
    if (wait_s) {
        respond_too_many(gateway, exchange, request, wait_s);
        return;
    }
    json_parse(arena, request->body, &body);
    struct sign_in *sign_in = arena_new(arena, struct sign_in);
    *sign_in = (struct sign_in){gateway, exchange, request, arena, .token = {0}};
    sign_in->token = str_trim(json_text(json_get(body, "token")));
    if (operators_by_token(gateway->operators, sign_in->token, now_s, &sign_in->who)) {
        /* The list of operators may be read anew before the answer goes. */
        sign_in->who.name = arena_copy(arena, sign_in->who.name);
        log_event(LOG_INFO, "an operator signed in", log_str("operator", sign_in->who.name));
    } else {
        sign_in->who = (struct operator_identity){0};
        metric_add(gateway->metrics, METRIC_BAD_TOKENS, 1);
        log_event(LOG_WARN, "somebody could not sign in to the dashboard",
                  log_str("client", mask_client(request->client, arena)));
    }
    note(sign_in);
}

HANDLER(admin_sign_out)
{
    struct operator_identity who;
    if (!operator_admit(gateway, exchange, request, ROLE_VIEWER, &who))
        return;
    respond_with_cookie(gateway, exchange, request, (struct str){0}, 0, json_new_object(arena));
}

HANDLER(admin_me)
{
    struct operator_identity who;
    if (operator_admit(gateway, exchange, request, ROLE_VIEWER, &who))
        respond_json(gateway, exchange, request, 200, about(&who, arena));
}
