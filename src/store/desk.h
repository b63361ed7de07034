#pragma once

/* What an operator looks at and does in the dashboard: query files that take texts and give one JSON
 * document. */

#include "base/json.h"
#include "store/store.h"

#define DESK_PARAMS_MAX 10

/* `done` is called from the loop; the document, in `arena`, is NULL on an error and
 * where the query gave no row. `is_slow`: the query reads so much that others should not wait behind it. */
struct desk_query {
    const char *name; /* of sql/queries/NAME.sql */
    struct str params[DESK_PARAMS_MAX];
    size_t param_count;
    bool is_slow;
};
void store_ask_desk(struct store *store, const struct desk_query *query, struct arena *arena,
                    void (*done)(void *arg, enum err err, const struct json *document), void *arg);
