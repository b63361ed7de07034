/* Has somebody who got a chart become the operator's customer? Their sign-up tells us, signed. */

#include "base/clock.h"
#include "gateway/respond.h"
#include "gateway/routes.h"
#include "gateway/signature.h"
#include "store/charts.h"

struct call {
    struct gateway *gateway;
    struct http_exchange *exchange;
    const struct http_request *request;
    struct arena *arena;
};

static void marked(void *arg, enum err err)
{
    struct call *call = arg;
    if (err != ERR_NONE) {
        respond_problem(call->gateway, call->exchange, call->request, err,
                        err == ERR_NOT_FOUND ? STR("There is no such profile here.") : (struct str){0}, NULL,
                        0);
        return;
    }
    struct json *body = json_new_object(call->arena);
    json_set_bool(call->arena, body, "converted_to_full_user", true);
    respond_json(call->gateway, call->exchange, call->request, 200, body);
}

HANDLER(api_conversion)
{
    static const struct invalid_field unnamed = {
        STR_INIT("profile_id"), STR_INIT("missing"),
        STR_INIT("Say who it is: profile_id, or session_id, as a UUID.")};
    struct str secret = gateway->config->webhook_secret;
    struct call *call = arena_new(arena, struct call);
    *call = (struct call){gateway, exchange, request, arena};
    const struct json *body;
    struct uuid profile = {{0}};
    struct uuid session = {{0}};
    if (secret.len == 0)
        respond_problem(gateway, exchange, request, ERR_NOT_FOUND,
                        STR("Conversions are not taken here (WEBHOOK_SECRET is not set)."), NULL, 0);
    else if (!signature_is_valid(secret, http_header_of(request, SIGNATURE_HEADER), request->body,
                                 clock_now_ms() / 1000, arena))
        respond_problem(gateway, exchange, request, ERR_UNAUTHENTIC,
                        STR("The X-Frontdesk-Signature is missing, wrong, or older than five minutes."), NULL,
                        0);
    else if (json_parse(arena, request->body, &body) != ERR_NONE || json_kind(body) != JSON_MEMBERS)
        respond_problem(gateway, exchange, request, ERR_MALFORMED, STR("The body must be a JSON object."),
                        NULL, 0);
    else if (!uuid_from_text(json_text(json_get(body, "profile_id")), &profile) &&
             !uuid_from_text(json_text(json_get(body, "session_id")), &session))
        respond_problem(gateway, exchange, request, ERR_INVALID, STR("It is not said who has converted."),
                        &unnamed, 1);
    else
        store_mark_chart(gateway->store, profile, session, CHART_CONVERTED, arena, marked, call);
}
