/* What became of a simulated person's conversation, and how did it go? */

#include "store/simulated.h"

#include "store/batch.h"

struct search {
    void (*done)(void *arg, enum err err, struct str document);
    void *arg;
    struct pg_param params[2];
};

static void found(void *arg, enum err err, const struct pg_result *rows)
{
    struct search *search = arg;
    bool is_there = err == ERR_NONE && pg_rows(rows) == 1;
    search->done(search->arg, err, is_there ? pg_jsonb(rows, 0, 0) : (struct str){0});
}

static void look(struct store *store, const char *query_name, const struct simulated_person *person,
                 struct arena *arena, void (*done)(void *arg, enum err err, struct str document), void *arg)
{
    struct search *search = arena_new(arena, struct search);
    *search = (struct search){done,
                              arg,
                              {pg_param_text(arena_copy(arena, person->number)),
                               pg_param_text(arena_copy(arena, person->web_key))}};
    struct pg_query query = {query_name, store_sql(store, query_name), search->params, 2};
    pg_run(store_misc(store), &query, TURN_DEADLINE_MS, found, search);
}

void store_find_simulated(struct store *store, const struct simulated_person *person, struct arena *arena,
                          void (*done)(void *arg, enum err err, struct str document), void *arg)
{
    look(store, "simulated", person, arena, done, arg);
}

void store_find_recording(struct store *store, const struct simulated_person *person, struct arena *arena,
                          void (*done)(void *arg, enum err err, struct str document), void *arg)
{
    look(store, "simulated_recording", person, arena, done, arg);
}
