/* How does one connection to PostgreSQL come about, and a statement go over it, without anybody waiting?
 *
 *   closed → naming → connecting → idle ⇄ preparing, running
 *
 * libpq is driven by the readiness of its socket. A statement is prepared at its first use on each
 * connection. */

#include "store/pg_connection.h"

#include "store/pg_hosts.h"
#include "store/pg_trouble.h"

#include <libpq-fe.h>
#include <stdlib.h>
#include <string.h>

#define STATEMENTS_MAX 128 /* more than there are files in sql/queries */
#define CONNECT_MS     5000

struct pg_result {
    PGresult *native;
};

enum state { CLOSED, NAMING, CONNECTING, IDLE, PREPARING, RUNNING };

struct pg_connection {
    struct loop *loop;
    struct pg_connection_conf conf;
    char *url;
    char *settings;
    enum state state;
    struct pg_hosts *hosts; /* NULL: there is one, and nothing to find out about it */
    PGconn *native;         /* NULL while CLOSED or NAMING */
    struct loop_watch *watch;
    struct loop_timer *patience;  /* while CONNECTING */
    const struct pg_query *query; /* while PREPARING or RUNNING */
    PGresult *result;             /* of the running statement; the last one */
    const char *prepared[STATEMENTS_MAX];
    size_t prepared_count;
};

/* ---- Losing it ---- */

static void stop_watching(struct pg_connection *connection)
{
    loop_watch_free(connection->watch);
    connection->watch = NULL;
}

void pg_connection_close(struct pg_connection *connection)
{
    stop_watching(connection);
    loop_timer_stop(connection->patience);
    PQclear(connection->result);
    connection->result = NULL;
    PQfinish(connection->native);
    connection->native = NULL;
    connection->prepared_count = 0;
    connection->state = CLOSED;
}

static void lose(struct pg_connection *connection)
{
    connection->conf.lost(connection->conf.arg, PQerrorMessage(connection->native));
}

/* Whoever died without a word must not keep us from the host that has taken its place. */
static void connecting_took_too_long(void *arg)
{
    struct pg_connection *connection = arg;
    if (connection->hosts)
        pg_hosts_put_last(connection->hosts, PQhost(connection->native), PQport(connection->native));
    connection->conf.lost(connection->conf.arg, "no answer in time");
}

/* ---- Connecting ---- */

static void advance(void *arg, bool readable, bool writable);

static void watch_socket(struct pg_connection *connection, bool writable)
{
    if (!connection->watch)
        connection->watch =
            loop_watch_new(connection->loop, PQsocket(connection->native), advance, connection);
    loop_watch_set(connection->watch, true, writable);
}

static void discard_notice(void *arg, const char *message)
{
    (void)arg;
    (void)message;
}

static void connect_to(struct pg_connection *connection, const struct pg_hosts_found *found)
{
    /* What is NULL is as if it were not there, and what is said twice counts as it was said last. */
    const char *keys[] = {"dbname", "options", "application_name", "client_encoding", "host", "hostaddr",
                          "port",   NULL};
    const char *values[] = {connection->url, connection->settings, "frontdesk",  "UTF8",
                            found->hosts,    found->addresses,     found->ports, NULL};
    connection->native = PQconnectStartParams(keys, values, 1);
    if (!connection->native)
        abort();
    connection->state = CONNECTING;
    if (PQstatus(connection->native) == CONNECTION_BAD) {
        lose(connection);
        return;
    }
    PQsetNoticeProcessor(connection->native, discard_notice, NULL);
    watch_socket(connection, true);
    loop_timer_start(connection->patience, CONNECT_MS, 0);
}

static void hosts_found(void *arg, const struct pg_hosts_found *found)
{
    struct pg_connection *connection = arg;
    if (found->hosts)
        connect_to(connection, found);
    else
        connection->conf.lost(connection->conf.arg,
                              "its host was not found: DNS has no address, or does not answer");
}

/* However long DNS takes: queries have deadlines of their own. */
void pg_connection_open(struct pg_connection *connection)
{
    if (!connection->hosts) {
        connect_to(connection, &(struct pg_hosts_found){0});
        return;
    }
    connection->state = NAMING;
    pg_hosts_ask(connection->hosts);
}

/* Each step may close the socket and open another, for the next host or without TLS, and that one may have
 * the same number: the kernel has forgotten to watch it all the same. */
static void advance_connecting(struct pg_connection *connection)
{
    stop_watching(connection);
    switch (PQconnectPoll(connection->native)) {
    case PGRES_POLLING_READING:
        watch_socket(connection, false);
        return;
    case PGRES_POLLING_WRITING:
        watch_socket(connection, true);
        return;
    case PGRES_POLLING_OK:
        PQsetnonblocking(connection->native, 1);
        watch_socket(connection, false);
        loop_timer_stop(connection->patience);
        connection->state = IDLE;
        connection->conf.opened(connection->conf.arg);
        return;
    case PGRES_POLLING_FAILED:
    case PGRES_POLLING_ACTIVE:
        lose(connection);
        return;
    }
}

/* ---- A statement ---- */

static bool is_prepared(const struct pg_connection *connection, const char *name)
{
    for (size_t i = 0; i < connection->prepared_count; i++)
        if (strcmp(connection->prepared[i], name) == 0)
            return true;
    return false;
}

/* What libpq says: 0 when it could not. */
static int send_statement(struct pg_connection *connection)
{
    const struct pg_query *query = connection->query;
    if (!is_prepared(connection, query->name)) {
        connection->state = PREPARING;
        return PQsendPrepare(connection->native, query->name, query->sql, 0, NULL);
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
    connection->state = RUNNING;
    return PQsendQueryPrepared(connection->native, query->name, (int)query->param_count, values, lengths,
                               formats, 1);
}

void pg_connection_run(struct pg_connection *connection, const struct pg_query *query)
{
    connection->query = query;
    if (send_statement(connection))
        watch_socket(connection, PQflush(connection->native) == 1);
    else
        lose(connection);
}

static enum err judge(const PGresult *result)
{
    ExecStatusType status = PQresultStatus(result);
    if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK)
        return ERR_NONE;
    struct str code = str_from(PQresultErrorField(result, PG_DIAG_SQLSTATE));
    /* A check that fails has a name, but for one: that there is a partition. It will be made (ready.c). */
    bool has_no_week = str_eq(code, STR("23514")) && !PQresultErrorField(result, PG_DIAG_CONSTRAINT_NAME);
    enum err err = pg_refused(code, str_from(PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY)),
                              str_from(PQresultErrorField(result, PG_DIAG_CONTEXT)));
    return has_no_week ? ERR_UNAVAILABLE : err;
}

/* Nothing of it happened, and who else was in it has gone on. */
static bool is_victim_of_deadlock(const PGresult *result)
{
    return str_eq(str_from(PQresultErrorField(result, PG_DIAG_SQLSTATE)), STR("40P01"));
}

static void end_statement(struct pg_connection *connection)
{
    PGresult *result = connection->result;
    connection->result = NULL;
    enum err err = judge(result);
    bool was_preparing = connection->state == PREPARING;
    connection->state = IDLE;
    if (was_preparing && err == ERR_NONE) {
        if (connection->prepared_count == STATEMENTS_MAX)
            abort();
        connection->prepared[connection->prepared_count++] = connection->query->name;
        pg_connection_run(connection, connection->query);
    } else if (is_victim_of_deadlock(result)) {
        pg_connection_run(connection, connection->query);
    } else {
        struct pg_result rows = {result};
        connection->conf.answered(connection->conf.arg, err, err == ERR_NONE ? &rows : NULL);
    }
    PQclear(result);
}

static void advance_statement(struct pg_connection *connection)
{
    if (!PQconsumeInput(connection->native)) {
        lose(connection);
        return;
    }
    watch_socket(connection, PQflush(connection->native) == 1);
    while (!PQisBusy(connection->native)) {
        PGresult *result = PQgetResult(connection->native);
        if (!result) {
            end_statement(connection);
            return;
        }
        PQclear(connection->result);
        connection->result = result;
    }
}

static void advance(void *arg, bool readable, bool writable)
{
    struct pg_connection *connection = arg;
    (void)readable;
    (void)writable;
    switch (connection->state) {
    case CLOSED:
    case NAMING:
        return;
    case CONNECTING:
        advance_connecting(connection);
        return;
    case PREPARING:
    case RUNNING:
        advance_statement(connection);
        return;
    case IDLE:
        /* Nothing was asked: the server speaks only to say goodbye. */
        if (!PQconsumeInput(connection->native))
            lose(connection);
        return;
    }
}

/* ---- What it is made of ---- */

bool pg_url_is_readable(struct str url)
{
    struct arena arena = {0};
    PQconninfoOption *options = PQconninfoParse(arena_cstring(&arena, url), NULL);
    PQconninfoFree(options);
    arena_free(&arena);
    return options != NULL;
}

static struct pg_hosts *hosts_of(struct pg_connection *connection)
{
    const char *hosts = NULL, *ports = NULL, *addresses = NULL;
    PQconninfoOption *options = PQconninfoParse(connection->url, NULL);
    for (const PQconninfoOption *option = options; option && option->keyword; option++) {
        if (strcmp(option->keyword, "host") == 0)
            hosts = option->val;
        else if (strcmp(option->keyword, "port") == 0)
            ports = option->val;
        else if (strcmp(option->keyword, "hostaddr") == 0)
            addresses = option->val;
    }
    struct pg_hosts *found = pg_hosts_new(connection->loop, hosts, addresses, ports, hosts_found, connection);
    PQconninfoFree(options);
    return found;
}

struct pg_connection *pg_connection_new(struct loop *loop, struct str url, struct str settings,
                                        const struct pg_connection_conf *conf)
{
    struct pg_connection *connection = calloc(1, sizeof *connection);
    if (!connection)
        abort();
    connection->loop = loop;
    connection->conf = *conf;
    connection->url = strndup(url.data, url.len);
    connection->settings = strndup(settings.data ? settings.data : "", settings.len);
    connection->hosts = hosts_of(connection);
    connection->patience = loop_timer_new(loop, connecting_took_too_long, connection);
    return connection;
}

void pg_connection_free(struct pg_connection *connection)
{
    pg_connection_close(connection);
    loop_timer_free(connection->patience);
    pg_hosts_free(connection->hosts);
    free(connection->url);
    free(connection->settings);
    free(connection);
}

/* ---- Its rows ---- */

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
