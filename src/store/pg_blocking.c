/* How does a command that has nothing else to do talk to PostgreSQL? It waits. */

#include "store/pg_blocking.h"

#include <libpq-fe.h>
#include <limits.h>
#include <stdio.h>

#define HOST_PATIENCE_S "5"

struct pg_blocking {
    PGconn *native;
};

static void discard_notice(void *arg, const char *message)
{
    (void)arg;
    (void)message;
}

struct pg_blocking *pg_blocking_open(struct str database_url, struct arena *arena)
{
    /* A host that died says nothing: then the next is tried, unless the URL has more patience. */
    const char *keys[] = {"connect_timeout", "dbname", NULL};
    const char *values[] = {HOST_PATIENCE_S, arena_cstring(arena, database_url), NULL};
    PGconn *native = PQconnectdbParams(keys, values, 1);
    if (PQstatus(native) != CONNECTION_OK) {
        fprintf(stderr, "frontdesk: can't connect to PostgreSQL: %s", PQerrorMessage(native));
        PQfinish(native);
        return NULL;
    }
    PQsetNoticeProcessor(native, discard_notice, NULL);
    struct pg_blocking *connection = arena_new(arena, struct pg_blocking);
    connection->native = native;
    return connection;
}

void pg_blocking_close(struct pg_blocking *connection)
{
    if (connection)
        PQfinish(connection->native);
}

static bool complain(const struct pg_blocking *connection)
{
    fprintf(stderr, "frontdesk: %s", PQerrorMessage(connection->native));
    return false;
}

static bool is_good(const PGresult *result)
{
    ExecStatusType status = PQresultStatus(result);
    return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
}

bool pg_blocking_run(struct pg_blocking *connection, const char *sql)
{
    PGresult *result = PQexec(connection->native, sql);
    bool is_done = is_good(result) || complain(connection);
    PQclear(result);
    return is_done;
}

bool pg_blocking_value(struct pg_blocking *connection, const char *sql, const char *const params[],
                       size_t count, struct arena *arena, struct str *out)
{
    PGresult *result = PQexecParams(connection->native, sql, (int)count, NULL, params, NULL, NULL, 0);
    bool is_done = is_good(result) || complain(connection);
    bool has_value = is_done && PQntuples(result) > 0 && !PQgetisnull(result, 0, 0);
    *out = has_value ? arena_copy(arena, str_from(PQgetvalue(result, 0, 0))) : (struct str){0};
    PQclear(result);
    return is_done;
}

bool pg_blocking_copy_start(struct pg_blocking *connection, const char *sql)
{
    PGresult *result = PQexec(connection->native, sql);
    bool is_started = PQresultStatus(result) == PGRES_COPY_IN || complain(connection);
    PQclear(result);
    return is_started;
}

bool pg_blocking_copy_put(struct pg_blocking *connection, struct str rows)
{
    for (struct str rest = rows; rest.len > 0;) {
        struct str part = str_slice(rest, 0, INT_MAX);
        if (PQputCopyData(connection->native, part.data, (int)part.len) != 1)
            return complain(connection);
        rest = str_slice(rest, part.len, rest.len);
    }
    return true;
}

bool pg_blocking_copy_end(struct pg_blocking *connection, bool is_whole)
{
    /* Where the server does not hear the end, it says none either: asked for its results, libpq would give
     * for ever the one that the copy has begun. */
    if (PQputCopyEnd(connection->native, is_whole ? NULL : "given up") != 1)
        return complain(connection);
    bool is_done = true;
    PGresult *result;
    while ((result = PQgetResult(connection->native))) {
        /* A copy that was given up is refused, which is what was wanted. */
        if (PQresultStatus(result) != PGRES_COMMAND_OK)
            is_done = is_whole ? complain(connection) : false;
        PQclear(result);
    }
    return is_done && is_whole;
}
