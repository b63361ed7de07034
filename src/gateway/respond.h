#pragma once

/* Answers, one way for all routes: JSON, problem documents (RFC 9457), texts; cross-origin headers where the
 * origin may have them; counted. */

#include "base/json.h"
#include "gateway/gateway.h"

/* Answers with a prepared response. */
void respond(struct gateway *gateway, struct http_exchange *exchange, const struct http_request *request,
             struct http_response *response);
void respond_json(struct gateway *gateway, struct http_exchange *exchange, const struct http_request *request,
                  int status, const struct json *body);
/* The same with a body already printed. */
void respond_json_text(struct gateway *gateway, struct http_exchange *exchange,
                       const struct http_request *request, int status, struct str body);
void respond_text(struct gateway *gateway, struct http_exchange *exchange, const struct http_request *request,
                  struct str type, struct str body);

struct invalid_field {
    struct str field;
    struct str code;
    struct str detail;
};

/* `detail` says what to do, in plain words; may be empty. Fields are listed under `errors`. */
void respond_problem(struct gateway *gateway, struct http_exchange *exchange,
                     const struct http_request *request, enum err err, struct str detail,
                     const struct invalid_field *fields, size_t count);
/* 429 with Retry-After. */
void respond_too_many(struct gateway *gateway, struct http_exchange *exchange,
                      const struct http_request *request, int retry_after_s);

/* The body of a problem that the front itself answers (malformed, too large, …). */
void problem_body(enum err err, struct arena *arena, struct http_response *out);

/* May a browser on that page talk to us? Empty: no browser, and it may. */
bool origin_is_allowed(const struct config *config, struct str origin);
