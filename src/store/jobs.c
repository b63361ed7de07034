/* Who does what was asked for, and when is it done? */

#include "store/jobs.h"

#include "store/batch.h"

#define DEADLINE_MS 10000
#define WEEKS_MS    60000
#define UPKEEP_MS   660000
#define JOBS_MAX    32
/* Of counting, for /metrics: who scrapes waits no longer. */
#define COUNT_MS    2000
#define COUNTS_MAX  16

struct errand {
    struct arena arena;
    struct store *store; /* of the upkeep */
    void (*claimed)(void *arg, enum err err, const struct job *jobs, size_t count);
    void (*counted)(void *arg, enum err err, const struct job_count *counts, size_t count);
    void (*done)(void *arg, enum err err);
    void *arg;
};

static struct errand *new_errand(void *arg)
{
    struct arena arena = {0};
    struct errand *errand = arena_new(&arena, struct errand);
    errand->arena = arena;
    errand->arg = arg;
    return errand;
}

static void jobs_claimed(void *arg, enum err err, const struct pg_result *rows)
{
    struct errand errand = *(struct errand *)arg;
    struct job jobs[JOBS_MAX];
    size_t count = err == ERR_NONE ? pg_rows(rows) : 0;
    if (count > JOBS_MAX)
        count = JOBS_MAX;
    for (size_t i = 0; i < count; i++)
        jobs[i] = (struct job){pg_uuid(rows, i, 0), pg_jsonb(rows, i, 1), (int)pg_int(rows, i, 2)};
    errand.claimed(errand.arg, err, jobs, count);
    arena_free(&errand.arena);
}

void store_claim_jobs(struct store *store, struct str kind, int most, int lease_s,
                      void (*done)(void *arg, enum err err, const struct job *jobs, size_t count), void *arg)
{
    struct errand *errand = new_errand(arg);
    struct pg_param *params = arena_new_array(&errand->arena, struct pg_param, 3);
    errand->claimed = done;
    params[0] = pg_param_text(arena_copy(&errand->arena, kind));
    params[1] = pg_param_int(&errand->arena, most < JOBS_MAX ? most : JOBS_MAX);
    params[2] = pg_param_int(&errand->arena, lease_s);
    struct pg_query query = {"claim_jobs", store_sql(store, "claim_jobs"), params, 3};
    pg_run(store->misc, &query, DEADLINE_MS, jobs_claimed, errand);
}

static void jobs_counted(void *arg, enum err err, const struct pg_result *rows)
{
    struct errand errand = *(struct errand *)arg;
    struct job_count counts[COUNTS_MAX];
    size_t count = err == ERR_NONE ? pg_rows(rows) : 0;
    if (count > COUNTS_MAX)
        count = COUNTS_MAX;
    for (size_t i = 0; i < count; i++)
        counts[i] = (struct job_count){pg_text(rows, i, 0), pg_text(rows, i, 1), pg_int(rows, i, 2)};
    errand.counted(errand.arg, err, counts, count);
    arena_free(&errand.arena);
}

void store_count_jobs(struct store *store,
                      void (*done)(void *arg, enum err err, const struct job_count *counts, size_t count),
                      void *arg)
{
    struct errand *errand = new_errand(arg);
    errand->counted = done;
    struct pg_query query = {"count_jobs", store_sql(store, "count_jobs"), NULL, 0};
    pg_run(store->misc, &query, COUNT_MS, jobs_counted, errand);
}

static void finished(void *arg, enum err err, const struct pg_result *rows)
{
    (void)rows;
    struct errand errand = *(struct errand *)arg;
    errand.done(errand.arg, err);
    arena_free(&errand.arena);
}

void store_settle_job(struct store *store, struct uuid id, enum job_end end, int64_t delay_ms,
                      struct str error, void (*done)(void *arg, enum err err), void *arg)
{
    static const struct str states[] = {STR_INIT("done"), STR_INIT("waiting"), STR_INIT("failed")};
    struct errand *errand = new_errand(arg);
    struct pg_param *params = arena_new_array(&errand->arena, struct pg_param, 4);
    errand->done = done;
    params[0] = pg_param_uuid(&errand->arena, id);
    params[1] = pg_param_text(states[end]);
    params[2] = pg_param_int(&errand->arena, delay_ms);
    params[3] = error.len ? pg_param_text(arena_copy(&errand->arena, error)) : pg_param_null();
    struct pg_query query = {"settle_job", store_sql(store, "settle_job"), params, 4};
    pg_run(store->misc, &query, DEADLINE_MS, finished, errand);
}

static void weeks_made(void *arg, enum err err, const struct pg_result *rows)
{
    struct errand *errand = arg;
    struct store *store = errand->store;
    if (err != ERR_NONE) {
        finished(errand, err, rows);
        return;
    }
    struct pg_query query = {"maintain", store_sql(store, "maintain"), NULL, 0};
    pg_run(store_slow(store), &query, UPKEEP_MS, finished, errand);
}

void store_maintain(struct store *store, void (*done)(void *arg, enum err err), void *arg)
{
    struct errand *errand = new_errand(arg);
    errand->done = done;
    errand->store = store;
    struct pg_query query = {"make_weeks", store_sql(store, "make_weeks"), NULL, 0};
    pg_run(store_slow(store), &query, WEEKS_MS, weeks_made, errand);
}
