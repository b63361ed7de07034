#pragma once

/* One request of the dashboard: who asks, of which session, and why? */

#include "gateway/operator.h"
#include "gateway/respond.h"
#include "gateway/routes.h"
#include "store/documents.h"

#define ADMIN_SESSIONS "/admin/api/sessions"
#define ADMIN_OUTBOX   "/admin/api/outbox"

/* A number of rows as a query's parameter. */
#define ROWS_TEXT(rows) STR(DIGITS_OF(rows))
#define DIGITS_OF(rows) #rows

struct admin_call {
    struct gateway *gateway;
    struct http_exchange *exchange;
    const struct http_request *request;
    struct arena *arena;
    struct operator_identity who;
    const struct json *body; /* of a POST */
    struct str why;          /* empty: none was given */
};

/* NULL: the operator may not, or the body is no JSON object, or its `why` is too long; that was answered. */
struct admin_call *admin_call_new(struct gateway *gateway, struct http_exchange *exchange,
                                  const struct http_request *request, struct arena *arena,
                                  enum operator_role minimum);
/* What changes or reveals something needs a reason. False: there is none, and that was answered. */
bool admin_call_has_why(struct admin_call *call);

void admin_call_answer(struct admin_call *call, const struct json *body);
/* `detail` in plain words; NULL: the error's own. */
void admin_call_refuse(struct admin_call *call, enum err err, const char *detail);

/* What comes from outside is checked by these before a query sees it; an empty text is none of them. */
bool admin_is_status(struct str text);
bool admin_is_channel(struct str text);
/* "2026-11-26T18:03:00.123456Z", as our own documents write it. */
bool admin_is_moment(struct str text);

/* Asks the database; the document, in the call's arena, is NULL on an error and where there was no row. */
void admin_call_ask(struct admin_call *call, const struct document_query *query,
                    void (*done)(void *arg, enum err err, const struct json *document), void *arg);
/* Writes to the audit log what is about to be shown; `session` may be empty, `detail` NULL. */
void admin_call_note(struct admin_call *call, const char *action, struct str session,
                     const struct json *detail,
                     void (*done)(void *arg, enum err err, const struct json *document), void *arg);

/* The object with an address and a name in it masked; NULL: it has none. */
struct json *admin_masked(const struct json *object, const char *address, const char *name,
                          struct arena *arena);
