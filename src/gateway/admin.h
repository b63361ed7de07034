#pragma once

/* Who is an operator? */

#include "gateway/gateway.h"

/* Does the request carry ADMIN_TOKEN? Otherwise it was answered: 404 where there is no token at all, 401
 * without the right one. */
bool admin_admit(struct gateway *gateway, struct http_exchange *exchange, const struct http_request *request);
