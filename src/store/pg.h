#pragma once

/* One connection to PostgreSQL on the event loop: queries queue, run one at a time, and always come back,
 * with rows or with an error, before their deadline. A lost connection is made anew by itself. */

#include "base/arena.h"
#include "base/err.h"
#include "base/uuid.h"
#include "net/loop.h"

struct pg;
struct pg_result;

/* A parameter in PostgreSQL's binary format, or text where the statement casts it from text. */
struct pg_param {
    const void *data; /* NULL: SQL null */
    size_t len;
    bool is_binary;
};

struct pg_query {
    const char *name; /* of the prepared statement; one name always stands for one text */
    const char *sql;
    const struct pg_param *params; /* they and what they point to must live until `done` */
    size_t param_count;
};

/* Whether libpq can read it: a URI, or keyword=value pairs. Why not it would tell with the password in it. */
bool pg_url_is_readable(struct str url);

/* `url` is one that libpq can read; `settings` are run-time parameters set at each start ("-c name=value …"),
 * may be empty. */
struct pg *pg_new(struct loop *loop, struct str url, struct str settings);
void pg_free(struct pg *pg); /* queries under way end with ERR_UNAVAILABLE first */

/* `done` is called once, from the loop: ERR_NONE with rows in binary format (valid during the callback);
 * ERR_UNAVAILABLE when the connection was lost or could not be made in time, ERR_TIMEOUT: in both cases a
 * change may or may not have happened; ERR_CONFLICT for a serialisation failure or a row gone meanwhile;
 * ERR_INTERNAL when PostgreSQL refused the statement (logged here, without its values). The victim of a
 * deadlock is run again, within its deadline. */
void pg_run(struct pg *pg, const struct pg_query *query, uint64_t deadline_ms,
            void (*done)(void *arg, enum err err, const struct pg_result *rows), void *arg);

/* From within `done`: this server is no use, another host may be better. The connection is made anew. */
void pg_leave_server(struct pg *pg);

size_t pg_rows(const struct pg_result *rows);
bool pg_is_null(const struct pg_result *rows, size_t row, int column);
struct str pg_text(const struct pg_result *rows, size_t row, int column);  /* text, enum, name */
struct str pg_jsonb(const struct pg_result *rows, size_t row, int column); /* its text */
int64_t pg_int(const struct pg_result *rows, size_t row, int column);      /* smallint, integer, bigint */
double pg_double(const struct pg_result *rows, size_t row, int column);
bool pg_bool(const struct pg_result *rows, size_t row, int column);
struct uuid pg_uuid(const struct pg_result *rows, size_t row, int column);
int64_t pg_time_us(const struct pg_result *rows, size_t row, int column); /* timestamptz, Unix microseconds */

/* The bytes of a record, `select row(…)`, in its fields; data NULL: null. A query that is asked for every
 * message has one column of it rather than many: libpq handles and copies each column of each row by itself.
 * Fewer fields than `count` are followed by nulls. */
void pg_record_of(struct str bytes, struct str *fields, size_t count);
struct str pg_jsonb_of(struct str field);
int64_t pg_int_of(struct str field);
bool pg_bool_of(struct str field);
struct uuid pg_uuid_of(struct str field);
int64_t pg_time_us_of(struct str field); /* null: 0 */

/* Building parameters. */
struct pg_param pg_param_text(struct str text);
struct pg_param pg_param_int(struct arena *arena, int64_t number); /* bigint, binary */
struct pg_param pg_param_uuid(struct arena *arena, struct uuid id);
struct pg_param pg_param_null(void);

/* An array parameter, element by element. */
enum pg_type { PG_BOOL, PG_INT4, PG_INT8, PG_TEXT, PG_UUID, PG_JSONB, PG_TIMESTAMPTZ };
struct pg_array {
    enum pg_type type;
    struct buf bytes;
    uint32_t count;
    bool has_null;
};
/* With room for about so many elements. */
void pg_array_start(struct pg_array *array, enum pg_type type, size_t count, struct arena *arena);
void pg_array_null(struct pg_array *array);
void pg_array_bool(struct pg_array *array, bool value);
void pg_array_int(struct pg_array *array, int64_t value); /* INT4, INT8 */
void pg_array_str(struct pg_array *array,
                  struct str value); /* TEXT, JSONB; always a value, also when empty */
void pg_array_str_or_null(struct pg_array *array, struct str value); /* empty: null */
void pg_array_uuid(struct pg_array *array, struct uuid value);       /* the nil id: null */
void pg_array_time_us(struct pg_array *array, int64_t unix_us);      /* 0: null */
struct pg_param pg_array_end(struct pg_array *array);
