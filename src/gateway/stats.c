/* How many people began, went on and finished, as one document for the operator's own tools? */

#include "gateway/operator.h"
#include "gateway/respond.h"
#include "gateway/routes.h"
#include "store/answers.h"

struct ask {
    struct gateway *gateway;
    struct http_exchange *exchange;
    const struct http_request *request;
};

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
    struct operator who;
    if (!operator_admit(gateway, exchange, request, ROLE_VIEWER, &who))
        return;
    struct ask *ask = arena_new(arena, struct ask);
    *ask = (struct ask){gateway, exchange, request};
    store_find_stats(gateway->store, arena, stats_found, ask);
}
