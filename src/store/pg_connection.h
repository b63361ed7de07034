#pragma once

/* One connection to PostgreSQL, which carries one statement at a time. Whoever has it decides when it is
 * opened, and for how long a statement may take. For pg.c only. */

#include "store/pg.h"

struct pg_connection;

struct pg_connection_conf {
    void (*opened)(void *arg);
    /* The statement's end, as in pg_run: `rows` are valid during the call, NULL unless ERR_NONE. */
    void (*answered)(void *arg, enum err err, const struct pg_result *rows);
    /* It could not be made, or is of no use any more: it is still to be closed, and `why` valid until then.
     * Comes also from within pg_connection_open and pg_connection_run. */
    void (*lost)(void *arg, const char *why);
    void *arg;
};

/* Closed at first. `url` and `settings` as in pg_new. */
struct pg_connection *pg_connection_new(struct loop *loop, struct str url, struct str settings,
                                        const struct pg_connection_conf *conf);
void pg_connection_free(struct pg_connection *connection);

void pg_connection_open(struct pg_connection *connection);  /* a closed one: then `opened` or `lost` */
void pg_connection_close(struct pg_connection *connection); /* at once; nothing is called */

/* On an open one, over which nothing is under way: then `answered` or `lost`. The query must live as long. */
void pg_connection_run(struct pg_connection *connection, const struct pg_query *query);
