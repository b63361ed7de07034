/* What became of a simulated person's conversation? */

#include "store/simulated.h"

#include "store/batch.h"

struct search {
    void (*done)(void *arg, enum err err, struct str document);
    void *arg;
    struct pg_param param;
};

static void found(void *arg, enum err err, const struct pg_result *rows)
{
    struct search *search = arg;
    bool is_there = err == ERR_NONE && pg_rows(rows) == 1;
    search->done(search->arg, err, is_there ? pg_jsonb(rows, 0, 0) : (struct str){0});
}

void store_find_simulated(struct store *store, struct str number, struct arena *arena,
                          void (*done)(void *arg, enum err err, struct str document), void *arg)
{
    struct search *search = arena_new(arena, struct search);
    *search = (struct search){done, arg, pg_param_text(arena_copy(arena, number))};
    struct pg_query query = {"simulated", store_sql(store, "simulated"), &search->param, 1};
    pg_run(store_misc(store), &query, TURN_DEADLINE_MS, found, search);
}
