#pragma once

/* Who asks, and may they? For every handler of what operators see. */

#include "gateway/gateway.h"
#include "gateway/operators.h"

#define OPERATOR_COOKIE  "frontdesk_operator"
#define OPERATOR_SESSION 43200 /* seconds from signing in: half a day */

/* Admits by `Authorization: Bearer` or by the cookie of /admin. Otherwise it was answered: 404 where nobody
 * has a token, 401 without a good one, 429 after many wrong ones (whatever comes then, since else an answer
 * to each guess would be had nonetheless), 403 where the role does not suffice, or where a POST by cookie
 * lacks the header X-Frontdesk-Csrf, which no other site can send. */
bool operator_admit(struct gateway *gateway, struct http_exchange *exchange,
                    const struct http_request *request, enum operator_role minimum,
                    struct operator_identity *who);

/* Reads the operators anew. A list with mistakes keeps those that are known, so that a slip of the pen locks
 * nobody out; it is logged at that level. */
void operators_reload(struct gateway *gateway, enum log_level level);
