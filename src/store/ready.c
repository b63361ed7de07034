/* Is the database there, is it the one that this program expects, can it be written to, and does what is
 * written become durable?
 *
 * The last of these shows only in a commit: one that waits for a synchronous standby which is gone, or for a
 * disk that hangs, does so for ever, while all reading goes on. So where a commit took too long, one more is
 * tried, with nothing in it; while that hangs, nothing else need be.
 *
 *   doubt → look: a trial begins → comes through: no doubt
 *                                → hangs: PostgreSQL is as good as away, until the same trial comes through
 *
 * The trial is never given up while the server answers: each that was would go on waiting there, in a
 * connection that nobody else can have. */

#include "base/clock.h"
#include "base/log.h"
#include "store/batch.h"

#include <stdlib.h>

#define LOOK_DEADLINE_MS  2000
#define WEEKS_DEADLINE_MS 10000
#define TRIAL_PATIENCE_MS 2000
#define TRIAL_DEADLINE_MS (UINT64_C(24) * 60 * 60 * 1000)

struct check {
    struct store *store;
    struct pg_param newest;
    void (*done)(void *arg, enum err err);
    void *arg;
};

/* ---- Does a commit come through? ---- */

void store_doubt_commits(struct store *store)
{
    store->doubts_commits = true;
}

bool store_commits_hang(const struct store *store)
{
    return store->commits_hang;
}

static void forget_doubt(struct store *store)
{
    store->doubts_commits = false;
    store->commits_hang = false;
}

static void trial_ended(void *arg, enum err err, const struct pg_result *rows)
{
    struct store *store = arg;
    (void)rows;
    store->tried_ns = 0;
    if (err == ERR_NONE)
        forget_doubt(store);
}

static void begin_trial(struct store *store)
{
    static const char *const name = "try_commit";
    struct pg_query query = {name, store_sql(store, name), NULL, 0};
    if (!store->trial)
        store->trial = store_connect(store);
    store->tried_ns = clock_monotonic_ns();
    pg_run(store->trial, &query, TRIAL_DEADLINE_MS, trial_ended, store);
}

static void leave_trial(struct store *store)
{
    pg_free(store->trial);
    store->trial = NULL;
}

static enum err look_at_commits(struct store *store)
{
    if (!store->doubts_commits)
        leave_trial(store);
    else if (!store->tried_ns)
        begin_trial(store);
    else if (clock_monotonic_ns() - store->tried_ns > TRIAL_PATIENCE_MS * UINT64_C(1000000))
        store->commits_hang = true;
    return store->commits_hang ? ERR_TIMEOUT : ERR_NONE;
}

/* ---- Is there a place for this week? ---- */

static void weeks_made(void *arg, enum err err, const struct pg_result *rows)
{
    struct store *store = arg;
    (void)err;
    (void)rows;
    store->makes_weeks = false;
}

/* The upkeep makes them ahead. After weeks without it (everything was off, or a clock has jumped) not a word
 * could be committed until it comes. */
static void make_weeks(struct store *store)
{
    if (store->makes_weeks)
        return;
    store->makes_weeks = true;
    log_event(LOG_WARN, "there are no tables for this week; they are made now");
    struct pg_query query = {"make_weeks", store_sql(store, "make_weeks"), NULL, 0};
    pg_run(store_slow(store), &query, WEEKS_DEADLINE_MS, weeks_made, store);
}

/* ---- Is it there? ---- */

static void checked(void *arg, enum err err, const struct pg_result *rows)
{
    struct check check = *(struct check *)arg;
    free(arg);
    bool is_there = err == ERR_NONE;
    if (is_there && !pg_bool(rows, 0, 1)) {
        pg_leave_server(store_misc(check.store));
        err = ERR_UNAVAILABLE;
    } else if (is_there && !pg_bool(rows, 0, 0)) {
        err = ERR_CONFLICT;
    } else if (is_there && !pg_bool(rows, 0, 2)) {
        make_weeks(check.store);
        err = ERR_UNAVAILABLE;
    }
    if (err == ERR_NONE) {
        err = look_at_commits(check.store);
    } else if (is_away(err)) {
        /* The doubt was about a server that has gone; whichever comes is another. */
        leave_trial(check.store);
        forget_doubt(check.store);
    }
    check.done(check.arg, err);
}

void store_check_ready(struct store *store, void (*done)(void *arg, enum err err), void *arg)
{
    struct check *check = malloc(sizeof *check);
    if (!check)
        abort();
    *check = (struct check){.store = store, .done = done, .arg = arg};
    check->newest = pg_param_text(store_newest_migration(store));
    struct pg_query query = {"check_ready", store_sql(store, "check_ready"), &check->newest, 1};
    pg_run(store_misc(store), &query, LOOK_DEADLINE_MS, checked, check);
}
