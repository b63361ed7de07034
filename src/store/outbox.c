/* How do workers share the outbox without sending anything twice, out of order, or never? */

#include "store/outbox.h"

#include "store/batch.h"

#include <stdlib.h>
#include <string.h>

#define DEADLINE_MS       10000
/* Of counting, for /metrics: who scrapes waits no longer. */
#define COUNT_MS          2000
#define RECEIPT_COLUMNS   9
#define RECEIPT_TRIES_MAX 3

struct claim {
    struct arena arena;
    void (*done)(void *arg, enum err err, const struct outbox_row *rows, size_t count);
    void *arg;
};

static void read_row(const struct pg_result *rows, size_t i, struct outbox_row *row)
{
    *row = (struct outbox_row){
        .id = pg_int(rows, i, 0),
        .account = pg_text(rows, i, 2),
        .recipient = pg_jsonb(rows, i, 3),
        .payload = pg_jsonb(rows, i, 4),
        .attempts = (int)pg_int(rows, i, 5),
        .age_s = pg_int(rows, i, 6),
    };
    channel_kind_from(pg_text(rows, i, 1), &row->channel);
}

static void claimed(void *arg, enum err err, const struct pg_result *rows)
{
    struct claim claim = *(struct claim *)arg;
    size_t count = err == ERR_NONE ? pg_rows(rows) : 0;
    struct outbox_row *list = arena_new_array(&claim.arena, struct outbox_row, count);
    for (size_t i = 0; i < count; i++)
        read_row(rows, i, &list[i]);
    claim.done(claim.arg, err, list, count);
    arena_free(&claim.arena);
}

void store_claim_outbox(struct store *store, int most,
                        void (*done)(void *arg, enum err err, const struct outbox_row *rows, size_t count),
                        void *arg)
{
    struct arena arena = {0};
    struct claim *claim = arena_new(&arena, struct claim);
    struct pg_param *params = arena_new_array(&arena, struct pg_param, 2);
    params[0] = pg_param_int(&arena, most);
    params[1] = pg_param_int(&arena, OUTBOX_LEASE_SECONDS);
    *claim = (struct claim){arena, done, arg};
    struct pg_query query = {"claim_outbox", store_sql(store, "claim_outbox"), params, 2};
    /* With the settlements, since what it needs is the same: a plan of look-ups, however empty the outbox was
     * when it was made. */
    pg_run(store->settle, &query, DEADLINE_MS, claimed, claim);
}

struct receipts {
    struct arena arena;
    void (*done)(void *arg, enum err err);
    void *arg;
};

static void receipts_taken(void *arg, enum err err, const struct pg_result *rows)
{
    (void)rows;
    struct receipts receipts = *(struct receipts *)arg;
    receipts.done(receipts.arg, err);
    arena_free(&receipts.arena);
}

/* What take_receipts knows: accepted is no news; deleted is none of ours. */
static bool is_news(const struct receipt *receipt)
{
    return receipt->status != RECEIPT_ACCEPTED && receipt->status != RECEIPT_DELETED &&
           receipt->call_status.len == 0;
}

/* A message that was taken and then not delivered is tried three times at most, whatever its error. */
static int64_t tries_of(const struct delivery_error *error)
{
    if (!error->is_retryable)
        return 0;
    return error->tries && error->tries < RECEIPT_TRIES_MAX ? error->tries : RECEIPT_TRIES_MAX;
}

static void put_receipt(struct pg_array arrays[static RECEIPT_COLUMNS], enum channel_kind channel,
                        const struct receipt *receipt)
{
    int64_t id;
    pg_array_str(&arrays[0], channel_kind_name(channel));
    pg_array_str_or_null(&arrays[1], receipt->provider_id);
    if (str_to_int64(receipt->outbox_id, &id))
        pg_array_int(&arrays[2], id);
    else
        pg_array_null(&arrays[2]);
    pg_array_str(&arrays[3], receipt_status_name(receipt->status));
    pg_array_int(&arrays[4], receipt->error.code);
    pg_array_str_or_null(&arrays[5], receipt->error.title);
    pg_array_int(&arrays[6], tries_of(&receipt->error));
    pg_array_int(&arrays[7], receipt->error.wait_s);
    pg_array_bool(&arrays[8], receipt->error.is_opt_out);
}

void store_take_receipts(struct store *store, enum channel_kind channel, const struct receipt *list,
                         size_t count, void (*done)(void *arg, enum err err), void *arg)
{
    static const enum pg_type types[RECEIPT_COLUMNS] = {PG_TEXT, PG_TEXT, PG_INT8, PG_TEXT, PG_INT8,
                                                        PG_TEXT, PG_INT4, PG_INT4, PG_BOOL};
    struct arena arena = {0};
    struct receipts *receipts = arena_new(&arena, struct receipts);
    struct pg_array *arrays = arena_new_array(&arena, struct pg_array, RECEIPT_COLUMNS);
    struct pg_param *params = arena_new_array(&arena, struct pg_param, RECEIPT_COLUMNS);
    for (int i = 0; i < RECEIPT_COLUMNS; i++)
        pg_array_start(&arrays[i], types[i], count, &arena);
    for (size_t i = 0; i < count; i++)
        if (is_news(&list[i]))
            put_receipt(arrays, channel, &list[i]);
    for (int i = 0; i < RECEIPT_COLUMNS; i++)
        params[i] = pg_array_end(&arrays[i]);
    *receipts = (struct receipts){arena, done, arg};
    struct pg_query query = {"take_receipts", store_sql(store, "take_receipts"), params, RECEIPT_COLUMNS};
    pg_run(store->misc, &query, DEADLINE_MS, receipts_taken, receipts);
}

struct tally {
    void (*done)(void *arg, enum err err, const struct outbox_count *counts, size_t count);
    void *arg;
};

static void counted(void *arg, enum err err, const struct pg_result *rows)
{
    struct tally tally = *(struct tally *)arg;
    free(arg);
    struct outbox_count counts[16];
    size_t count = err == ERR_NONE ? pg_rows(rows) : 0;
    if (count > sizeof counts / sizeof *counts)
        count = sizeof counts / sizeof *counts;
    for (size_t i = 0; i < count; i++)
        counts[i] = (struct outbox_count){pg_text(rows, i, 0), pg_int(rows, i, 1)};
    tally.done(tally.arg, err, counts, count);
}

void store_count_outbox(struct store *store,
                        void (*done)(void *arg, enum err err, const struct outbox_count *counts,
                                     size_t count),
                        void *arg)
{
    struct tally *tally = malloc(sizeof *tally);
    if (!tally)
        abort();
    *tally = (struct tally){done, arg};
    struct pg_query query = {"count_outbox", store_sql(store, "count_outbox"), NULL, 0};
    pg_run(store->misc, &query, COUNT_MS, counted, tally);
}
