#pragma once

/* What the dashboard's pages show: answers that are one query's JSON document. */

#include "gateway/gateway.h"

/* Asks by that file of sql/queries (store/documents.h) and answers 200 with what was found, 404 where that is
 * nothing, or why it could not be asked. */
void respond_document(struct gateway *gateway, struct http_exchange *exchange,
                      const struct http_request *request, const char *query, const struct str *params,
                      size_t count);
