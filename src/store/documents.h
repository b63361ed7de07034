#pragma once

/* What the dashboard shows: a query file of sql/queries whose answer is one JSON document. */

#include "store/store.h"

#define DOCUMENT_PARAMS_MAX 12

/* `query` is the file's name without .sql and lives as long as the program. The parameters are texts, which
 * the query casts ($1::text::uuid); an empty one is null. They are copied. They wait for a connection of
 * their own, so that no turn waits for them. `document` is valid during the callback, empty when there is an
 * error or no row. */
void store_find_document(struct store *store, const char *query, const struct str *params, size_t count,
                         uint64_t patience_ms, struct arena *arena,
                         void (*done)(void *arg, enum err err, struct str document), void *arg);
