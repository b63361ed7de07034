/* What is new in these web chats? Whoever asks while a batch is under way goes with the next. */

#include "store/transcripts.h"

#include "store/pg.h"

#include <stdlib.h>

#define ASKS_MAX    256
#define DEADLINE_MS 5000

/* Columns of sql/queries/read_transcripts.sql. */
enum column { ORDINAL, STATUS, SEQ, IS_HEARD, BODY, TITLE };

struct transcripts {
    struct store *store;
    struct loop_check *check;
    struct transcript_ask *first;
    struct transcript_ask **end;
    bool is_busy;
};

struct transcript_batch {
    struct transcripts *transcripts;
    struct arena arena;
    struct transcript_ask *asks[ASKS_MAX];
    size_t count;
};

static struct transcript_row read_row(const struct pg_result *rows, size_t i)
{
    return (struct transcript_row){
        .seq = pg_int(rows, i, SEQ),
        .is_heard = pg_bool(rows, i, IS_HEARD),
        .body = pg_jsonb(rows, i, BODY),
        .title = pg_is_null(rows, i, TITLE) ? (struct str){0} : pg_text(rows, i, TITLE),
    };
}

static void came(void *arg, enum err err, const struct pg_result *rows)
{
    struct transcript_batch batch = *(struct transcript_batch *)arg;
    struct transcripts *transcripts = batch.transcripts;
    size_t all = err == ERR_NONE ? pg_rows(rows) : 0;
    size_t next = 0;
    transcripts->is_busy = false;
    for (size_t i = 0; i < batch.count; i++) {
        struct transcript_row found[TRANSCRIPT_ROWS_MAX];
        struct transcript_ask *ask = batch.asks[i];
        struct str status = {0};
        size_t count = 0;
        for (; next < all && pg_int(rows, next, ORDINAL) == (int64_t)i + 1; next++) {
            status = pg_text(rows, next, STATUS);
            if (count < TRANSCRIPT_ROWS_MAX)
                found[count++] = read_row(rows, next);
        }
        ask->done(ask->arg, err, found, count, status);
    }
    arena_free(&batch.arena);
    if (transcripts->first)
        loop_check_ask(transcripts->check);
}

static void cut(void *arg)
{
    struct transcripts *transcripts = arg;
    if (transcripts->is_busy || !transcripts->first)
        return;
    struct arena arena = {0};
    struct transcript_batch *batch = arena_new(&arena, struct transcript_batch);
    struct pg_array *arrays = arena_new_array(&arena, struct pg_array, 2);
    struct pg_param *params = arena_new_array(&arena, struct pg_param, 2);
    pg_array_start(&arrays[0], PG_UUID, ASKS_MAX, &arena);
    pg_array_start(&arrays[1], PG_INT8, ASKS_MAX, &arena);
    while (transcripts->first && batch->count < ASKS_MAX) {
        struct transcript_ask *ask = transcripts->first;
        transcripts->first = ask->next;
        batch->asks[batch->count++] = ask;
        pg_array_uuid(&arrays[0], ask->session);
        pg_array_int(&arrays[1], ask->after);
    }
    if (!transcripts->first)
        transcripts->end = &transcripts->first;
    params[0] = pg_array_end(&arrays[0]);
    params[1] = pg_array_end(&arrays[1]);
    batch->transcripts = transcripts;
    batch->arena = arena;
    transcripts->is_busy = true;
    struct pg_query query = {"read_transcripts", store_sql(transcripts->store, "read_transcripts"), params,
                             2};
    pg_run(store_misc(transcripts->store), &query, DEADLINE_MS, came, batch);
}

void transcript_read(struct transcripts *transcripts, struct transcript_ask *ask)
{
    ask->next = NULL;
    *transcripts->end = ask;
    transcripts->end = &ask->next;
    loop_check_ask(transcripts->check);
}

struct transcripts *transcripts_new(struct loop *loop, struct store *store)
{
    struct transcripts *transcripts = calloc(1, sizeof *transcripts);
    if (!transcripts)
        abort();
    transcripts->store = store;
    transcripts->end = &transcripts->first;
    transcripts->check = loop_check_new(loop, cut, transcripts);
    return transcripts;
}

void transcripts_free(struct transcripts *transcripts)
{
    if (!transcripts)
        return;
    loop_check_free(transcripts->check);
    free(transcripts);
}
