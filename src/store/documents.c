/* How does an operator's question come to PostgreSQL, and the document back? */

#include "store/documents.h"

#include "store/batch.h"

#define PATIENCE_MS      10000
#define SLOW_PATIENCE_MS 60000

struct search {
    void (*done)(void *arg, enum err err, struct str document);
    void *arg;
    struct pg_param params[DOCUMENT_PARAMS_MAX];
};

static void found(void *arg, enum err err, const struct pg_result *rows)
{
    struct search *search = arg;
    bool is_there = err == ERR_NONE && pg_rows(rows) && !pg_is_null(rows, 0, 0);
    search->done(search->arg, err, is_there ? pg_text(rows, 0, 0) : (struct str){0});
}

static uint64_t patience_of(const struct document_query *query)
{
    if (query->patience_ms)
        return query->patience_ms;
    return query->is_slow ? SLOW_PATIENCE_MS : PATIENCE_MS;
}

void store_find_document(struct store *store, const struct document_query *query, struct arena *arena,
                         void (*done)(void *arg, enum err err, struct str document), void *arg)
{
    struct search *search = arena_new(arena, struct search);
    *search = (struct search){.done = done, .arg = arg};
    for (size_t i = 0; i < query->param_count; i++)
        search->params[i] =
            pg_param_text(query->params[i].len ? arena_copy(arena, query->params[i]) : STR(""));
    struct pg_query asked = {query->name, store_sql(store, query->name), search->params, query->param_count};
    pg_run(query->is_slow ? store_slow(store) : store_misc(store), &asked, patience_of(query), found, search);
}
