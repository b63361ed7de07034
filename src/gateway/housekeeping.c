/* Is PostgreSQL there, and what else is to be seen to by the clock? */

#include "gateway/housekeeping.h"

#include "base/clock.h"
#include "gateway/minutes.h"
#include "gateway/scripts.h"
#include "store/jobs.h"

#include <stdlib.h>

#define CHECK_MS          1000
#define MAINTAIN_MS       (10 * 60 * 1000)
#define FIRST_MAINTAIN_MS 5000
/* Many times as long as anything that began with older flows and words may take. */
#define SCRIPTS_KEPT_NS   (UINT64_C(600) * 1000000000)

struct housekeeping {
    struct gateway *gateway;
    struct scripts *scripts;
    bool is_first;
    struct store_counts told; /* what /metrics knows of already */
    struct loop_timer *check;
    struct loop_timer *maintain;
};

static void ready_checked(void *arg, enum err err)
{
    struct housekeeping *housekeeping = arg;
    struct gateway *gateway = housekeeping->gateway;
    bool was_ready = gateway->is_ready;
    bool was_other_version = gateway->is_other_version;
    gateway->is_ready = err == ERR_NONE;
    gateway->is_away = err != ERR_NONE;
    gateway->is_other_version = err == ERR_CONFLICT;
    gateway->metrics->commits_hang = store_commits_hang(gateway->store);
    if (err == ERR_NONE)
        gateway->shared->was_ready = true;
    if (!was_ready && err == ERR_NONE)
        log_event(LOG_INFO, "PostgreSQL is there and migrated");
    else if (gateway->is_other_version && !was_other_version)
        log_event(LOG_ERROR, "the database is not migrated, or for another version of this program",
                  log_str("needs", store_newest_migration(gateway->store)));
    else if (was_ready && err != ERR_NONE)
        log_event(
            LOG_WARN, "PostgreSQL is away",
            log_cstr("why", gateway->metrics->commits_hang ? "no commit comes through" : err_name(err)));
    loop_timer_start(housekeeping->check, CHECK_MS, 0);
}

/* The store counts for itself; what is new goes into the shared sums. */
static void publish_counts(struct housekeeping *housekeeping)
{
    struct metrics_slot *metrics = housekeeping->gateway->metrics;
    const struct store_counts *now = store_counts(housekeeping->gateway->store);
    const struct store_counts *told = &housekeeping->told;
    metric_add(metrics, METRIC_LOAD_BATCHES, now->load_batches - told->load_batches);
    metric_add(metrics, METRIC_LOADS, now->loads - told->loads);
    metric_add(metrics, METRIC_COMMIT_BATCHES, now->commit_batches - told->commit_batches);
    metric_add(metrics, METRIC_COMMITS, now->commits - told->commits);
    housekeeping->told = *now;
}

static void check(void *arg)
{
    struct housekeeping *housekeeping = arg;
    publish_counts(housekeeping);
    log_tell_left_out();
    (void)scripts_free_outdated(housekeeping->scripts, SCRIPTS_KEPT_NS);
    if (housekeeping->is_first)
        minutes_note(housekeeping->gateway->shared, clock_now_ms());
    /* Who has nothing to write does not find out by itself. */
    if (shared_commits_hang(housekeeping->gateway->shared))
        store_doubt_commits(housekeeping->gateway->store);
    store_check_ready(housekeeping->gateway->store, ready_checked, housekeeping);
}

static void maintained(void *arg, enum err err)
{
    (void)arg;
    if (err != ERR_NONE)
        log_event(LOG_WARN, "the upkeep could not be done; it is tried again",
                  log_cstr("why", err_name(err)));
}

static void maintain(void *arg)
{
    struct housekeeping *housekeeping = arg;
    struct gateway *gateway = housekeeping->gateway;
    if (gateway->is_ready && !gateway->is_draining)
        store_maintain(gateway->store, maintained, NULL);
}

struct housekeeping *housekeeping_new(struct gateway *gateway, struct scripts *scripts, bool is_first)
{
    struct housekeeping *housekeeping = calloc(1, sizeof *housekeeping);
    if (!housekeeping)
        abort();
    housekeeping->gateway = gateway;
    housekeeping->scripts = scripts;
    housekeeping->is_first = is_first;
    gateway->metrics->commits_hang = false; /* that of the worker before us is its own */
    housekeeping->check = loop_timer_new(gateway->loop, check, housekeeping);
    housekeeping->maintain = loop_timer_new(gateway->loop, maintain, housekeeping);
    loop_timer_start(housekeeping->check, 0, 0);
    loop_timer_start(housekeeping->maintain, FIRST_MAINTAIN_MS, MAINTAIN_MS);
    return housekeeping;
}

void housekeeping_free(struct housekeeping *housekeeping)
{
    loop_timer_free(housekeeping->check);
    loop_timer_free(housekeeping->maintain);
    free(housekeeping);
}
