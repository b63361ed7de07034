/* What does the operator get to see? */

#include "gateway/admin.h"

#include "channels/secret.h"
#include "gateway/respond.h"
#include "gateway/routes.h"
#include "store/answers.h"

struct ask {
    struct gateway *gateway;
    struct http_exchange *exchange;
    const struct http_request *request;
};

static bool token_fits(struct str tokens, struct str given)
{
    struct str token;
    while (secret_next(&tokens, &token))
        if (secret_eq(given, token))
            return true;
    return false;
}

bool admin_admit(struct gateway *gateway, struct http_exchange *exchange, const struct http_request *request)
{
    struct str tokens = gateway->config->admin_token;
    struct str given = http_header_of(request, "Authorization");
    struct str scheme = STR("Bearer ");
    if (tokens.len == 0) {
        respond_problem(gateway, exchange, request, ERR_NOT_FOUND, (struct str){0}, NULL, 0);
        return false;
    }
    if (!str_eq_nocase(str_slice(given, 0, scheme.len), scheme) ||
        !token_fits(tokens, str_trim(str_slice(given, scheme.len, given.len)))) {
        respond_problem(gateway, exchange, request, ERR_UNAUTHORISED, (struct str){0}, NULL, 0);
        return false;
    }
    return true;
}

static void stats_found(void *arg, enum err err, const struct str *documents, size_t count)
{
    struct ask *ask = arg;
    if (err == ERR_NONE && count == 1)
        respond_json_text(ask->gateway, ask->exchange, ask->request, 200, documents[0]);
    else
        respond_problem(ask->gateway, ask->exchange, ask->request, err == ERR_NONE ? ERR_INTERNAL : err,
                        (struct str){0}, NULL, 0);
}

HANDLER(admin_stats)
{
    if (!admin_admit(gateway, exchange, request))
        return;
    struct ask *ask = arena_new(arena, struct ask);
    *ask = (struct ask){gateway, exchange, request};
    store_find_stats(gateway->store, arena, stats_found, ask);
}
