/* How does every query come back in time, whatever becomes of PostgreSQL?
 *
 *   away → ready ⇄ running
 *    ↑________________|  connection lost, or a deadline passed
 *
 * One query runs at a time. While away, queries wait for the connection to come back, at most until their
 * deadline. */

#include "store/pg.h"

#include "base/clock.h"
#include "store/pg_connection.h"
#include "store/pg_queue.h"
#include "store/pg_trouble.h"

#include <stdlib.h>

#define RETRY_LEAST_MS 50
#define RETRY_MOST_MS  2000

enum state { AWAY, READY, RUNNING };

struct pg {
    enum state state;
    struct pg_connection *connection;
    struct loop_timer *deadline; /* of whichever query's comes first */
    struct loop_timer *retry;
    struct loop_timer *kick; /* starts the queue from the loop, never from within pg_run */
    uint64_t armed_ns;       /* what `deadline` waits for; 0: for nothing */
    uint64_t retry_ms;
    bool is_useless;       /* the server, to whoever asked */
    struct pg_queue queue; /* the first runs while RUNNING */
};

/* What ends in time leaves the timer alone: it fires for nothing, and is set for who waits then. */
static void arm_deadline(struct pg *pg)
{
    uint64_t at_ns = pg_queue_next_deadline_ns(&pg->queue);
    if (!at_ns || (pg->armed_ns && pg->armed_ns <= at_ns))
        return;
    pg->armed_ns = at_ns;
    uint64_t now = clock_monotonic_ms();
    uint64_t at = at_ns / 1000000;
    loop_timer_start(pg->deadline, at > now ? at - now : 1, 0);
}

/* Ends the first query. Its callback may start others: the queue is whole again before it is called. */
static void finish_first(struct pg *pg, enum err err, const struct pg_result *rows)
{
    struct pg_waiting *first = pg_queue_take(&pg->queue);
    first->done(first->arg, err, rows);
    free(first);
}

/* The query that was on its way may have happened or not; those behind it have not begun and wait on. */
static void lose_connection(struct pg *pg, const char *why, enum err err)
{
    bool was_running = pg->state == RUNNING;
    pg_tell_loss(str_from(why));
    pg_connection_close(pg->connection);
    pg->state = AWAY;
    pg->is_useless = false;
    loop_timer_start(pg->retry, pg->retry_ms, 0);
    pg->retry_ms = pg->retry_ms * 2 < RETRY_MOST_MS ? pg->retry_ms * 2 : RETRY_MOST_MS;
    if (was_running)
        finish_first(pg, err, NULL);
}

static void kick(void *arg)
{
    struct pg *pg = arg;
    if (pg->state != READY || !pg->queue.first)
        return;
    pg->state = RUNNING;
    pg_connection_run(pg->connection, &pg->queue.first->query);
}

static void opened(void *arg)
{
    struct pg *pg = arg;
    pg->state = READY;
    pg->retry_ms = RETRY_LEAST_MS;
    kick(pg);
}

static void answered(void *arg, enum err err, const struct pg_result *rows)
{
    struct pg *pg = arg;
    pg->state = READY;
    finish_first(pg, err, rows);
    /* A server that turned read-only or is going away is no use: another host may be better. */
    if (err == ERR_UNAVAILABLE || pg->is_useless)
        lose_connection(pg, "the server can't serve just now", ERR_UNAVAILABLE);
    else
        kick(pg);
}

static void lost(void *arg, const char *why)
{
    lose_connection(arg, why, ERR_UNAVAILABLE);
}

static void connect_again(void *arg)
{
    struct pg *pg = arg;
    pg_connection_open(pg->connection);
}

static void deadline_passed(void *arg)
{
    struct pg *pg = arg;
    struct pg_waiting *expired;
    uint64_t now = clock_monotonic_ns() + 1000000;
    pg->armed_ns = 0;
    if (pg->state == RUNNING && pg->queue.first->deadline_ns <= now)
        lose_connection(pg, "a statement took too long", ERR_TIMEOUT);
    while ((expired = pg_queue_cut_expired(&pg->queue, pg->state == RUNNING, now))) {
        expired->done(expired->arg, ERR_UNAVAILABLE, NULL);
        free(expired);
    }
    arm_deadline(pg);
}

struct pg *pg_new(struct loop *loop, struct str url, struct str settings)
{
    struct pg *pg = calloc(1, sizeof *pg);
    if (!pg)
        abort();
    pg->connection = pg_connection_new(
        loop, url, settings,
        &(struct pg_connection_conf){.opened = opened, .answered = answered, .lost = lost, .arg = pg});
    pg->deadline = loop_timer_new(loop, deadline_passed, pg);
    pg->retry = loop_timer_new(loop, connect_again, pg);
    pg->kick = loop_timer_new(loop, kick, pg);
    pg->retry_ms = RETRY_LEAST_MS;
    loop_timer_start(pg->retry, 0, 0);
    return pg;
}

void pg_free(struct pg *pg)
{
    if (!pg)
        return;
    pg_connection_close(pg->connection);
    pg->state = AWAY;
    while (pg->queue.first)
        finish_first(pg, ERR_UNAVAILABLE, NULL);
    loop_timer_free(pg->deadline);
    loop_timer_free(pg->retry);
    loop_timer_free(pg->kick);
    pg_connection_free(pg->connection);
    free(pg);
}

void pg_run(struct pg *pg, const struct pg_query *query, uint64_t deadline_ms,
            void (*done)(void *arg, enum err err, const struct pg_result *rows), void *arg)
{
    struct pg_waiting *waiting = calloc(1, sizeof *waiting);
    if (!waiting)
        abort();
    *waiting = (struct pg_waiting){
        .query = *query,
        .deadline_ns = clock_monotonic_ns() + deadline_ms * 1000000,
        .done = done,
        .arg = arg,
    };
    pg_queue_put(&pg->queue, waiting);
    if (!pg->armed_ns || waiting->deadline_ns < pg->armed_ns)
        arm_deadline(pg);
    /* From the loop: a broken connection, noticed while sending, would call back from in here. */
    if (pg->queue.first == waiting && pg->state == READY)
        loop_timer_start(pg->kick, 0, 0);
}

void pg_leave_server(struct pg *pg)
{
    pg->is_useless = true;
}
