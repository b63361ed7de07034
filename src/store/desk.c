/* How does the dashboard's question come to PostgreSQL, and the document back? */

#include "store/desk.h"

#include "store/batch.h"

#define DEADLINE_MS      10000
#define SLOW_DEADLINE_MS 60000

struct search {
    struct arena *arena;
    void (*done)(void *arg, enum err err, const struct json *document);
    void *arg;
    struct pg_param params[DESK_PARAMS_MAX];
};

static void found(void *arg, enum err err, const struct pg_result *rows)
{
    struct search *search = arg;
    const struct json *document = NULL;
    bool is_there = err == ERR_NONE && pg_rows(rows) && !pg_is_null(rows, 0, 0);
    if (is_there &&
        json_parse(search->arena, arena_copy(search->arena, pg_text(rows, 0, 0)), &document) != ERR_NONE)
        err = ERR_INTERNAL;
    search->done(search->arg, err, document);
}

void store_ask_desk(struct store *store, const struct desk_query *query, struct arena *arena,
                    void (*done)(void *arg, enum err err, const struct json *document), void *arg)
{
    struct search *search = arena_new(arena, struct search);
    *search = (struct search){.arena = arena, .done = done, .arg = arg};
    /* An empty text is no null. */
    for (size_t i = 0; i < query->param_count; i++)
        search->params[i] =
            pg_param_text(query->params[i].len ? arena_copy(arena, query->params[i]) : STR(""));
    struct pg_query asked = {query->name, store_sql(store, query->name), search->params, query->param_count};
    pg_run(query->is_slow ? store_slow(store) : store->misc, &asked,
           query->is_slow ? SLOW_DEADLINE_MS : DEADLINE_MS, found, search);
}
