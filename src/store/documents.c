/* What does an operator want to know? */

#include "store/documents.h"

#include "store/batch.h"

#include <stdlib.h>

struct search {
    void (*done)(void *arg, enum err err, struct str document);
    void *arg;
    struct pg_param params[DOCUMENT_PARAMS_MAX];
};

static void found(void *arg, enum err err, const struct pg_result *rows)
{
    struct search *search = arg;
    bool is_there = err == ERR_NONE && pg_rows(rows) == 1 && !pg_is_null(rows, 0, 0);
    search->done(search->arg, err, is_there ? pg_jsonb(rows, 0, 0) : (struct str){0});
}

void store_find_document(struct store *store, const char *query, const struct str *params, size_t count,
                         uint64_t patience_ms, struct arena *arena,
                         void (*done)(void *arg, enum err err, struct str document), void *arg)
{
    struct search *search = arena_new(arena, struct search);
    if (count > DOCUMENT_PARAMS_MAX)
        abort();
    search->done = done;
    search->arg = arg;
    for (size_t i = 0; i < count; i++)
        search->params[i] = params[i].len ? pg_param_text(arena_copy(arena, params[i])) : pg_param_null();
    struct pg_query native = {query, store_sql(store, query), search->params, count};
    pg_run(store_slow(store), &native, patience_ms, found, search);
}
