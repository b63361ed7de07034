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

/* As it stands in every list `errors`: {field, code, detail}. */
struct json *invalid_field_json(const struct invalid_field *field, struct arena *arena);

/* `detail` says what to do, in plain words; where it is empty, the error's own words stand there. Fields are
 * listed under `errors`. */
void respond_problem(struct gateway *gateway, struct http_exchange *exchange,
                     const struct http_request *request, enum err err, struct str detail,
                     const struct invalid_field *fields, size_t count);
/* 429 with Retry-After. */
void respond_too_many(struct gateway *gateway, struct http_exchange *exchange,
                      const struct http_request *request, int retry_after_s);

/* 404: the key names no session, or one that has expired. */
void respond_unknown_session(struct gateway *gateway, struct http_exchange *exchange,
                             const struct http_request *request);

/* What lets a page of an allowed origin read the answer; whatever is answered by respond… has it. */
void respond_add_cors(struct gateway *gateway, const struct http_request *request, struct arena *arena,
                      struct http_response *response);

/* The body of a problem that the front itself answers (malformed, too large, …). */
void problem_body(enum err err, struct arena *arena, struct http_response *out);

/* "https://bot.example/path" is a page of the origin https://bot.example. */
struct str origin_of(struct str url);
/* May a browser on that page talk to us? Empty: no browser, and it may. */
bool origin_is_allowed(const struct config *config, struct str origin);
