#pragma once

/* Inside the REST API of a session: one call, from its body to the answer that its turn gives. */

#include "gateway/idempotency.h"
#include "gateway/respond.h"
#include "gateway/turn.h"

#define API_KEY_LEAST  22
#define API_KEY_MOST   255
#define API_FIELDS_MAX 32

struct api_call {
    struct gateway *gateway;
    struct http_exchange *exchange;
    const struct http_request *request;
    struct arena *arena;
    const struct json *body;
    struct invalid_field invalid[API_FIELDS_MAX];
    size_t invalid_count;
    struct idempotency idempotency;
    bool is_start;
    bool is_spoken;   /* its answer says what was heard: */
    struct str heard; /* empty: nothing was said */
};

struct api_call *api_call_new(struct gateway *gateway, struct http_exchange *exchange,
                              const struct http_request *request, struct arena *arena);

/* Reads the body into `call->body`; false: it was no JSON object, and that has been answered. */
bool api_call_parse(struct api_call *call);
/* A member of the body that must be text where it is given. */
struct str api_call_text(struct api_call *call, const char *name, size_t most);
/* Notes that a value is not acceptable. */
void api_call_refuse(struct api_call *call, const char *field, const char *code, const char *detail);
/* `ask->language`, empty or as the phrases call it. */
void api_call_check_language(struct api_call *call, struct turn_ask *ask);
/* False: values were refused, and that has been answered. */
bool api_call_is_sound(struct api_call *call);
/* "Today" and how dates are read follow the channel's region, as for who writes by it. */
void api_call_set_day(const struct api_call *call, struct turn_ask *ask);

/* For turn_ask.answer: of a start, of answers given. */
struct str api_call_started(void *arg, const struct flow *flow, const struct outcome *outcome,
                            struct arena *arena);
struct str api_call_collected(void *arg, const struct flow *flow, const struct outcome *outcome,
                              struct arena *arena);
/* For turn_ask.done: answers the request. */
void api_call_answered(void *arg, const struct turn_result *result);
