#pragma once

/* A connection to PostgreSQL that its caller waits for: for commands that do one thing and end. Why something
 * failed is said on standard error where it is known, so callers only pass on that it did. */

#include "base/arena.h"

struct pg_blocking;

struct pg_blocking *pg_blocking_open(struct str database_url, struct arena *arena); /* NULL: can't connect */
void pg_blocking_close(struct pg_blocking *connection); /* what was not committed is undone; NULL is fine */

/* One statement or several, without parameters; what they return is dropped. */
bool pg_blocking_run(struct pg_blocking *connection, const char *sql);
/* The first column of the first row as text; empty where there is no row or it is null. Each of the `count`
 * parameters is a text. */
bool pg_blocking_value(struct pg_blocking *connection, const char *sql, const char *const params[],
                       size_t count, struct arena *arena, struct str *out);

/* COPY … FROM STDIN: start, put whole rows in PostgreSQL's text format, end. A copy that was started is to be
 * ended, whatever happened; false unless all of it arrived. */
bool pg_blocking_copy_start(struct pg_blocking *connection, const char *sql);
bool pg_blocking_copy_put(struct pg_blocking *connection, struct str rows);
bool pg_blocking_copy_end(struct pg_blocking *connection, bool is_whole);
