/* What does an answer look like? */

#include "gateway/respond.h"

static const struct str problem_type = STR_INIT("application/problem+json");

/* What a client can do about it. A refused signature is told nothing: it would be told to an attacker. */
static struct str advice_on(enum err err)
{
    switch (err) {
    case ERR_UNAUTHORISED:
        return STR("Send an operator's token: Authorization: Bearer, then ADMIN_TOKEN.");
    case ERR_NOT_FOUND:
        return STR("Nothing is served at this address. The API begins at /api/v2/instant-onboarding/.");
    case ERR_METHOD:
        return STR("The header Allow names the methods that this address takes.");
    case ERR_REQUEST_TIMEOUT:
        return STR("Send the whole request without long pauses.");
    case ERR_CONFLICT:
        return STR("Somebody else changed it at the same moment. Look at it again, then repeat the request.");
    case ERR_LENGTH_REQUIRED:
        return STR("Send a Content-Length, or Transfer-Encoding: chunked.");
    case ERR_TOO_LARGE:
        return STR("The body is longer than this address takes: 256 kB, 4 MiB for speech, 3 MiB for "
                   "WhatsApp's webhook.");
    case ERR_MEDIA_TYPE:
        return STR("Send Content-Type: application/json; what a form sends, or Twilio, may also be "
                   "application/x-www-form-urlencoded.");
    case ERR_TOO_MANY:
        return STR("Wait as many seconds as Retry-After says, then go on more slowly.");
    case ERR_TARGET_TOO_LONG:
        return STR("The request's target may take 8 kB.");
    case ERR_EXPECTATION:
        return STR("The only expectation that is met is Expect: 100-continue.");
    case ERR_UPGRADE_REQUIRED:
        return STR("This is the web chat's socket: open it as a WebSocket, version 13.");
    case ERR_VERSION:
        return STR("Use HTTP/1.1 or HTTP/1.0.");
    case ERR_HEADERS_TOO_LARGE:
        return STR("Request line and headers together may take 16 kB.");
    case ERR_UNAVAILABLE:
    case ERR_TIMEOUT:
        return STR("Nothing was changed. Repeat the request after as many seconds as Retry-After says.");
    case ERR_NONE:
    case ERR_UNAUTHENTIC:
    case ERR_MALFORMED:
    case ERR_INVALID:
    case ERR_INTERNAL:
    case ERR_NOT_IMPLEMENTED:
    case ERR_UNREACHABLE:
        break;
    }
    return (struct str){0};
}

static struct json *problem_json(enum err err, struct str detail, struct arena *arena)
{
    struct json *problem = json_new_object(arena);
    json_set_str(arena, problem, "type", STR("about:blank"));
    json_set_str(arena, problem, "title", err_title(err));
    json_set_int(arena, problem, "status", err_status(err));
    if (detail.len == 0)
        detail = advice_on(err);
    if (detail.len)
        json_set_str(arena, problem, "detail", detail);
    return problem;
}

struct json *invalid_field_json(const struct invalid_field *field, struct arena *arena)
{
    struct json *error = json_new_object(arena);
    json_set_str(arena, error, "field", field->field);
    json_set_str(arena, error, "code", field->code);
    json_set_str(arena, error, "detail", field->detail);
    return error;
}

struct str origin_of(struct str url)
{
    size_t scheme = str_find(url, STR("://"));
    if (scheme == STR_NONE)
        return url;
    size_t host = scheme + 3;
    size_t slash = str_find_char(str_slice(url, host, url.len), '/');
    struct str origin = slash == STR_NONE ? url : str_slice(url, 0, host + slash);
    /* A browser leaves the scheme's own port away. */
    struct str usual = str_starts(origin, STR("https://")) ? STR(":443") : STR(":80");
    return str_ends(origin, usual) ? str_slice(origin, 0, origin.len - usual.len) : origin;
}

bool origin_is_allowed(const struct config *config, struct str origin)
{
    if (origin.len == 0 || str_eq_nocase(origin, origin_of(config->public_url)))
        return true;
    for (size_t i = 0; i < config->allowed_origin_count; i++)
        if (str_eq_nocase(origin, config->allowed_origins[i]))
            return true;
    return false;
}

void respond_add_cors(struct gateway *gateway, const struct http_request *request, struct arena *arena,
                      struct http_response *response)
{
    struct str origin = http_header_of(request, "Origin");
    if (origin.len == 0)
        return;
    http_add_header(arena, response, "Vary", STR("Origin"));
    if (!origin_is_allowed(gateway->config, origin))
        return;
    http_add_header(arena, response, "Access-Control-Allow-Origin", origin);
    http_add_header(arena, response, "Access-Control-Expose-Headers", STR("Retry-After"));
    if (str_eq(request->method, STR("OPTIONS"))) {
        http_add_header(arena, response, "Access-Control-Allow-Methods", STR("GET, POST, HEAD"));
        http_add_header(arena, response, "Access-Control-Allow-Headers",
                        STR("Content-Type, X-Session-Key, Idempotency-Key"));
        http_add_header(arena, response, "Access-Control-Max-Age", STR("86400"));
    }
}

void respond(struct gateway *gateway, struct http_exchange *exchange, const struct http_request *request,
             struct http_response *response)
{
    metric_add(gateway->metrics, METRIC_REQUESTS, 1);
    respond_add_cors(gateway, request, http_exchange_arena(exchange), response);
    http_respond(exchange, response, NULL, NULL);
}

static void respond_typed(struct gateway *gateway, struct http_exchange *exchange,
                          const struct http_request *request, int status, struct str type, struct str body)
{
    struct arena *arena = http_exchange_arena(exchange);
    struct http_response response = {.status = status, .body = body};
    http_add_header(arena, &response, "Content-Type", type);
    http_add_header(arena, &response, "Cache-Control", STR("no-store"));
    respond(gateway, exchange, request, &response);
}

void respond_json(struct gateway *gateway, struct http_exchange *exchange, const struct http_request *request,
                  int status, const struct json *body)
{
    struct str text = json_print(http_exchange_arena(exchange), body);
    respond_typed(gateway, exchange, request, status, STR("application/json"), text);
}

void respond_json_text(struct gateway *gateway, struct http_exchange *exchange,
                       const struct http_request *request, int status, struct str body)
{
    respond_typed(gateway, exchange, request, status, STR("application/json"), body);
}

void respond_text(struct gateway *gateway, struct http_exchange *exchange, const struct http_request *request,
                  struct str type, struct str body)
{
    respond_typed(gateway, exchange, request, 200, type, body);
}

void respond_problem(struct gateway *gateway, struct http_exchange *exchange,
                     const struct http_request *request, enum err err, struct str detail,
                     const struct invalid_field *fields, size_t count)
{
    struct arena *arena = http_exchange_arena(exchange);
    struct json *problem = problem_json(err, detail, arena);
    if (count) {
        struct json *errors = json_new_list(arena);
        for (size_t i = 0; i < count; i++)
            json_add(arena, errors, invalid_field_json(&fields[i], arena));
        json_set(arena, problem, "errors", errors);
    }
    metric_error(gateway->metrics, err);
    struct http_response response = {.status = err_status(err), .body = json_print(arena, problem)};
    http_add_header(arena, &response, "Content-Type", problem_type);
    http_add_header(arena, &response, "Cache-Control", STR("no-store"));
    if (err == ERR_UNAVAILABLE || err == ERR_TIMEOUT)
        http_add_header(arena, &response, "Retry-After", STR("2"));
    if (err == ERR_UNAUTHORISED)
        http_add_header(arena, &response, "WWW-Authenticate", STR("Bearer"));
    respond(gateway, exchange, request, &response);
}

void respond_unknown_session(struct gateway *gateway, struct http_exchange *exchange,
                             const struct http_request *request)
{
    respond_problem(gateway, exchange, request, ERR_NOT_FOUND,
                    STR("This session is unknown or has expired. Start a new one with POST "
                        "/api/v2/instant-onboarding/session/start."),
                    NULL, 0);
}

void respond_too_many(struct gateway *gateway, struct http_exchange *exchange,
                      const struct http_request *request, int retry_after_s)
{
    struct arena *arena = http_exchange_arena(exchange);
    struct http_response response = {.status = err_status(ERR_TOO_MANY)};
    problem_body(ERR_TOO_MANY, arena, &response);
    http_add_header(arena, &response, "Retry-After", arena_printf(arena, "%d", retry_after_s));
    metric_add(gateway->metrics, METRIC_LIMITED, 1);
    respond(gateway, exchange, request, &response);
}

void problem_body(enum err err, struct arena *arena, struct http_response *out)
{
    out->body = json_print(arena, problem_json(err, (struct str){0}, arena));
    http_add_header(arena, out, "Content-Type", problem_type);
    if (err == ERR_UNAVAILABLE || err == ERR_TIMEOUT)
        http_add_header(arena, out, "Retry-After", STR("2"));
}
