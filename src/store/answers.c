/* What did we answer the first time? */

#include "store/answers.h"

#include "store/batch.h"

struct search {
    struct arena *arena;
    void (*done)(void *arg, enum err err, const struct str *payloads, size_t count);
    void *arg;
    struct pg_param param;
};

static void found(void *arg, enum err err, const struct pg_result *rows)
{
    struct search *search = arg;
    struct str payloads[TURN_OUTS_MAX];
    size_t count = 0;
    for (size_t i = 0; err == ERR_NONE && i < pg_rows(rows) && count < TURN_OUTS_MAX; i++)
        payloads[count++] = arena_copy(search->arena, pg_jsonb(rows, i, 0));
    search->done(search->arg, err, payloads, count);
}

static void search_for(struct store *store, struct pg *pg, const char *query_name, struct pg_param param,
                       size_t param_count, struct arena *arena,
                       void (*done)(void *arg, enum err err, const struct str *payloads, size_t count),
                       void *arg)
{
    struct search *search = arena_new(arena, struct search);
    *search = (struct search){arena, done, arg, param};
    struct pg_query query = {query_name, store_sql(store, query_name), &search->param, param_count};
    pg_run(pg, &query, TURN_DEADLINE_MS, found, search);
}

void store_find_answer(struct store *store, struct uuid message_key, struct arena *arena,
                       void (*done)(void *arg, enum err err, const struct str *payloads, size_t count),
                       void *arg)
{
    search_for(store, store->misc, "find_answer", pg_param_uuid(arena, message_key), 1, arena, done, arg);
}

void store_find_last_said(struct store *store, struct uuid session, struct arena *arena,
                          void (*done)(void *arg, enum err err, const struct str *payloads, size_t count),
                          void *arg)
{
    search_for(store, store->misc, "find_last_said", pg_param_uuid(arena, session), 1, arena, done, arg);
}

void store_find_stats(struct store *store, struct arena *arena,
                      void (*done)(void *arg, enum err err, const struct str *documents, size_t count),
                      void *arg)
{
    search_for(store, store_slow(store), "stats", pg_param_null(), 0, arena, done, arg);
}
