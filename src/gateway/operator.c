/* May this request do that? */

#include "gateway/operator.h"

#include "base/clock.h"
#include "gateway/limits.h"
#include "gateway/respond.h"
#include "gateway/session_mask.h"

static struct str bearer_of(const struct http_request *request)
{
    struct str given = http_header_of(request, "Authorization");
    struct str scheme = STR("Bearer ");
    if (!str_eq_nocase(str_slice(given, 0, scheme.len), scheme))
        return (struct str){0};
    return str_trim(str_slice(given, scheme.len, given.len));
}

static struct str cookie_of(const struct http_request *request)
{
    struct str rest = http_header_of(request, "Cookie");
    struct str name = STR(OPERATOR_COOKIE "=");
    struct str part;
    while (rest.len && str_cut(&rest, ';', &part)) {
        part = str_trim(part);
        if (str_starts(part, name))
            return str_slice(part, name.len, part.len);
    }
    return (struct str){0};
}

static bool refuse(struct gateway *gateway, struct http_exchange *exchange,
                   const struct http_request *request, enum err err, struct str detail)
{
    respond_problem(gateway, exchange, request, err, detail, NULL, 0);
    return false;
}

static bool is_slowed_down(struct gateway *gateway, struct http_exchange *exchange,
                           const struct http_request *request)
{
    int wait_s = limit_wait(gateway->limits, LIMIT_TOKEN, request->client, clock_monotonic_ns());
    if (wait_s)
        respond_too_many(gateway, exchange, request, wait_s);
    return wait_s > 0;
}

static void note_wrong_token(struct gateway *gateway, struct http_exchange *exchange,
                             const struct http_request *request)
{
    limit_take(gateway->limits, LIMIT_TOKEN, request->client, clock_monotonic_ns());
    metric_add(gateway->metrics, METRIC_BAD_TOKENS, 1);
    log_event(LOG_WARN, "an operator's token was refused",
              log_str("client", mask_client(request->client, http_exchange_arena(exchange))));
}

bool operator_admit(struct gateway *gateway, struct http_exchange *exchange,
                    const struct http_request *request, enum operator_role minimum,
                    struct operator_identity *who)
{
    if (!config_has_operators(gateway->config))
        return refuse(gateway, exchange, request, ERR_NOT_FOUND, (struct str){0});
    int64_t now_s = clock_now_ms() / 1000;
    struct str token = bearer_of(request);
    if (token.len && is_slowed_down(gateway, exchange, request))
        return false;
    bool is_known = token.len ? operators_by_token(gateway->operators, token, now_s, who)
                              : operators_by_statement(gateway->operators, cookie_of(request), now_s, who);
    if (!is_known && token.len)
        note_wrong_token(gateway, exchange, request);
    if (!is_known)
        return refuse(gateway, exchange, request, ERR_UNAUTHORISED,
                      STR("Sign in at /admin, or send an operator's token: Authorization: Bearer, then "
                          "ADMIN_TOKEN or one of ADMIN_TOKENS_FILE."));
    bool is_change = str_eq(request->method, STR("POST"));
    if (is_change && token.len == 0 && http_header_of(request, "X-Frontdesk-Csrf").len == 0)
        return refuse(gateway, exchange, request, ERR_UNAUTHENTIC,
                      STR("A change by cookie needs the header X-Frontdesk-Csrf."));
    if (who->role < minimum)
        return refuse(
            gateway, exchange, request, ERR_UNAUTHENTIC,
            arena_printf(http_exchange_arena(exchange), "This takes the role %s; %.*s has the role %s.",
                         operator_role_name(minimum), STR_ARG(who->name), operator_role_name(who->role)));
    return true;
}

void operators_reload(struct gateway *gateway, enum log_level level)
{
    struct arena arena = {0};
    struct problems problems = {.arena = &arena};
    struct operators *operators = operators_load(gateway->config, &problems);
    if (operators) {
        operators_free(gateway->operators);
        gateway->operators = operators;
    } else {
        log_event(level, "the list of operators has mistakes; the old one stays",
                  log_str("problems", str_trim(problems_text(&problems, &arena))));
    }
    arena_free(&arena);
}
