/* Which silent sessions is it time to look at? */

#include "store/waits.h"

#include "store/batch.h"

#define DEADLINE_MS 10000

struct claim {
    struct arena arena;
    void (*done)(void *arg, enum err err, const struct wait *waits, size_t count);
    void *arg;
};

static void claimed(void *arg, enum err err, const struct pg_result *rows)
{
    struct claim claim = *(struct claim *)arg;
    struct wait waits[WAITS_MAX];
    size_t count = err == ERR_NONE ? pg_rows(rows) : 0;
    if (count > WAITS_MAX)
        count = WAITS_MAX;
    for (size_t i = 0; i < count; i++)
        waits[i] = (struct wait){pg_uuid(rows, i, 0), pg_int(rows, i, 1)};
    claim.done(claim.arg, err, waits, count);
    arena_free(&claim.arena);
}

void store_claim_waits(struct store *store, int lease_s,
                       void (*done)(void *arg, enum err err, const struct wait *waits, size_t count),
                       void *arg)
{
    struct arena arena = {0};
    struct claim *claim = arena_new(&arena, struct claim);
    struct pg_param *params = arena_new_array(&arena, struct pg_param, 2);
    params[0] = pg_param_int(&arena, WAITS_MAX);
    params[1] = pg_param_int(&arena, lease_s);
    *claim = (struct claim){arena, done, arg};
    struct pg_query query = {"claim_waits", store_sql(store, "claim_waits"), params, 2};
    pg_run(store->misc, &query, DEADLINE_MS, claimed, claim);
}
