#pragma once

/* What an operator looks at and does in the dashboard: a query file of sql/queries that takes texts and
 * answers with one row of one text, which is a JSON document. */

#include "store/store.h"

#define DOCUMENT_PARAMS_MAX 12

struct document_query {
    const char *name; /* the file's, without .sql; lives as long as the program */
    /* The query casts them ($1::text::uuid); an empty text is no null. */
    struct str params[DOCUMENT_PARAMS_MAX];
    size_t param_count;
    bool is_slow;         /* it reads so much that turns and others should not wait behind it */
    uint64_t patience_ms; /* 0: the usual */
};

/* Parameters are copied. `done` is called from the loop; `document` is valid during the callback, and empty
 * where there is an error or no row. */
void store_find_document(struct store *store, const struct document_query *query, struct arena *arena,
                         void (*done)(void *arg, enum err err, struct str document), void *arg);
