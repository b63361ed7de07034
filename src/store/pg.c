/* How does a query wait for PostgreSQL without anybody waiting?
 *
 *   away → naming → connecting → ready ⇄ preparing, running
 *    ↑_________________________________________|  connection lost, or a deadline passed
 *
 * libpq is driven by the readiness of its socket. A statement is prepared at its first use on each
 * connection. While away, queries wait for the connection to come back, at most until their deadline. */

#include "store/pg.h"

#include "base/clock.h"
#include "store/pg_hosts.h"
#include "store/pg_queue.h"
#include "store/pg_trouble.h"

#include <libpq-fe.h>
#include <stdlib.h>
#include <string.h>

#define STATEMENTS_MAX 128 /* more than there are files in sql/queries */
#define RETRY_LEAST_MS 50
#define RETRY_MOST_MS  2000
#define CONNECT_MS     5000

struct pg_result {
    PGresult *native;
};

enum state { AWAY, NAMING, CONNECTING, READY, PREPARING, RUNNING };

struct pg {
    struct loop *loop;
    char *url;
    char *settings;
    enum state state;
    struct pg_hosts *hosts; /* NULL: no name has to be looked up */
    PGconn *native;
    struct loop_watch *watch;
    struct loop_timer *deadline; /* whoever's comes first, in the queue or of connecting */
    struct loop_timer *retry;
    struct loop_timer *kick; /* starts the queue from the loop, never from within pg_run */
    uint64_t connect_deadline_ns;
    uint64_t armed_ns; /* what `deadline` waits for; 0: for nothing */
    uint64_t retry_ms;
    bool is_useless;       /* the server, to whoever asked */
    struct pg_queue queue; /* the first runs when state is PREPARING or RUNNING */
    PGresult *result;      /* of the running query; the last one */
    const char *prepared[STATEMENTS_MAX];
    size_t prepared_count;
};

static void advance(struct pg *pg);

static bool is_running(const struct pg *pg)
{
    return pg->state == PREPARING || pg->state == RUNNING;
}

static uint64_t next_deadline_ns(const struct pg *pg)
{
    uint64_t queued_ns = pg_queue_next_deadline_ns(&pg->queue);
    if (pg->state != CONNECTING || (queued_ns && queued_ns < pg->connect_deadline_ns))
        return queued_ns;
    return pg->connect_deadline_ns;
}

/* What ends in time leaves the timer alone: it fires for nothing, and is set for who waits then. */
static void arm_deadline(struct pg *pg)
{
    uint64_t at_ns = next_deadline_ns(pg);
    if (!at_ns || (pg->armed_ns && pg->armed_ns <= at_ns))
        return;
    pg->armed_ns = at_ns;
    uint64_t now = clock_monotonic_ms();
    uint64_t at = at_ns / 1000000;
    loop_timer_start(pg->deadline, at > now ? at - now : 1, 0);
}

/* Ends the first query. Its callback may start others: the queue is whole again before it is called. */
static void finish_first(struct pg *pg, enum err err, PGresult *native)
{
    struct pg_waiting *first = pg_queue_take(&pg->queue);
    struct pg_result rows = {native};
    first->done(first->arg, err, native ? &rows : NULL);
    if (native)
        PQclear(native);
    free(first);
}

static void stop_watching(struct pg *pg)
{
    loop_watch_free(pg->watch);
    pg->watch = NULL;
}

static void drop_connection(struct pg *pg)
{
    stop_watching(pg);
    if (pg->result)
        PQclear(pg->result);
    pg->result = NULL;
    if (pg->native)
        PQfinish(pg->native);
    pg->native = NULL;
    pg->prepared_count = 0;
    pg->is_useless = false;
    pg->state = AWAY;
}

/* The query that was on its way may have happened or not; those behind it have not begun and wait on. */
static void lose_connection(struct pg *pg, const char *why, enum err err)
{
    bool was_running = is_running(pg);
    pg_tell_loss(str_from(why));
    drop_connection(pg);
    loop_timer_start(pg->retry, pg->retry_ms, 0);
    pg->retry_ms = pg->retry_ms * 2 < RETRY_MOST_MS ? pg->retry_ms * 2 : RETRY_MOST_MS;
    if (was_running)
        finish_first(pg, err, NULL);
}

static void socket_ready(void *arg, bool readable, bool writable)
{
    (void)readable;
    (void)writable;
    advance(arg);
}

static void watch_socket(struct pg *pg, bool writable)
{
    if (!pg->watch)
        pg->watch = loop_watch_new(pg->loop, PQsocket(pg->native), socket_ready, pg);
    loop_watch_set(pg->watch, true, writable);
}

static void discard_notice(void *arg, const char *message)
{
    (void)arg;
    (void)message;
}

static void connect_to(struct pg *pg, const struct pg_hosts_found *found)
{
    /* What is NULL is as if it were not there, and what is said twice counts as it was said last. */
    const char *keys[] = {"dbname", "options", "application_name", "client_encoding", "host", "hostaddr",
                          "port",   NULL};
    const char *values[] = {pg->url,      pg->settings,     "frontdesk",  "UTF8",
                            found->hosts, found->addresses, found->ports, NULL};
    pg->native = PQconnectStartParams(keys, values, 1);
    if (!pg->native)
        abort();
    pg->state = CONNECTING;
    pg->connect_deadline_ns = clock_monotonic_ns() + CONNECT_MS * UINT64_C(1000000);
    if (PQstatus(pg->native) == CONNECTION_BAD) {
        lose_connection(pg, PQerrorMessage(pg->native), ERR_UNAVAILABLE);
        return;
    }
    PQsetNoticeProcessor(pg->native, discard_notice, NULL);
    watch_socket(pg, true);
    arm_deadline(pg);
}

static void hosts_found(void *arg, const struct pg_hosts_found *found)
{
    struct pg *pg = arg;
    if (found->hosts)
        connect_to(pg, found);
    else
        lose_connection(pg, "its host was not found: DNS has no address, or does not answer",
                        ERR_UNAVAILABLE);
}

/* However long DNS takes: queries have deadlines of their own. */
static void connect_again(void *arg)
{
    struct pg *pg = arg;
    if (!pg->hosts) {
        connect_to(pg, &(struct pg_hosts_found){0});
        return;
    }
    pg->state = NAMING;
    pg_hosts_ask(pg->hosts);
}

/* Each step may close the socket and open another, for the next host or without TLS, and that one may have
 * the same number: the kernel has forgotten to watch it all the same. */
static void advance_connecting(struct pg *pg)
{
    stop_watching(pg);
    switch (PQconnectPoll(pg->native)) {
    case PGRES_POLLING_READING:
        watch_socket(pg, false);
        return;
    case PGRES_POLLING_WRITING:
        watch_socket(pg, true);
        return;
    case PGRES_POLLING_OK:
        PQsetnonblocking(pg->native, 1);
        watch_socket(pg, false);
        pg->state = READY;
        pg->retry_ms = RETRY_LEAST_MS;
        advance(pg);
        return;
    case PGRES_POLLING_FAILED:
    case PGRES_POLLING_ACTIVE:
        lose_connection(pg, PQerrorMessage(pg->native), ERR_UNAVAILABLE);
        return;
    }
}

static bool is_prepared(const struct pg *pg, const char *name)
{
    for (size_t i = 0; i < pg->prepared_count; i++)
        if (strcmp(pg->prepared[i], name) == 0)
            return true;
    return false;
}

static int send_query(struct pg *pg)
{
    const struct pg_query *query = &pg->queue.first->query;
    if (!is_prepared(pg, query->name)) {
        pg->state = PREPARING;
        return PQsendPrepare(pg->native, query->name, query->sql, 0, NULL);
    }
    enum { PARAMS_MAX = 64 };
    const char *values[PARAMS_MAX];
    int lengths[PARAMS_MAX];
    int formats[PARAMS_MAX];
    if (query->param_count > PARAMS_MAX)
        abort();
    for (size_t i = 0; i < query->param_count; i++) {
        values[i] = query->params[i].data;
        lengths[i] = (int)query->params[i].len;
        formats[i] = query->params[i].is_binary;
    }
    pg->state = RUNNING;
    return PQsendQueryPrepared(pg->native, query->name, (int)query->param_count, values, lengths, formats, 1);
}

static void start_first(struct pg *pg)
{
    if (!send_query(pg)) {
        lose_connection(pg, PQerrorMessage(pg->native), ERR_UNAVAILABLE);
        return;
    }
    watch_socket(pg, PQflush(pg->native) == 1);
}

static enum err judge(const PGresult *result)
{
    ExecStatusType status = PQresultStatus(result);
    if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK)
        return ERR_NONE;
    return pg_refused(str_from(PQresultErrorField(result, PG_DIAG_SQLSTATE)),
                      str_from(PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY)),
                      str_from(PQresultErrorField(result, PG_DIAG_CONTEXT)));
}

static void end_statement(struct pg *pg)
{
    PGresult *result = pg->result;
    pg->result = NULL;
    enum err err = judge(result);
    bool was_preparing = pg->state == PREPARING;
    pg->state = READY;
    if (was_preparing && err == ERR_NONE) {
        PQclear(result);
        if (pg->prepared_count == STATEMENTS_MAX)
            abort();
        pg->prepared[pg->prepared_count++] = pg->queue.first->query.name;
        start_first(pg);
        return;
    }
    if (err != ERR_NONE) {
        PQclear(result);
        result = NULL;
    }
    finish_first(pg, err, result);
    /* A server that turned read-only or is going away is no use: another host may be better. */
    if ((err == ERR_UNAVAILABLE || pg->is_useless) && pg->native)
        lose_connection(pg, "the server can't serve just now", ERR_UNAVAILABLE);
}

static void advance_running(struct pg *pg)
{
    if (!PQconsumeInput(pg->native)) {
        lose_connection(pg, PQerrorMessage(pg->native), ERR_UNAVAILABLE);
        return;
    }
    watch_socket(pg, PQflush(pg->native) == 1);
    while (!PQisBusy(pg->native)) {
        PGresult *result = PQgetResult(pg->native);
        if (!result) {
            end_statement(pg);
            return;
        }
        if (pg->result)
            PQclear(pg->result);
        pg->result = result;
    }
}

static void kick(void *arg)
{
    struct pg *pg = arg;
    if (pg->state == READY && pg->queue.first)
        start_first(pg);
}

static void advance(struct pg *pg)
{
    switch (pg->state) {
    case AWAY:
    case NAMING:
        return;
    case CONNECTING:
        advance_connecting(pg);
        return;
    case PREPARING:
    case RUNNING:
        advance_running(pg);
        break;
    case READY:
        /* Nothing was asked: the server speaks only to say goodbye. */
        if (!PQconsumeInput(pg->native)) {
            lose_connection(pg, PQerrorMessage(pg->native), ERR_UNAVAILABLE);
            return;
        }
        break;
    }
    kick(pg);
}

static void deadline_passed(void *arg)
{
    struct pg *pg = arg;
    struct pg_waiting *expired;
    uint64_t now = clock_monotonic_ns() + 1000000;
    pg->armed_ns = 0;
    if (pg->state == CONNECTING && pg->connect_deadline_ns <= now)
        lose_connection(pg, "no answer in time", ERR_TIMEOUT);
    if (is_running(pg) && pg->queue.first->deadline_ns <= now)
        lose_connection(pg, "a statement took too long", ERR_TIMEOUT);
    while ((expired = pg_queue_cut_expired(&pg->queue, is_running(pg), now))) {
        expired->done(expired->arg, ERR_UNAVAILABLE, NULL);
        free(expired);
    }
    arm_deadline(pg);
}

bool pg_url_is_readable(struct str url)
{
    struct arena arena = {0};
    PQconninfoOption *options = PQconninfoParse(arena_cstring(&arena, url), NULL);
    PQconninfoFree(options);
    arena_free(&arena);
    return options != NULL;
}

/* An address that the URL itself gives is libpq's to use. */
static struct pg_hosts *hosts_of(struct pg *pg)
{
    const char *hosts = NULL, *ports = NULL, *addresses = NULL;
    PQconninfoOption *options = PQconninfoParse(pg->url, NULL);
    for (const PQconninfoOption *option = options; option && option->keyword; option++) {
        if (strcmp(option->keyword, "host") == 0)
            hosts = option->val;
        else if (strcmp(option->keyword, "port") == 0)
            ports = option->val;
        else if (strcmp(option->keyword, "hostaddr") == 0)
            addresses = option->val;
    }
    struct pg_hosts *found =
        hosts && !addresses ? pg_hosts_new(pg->loop, hosts, ports, hosts_found, pg) : NULL;
    PQconninfoFree(options);
    return found;
}

struct pg *pg_new(struct loop *loop, struct str url, struct str settings)
{
    struct pg *pg = calloc(1, sizeof *pg);
    if (!pg)
        abort();
    pg->loop = loop;
    pg->url = strndup(url.data, url.len);
    pg->settings = strndup(settings.data ? settings.data : "", settings.len);
    pg->hosts = hosts_of(pg);
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
    drop_connection(pg);
    while (pg->queue.first)
        finish_first(pg, ERR_UNAVAILABLE, NULL);
    loop_timer_free(pg->deadline);
    loop_timer_free(pg->retry);
    loop_timer_free(pg->kick);
    pg_hosts_free(pg->hosts);
    free(pg->url);
    free(pg->settings);
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

size_t pg_rows(const struct pg_result *rows)
{
    return (size_t)PQntuples(rows->native);
}

bool pg_is_null(const struct pg_result *rows, size_t row, int column)
{
    return PQgetisnull(rows->native, (int)row, column);
}

struct str pg_text(const struct pg_result *rows, size_t row, int column)
{
    return (struct str){PQgetvalue(rows->native, (int)row, column),
                        (size_t)PQgetlength(rows->native, (int)row, column)};
}
