/* How does an operator come in to the dashboard, and go?
 *
 * The token is shown once and exchanged for a cookie that no script can read, no other site can use, and that
 * expires. Whoever guesses is slowed down, each client and all together. */

#include "base/clock.h"
#include "gateway/limits.h"
#include "gateway/operator.h"
#include "gateway/respond.h"
#include "gateway/routes.h"

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
    http_add_header(&response, "Content-Type", STR("application/json"));
    http_add_header(&response, "Cache-Control", STR("no-store"));
    http_add_header(&response, "Set-Cookie",
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

HANDLER(admin_sign_in)
{
    const struct json *body = NULL;
    struct operator_identity who;
    int64_t now_s = clock_now_ms() / 1000;
    int wait_s = wait_to_sign_in(gateway, request->client);
    if (wait_s) {
        respond_too_many(gateway, exchange, request, wait_s);
        return;
    }
    json_parse(arena, request->body, &body);
    struct str token = str_trim(json_text(json_get(body, "token")));
    if (!operators_by_token(gateway->operators, token, now_s, &who)) {
        log_event(LOG_WARN, "somebody could not sign in to the dashboard");
        respond_problem(gateway, exchange, request, ERR_UNAUTHORISED,
                        STR("No operator has this token, or it has expired. ADMIN_TOKEN is in the "
                            "gateway's environment; deploy/up writes it to var/env."),
                        NULL, 0);
        return;
    }
    log_event(LOG_INFO, "an operator signed in", log_str("operator", who.name));
    struct str statement = operators_statement(gateway->operators, token, now_s + OPERATOR_SESSION, arena);
    respond_with_cookie(gateway, exchange, request, statement, OPERATOR_SESSION, about(&who, arena));
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
