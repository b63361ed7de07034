/* Until when was every text heard? Two rows of frontdesk.upkeep: that time, and the lease of whoever looks.
 */

#include "store/heard.h"

#include "store/pg.h"

#define DEADLINE_MS 5000

struct question {
    struct arena arena;
    struct store *store;
    void (*claimed)(void *arg, enum err err, int64_t lease, int64_t heard_ms);
    void (*noted)(void *arg, enum err err);
    void *arg;
};

static struct question *ask(struct store *store, void *arg)
{
    struct arena arena = {0};
    struct question *question = arena_new(&arena, struct question);
    question->store = store;
    question->arg = arg;
    question->arena = arena;
    return question;
}

static void claimed(void *arg, enum err err, const struct pg_result *rows)
{
    struct question question = *(struct question *)arg;
    bool is_ours = err == ERR_NONE && !pg_is_null(rows, 0, 0);
    int64_t lease = is_ours ? pg_time_us(rows, 0, 0) : 0;
    int64_t heard_ms = is_ours && !pg_is_null(rows, 0, 1) ? pg_time_us(rows, 0, 1) / 1000 : 0;
    arena_free(&question.arena);
    question.claimed(question.arg, err, lease, heard_ms);
}

void store_claim_heard(struct store *store, int lease_s, int64_t lease,
                       void (*done)(void *arg, enum err err, int64_t lease, int64_t heard_ms), void *arg)
{
    struct question *question = ask(store, arg);
    struct pg_param *params = arena_new_array(&question->arena, struct pg_param, 2);
    question->claimed = done;
    params[0] = pg_param_int(&question->arena, lease_s);
    params[1] = pg_param_int(&question->arena, lease);
    struct pg_query query = {"claim_heard", store_sql(store, "claim_heard"), params, 2};
    pg_run(store_misc(store), &query, DEADLINE_MS, claimed, question);
}

static void noted(void *arg, enum err err, const struct pg_result *rows)
{
    struct question question = *(struct question *)arg;
    (void)rows;
    /* Where nobody writes to us, this is the only commit in a minute. */
    if (err == ERR_TIMEOUT)
        store_doubt_commits(question.store);
    arena_free(&question.arena);
    question.noted(question.arg, err);
}

void store_note_heard(struct store *store, int64_t until_ms, bool is_ours,
                      void (*done)(void *arg, enum err err), void *arg)
{
    struct question *question = ask(store, arg);
    struct pg_param *params = arena_new_array(&question->arena, struct pg_param, 2);
    question->noted = done;
    params[0] = pg_param_int(&question->arena, until_ms);
    params[1] = pg_param_int(&question->arena, is_ours);
    struct pg_query query = {"note_heard", store_sql(store, "note_heard"), params, 2};
    pg_run(store_misc(store), &query, DEADLINE_MS, noted, question);
}
