/* How does what came of sending get written down, many at a time, and never forgotten?
 *
 * Settlements gather while a batch is under way and go with the next. A batch that fails goes again after a
 * pause; should the worker die first, the leases run out and the messages are sent once more: at least once.
 */

#include "store/batch.h"
#include "store/outbox.h"

#include <stdlib.h>

#define COLUMNS     8
#define DEADLINE_MS 10000
#define PAUSE_MS    500

struct gathered {
    struct settlement settlement;
    struct gathered *next;
};

/* One set of settlements and the arena that holds them. */
struct settle_batch {
    struct settler *settler;
    struct arena arena;
    struct gathered *first;
    struct gathered *last;
    size_t count;
};

struct settler {
    struct store *store;
    struct loop_timer *pause;
    struct settle_batch *gathering;
    struct settle_batch *under_way;
    void (*settled)(void *arg, int64_t id);
    void *arg;
};

static void send_batch(struct settler *settler);

static struct str outcome_name(enum settled settled)
{
    static const struct str names[] = {STR_INIT("sent"), STR_INIT("waiting"), STR_INIT("returned"),
                                       STR_INIT("failed"), STR_INIT("superseded")};
    return names[settled];
}

static struct settle_batch *new_batch(struct settler *settler)
{
    struct settle_batch *batch = calloc(1, sizeof *batch);
    if (!batch)
        abort();
    batch->settler = settler;
    return batch;
}

static void written(void *arg, enum err err, const struct pg_result *rows)
{
    (void)rows;
    struct settle_batch *batch = arg;
    struct settler *settler = batch->settler;
    if (err != ERR_NONE) {
        if (err == ERR_TIMEOUT)
            store_doubt_commits(settler->store);
        loop_timer_start(settler->pause, PAUSE_MS, 0);
        return;
    }
    settler->under_way = NULL;
    for (const struct gathered *item = batch->first; item && settler->settled; item = item->next)
        settler->settled(settler->arg, item->settlement.id);
    arena_free(&batch->arena);
    free(batch);
    if (settler->gathering->first)
        send_batch(settler);
}

static void run_batch(struct settle_batch *batch)
{
    static const enum pg_type types[COLUMNS] = {PG_INT8, PG_TEXT, PG_TEXT, PG_INT8,
                                                PG_INT8, PG_TEXT, PG_BOOL, PG_INT8};
    struct arena *arena = &batch->arena;
    struct store *store = batch->settler->store;
    struct pg_array arrays[COLUMNS];
    struct pg_param *params = arena_new_array(arena, struct pg_param, COLUMNS);
    for (int i = 0; i < COLUMNS; i++)
        pg_array_start(&arrays[i], types[i], batch->count, arena);
    for (const struct gathered *item = batch->first; item; item = item->next) {
        const struct settlement *settlement = &item->settlement;
        pg_array_int(&arrays[0], settlement->id);
        pg_array_str(&arrays[1], outcome_name(settlement->settled));
        pg_array_str_or_null(&arrays[2], settlement->provider_id);
        pg_array_int(&arrays[3], settlement->delay_ms);
        if (settlement->error.code)
            pg_array_int(&arrays[4], settlement->error.code);
        else
            pg_array_null(&arrays[4]);
        pg_array_str_or_null(&arrays[5], settlement->error.title);
        pg_array_bool(&arrays[6], settlement->error.is_opt_out);
        pg_array_int(&arrays[7], settlement->attempts);
    }
    for (int i = 0; i < COLUMNS; i++)
        params[i] = pg_array_end(&arrays[i]);
    struct pg_query query = {"settle_outbox", store->settle_outbox, params, COLUMNS};
    pg_run(store->settle, &query, DEADLINE_MS, written, batch);
}

static void send_batch(struct settler *settler)
{
    settler->under_way = settler->gathering;
    settler->gathering = new_batch(settler);
    run_batch(settler->under_way);
}

static void pause_over(void *arg)
{
    struct settler *settler = arg;
    if (store_commits_hang(settler->store))
        loop_timer_start(settler->pause, PAUSE_MS, 0);
    else
        run_batch(settler->under_way);
}

struct settler *settler_new(struct store *store)
{
    struct settler *settler = calloc(1, sizeof *settler);
    if (!settler)
        abort();
    settler->store = store;
    settler->pause = loop_timer_new(store->loop, pause_over, settler);
    settler->gathering = new_batch(settler);
    return settler;
}

void settler_free(struct settler *settler)
{
    loop_timer_free(settler->pause);
    struct settle_batch *batches[] = {settler->gathering, settler->under_way};
    for (size_t i = 0; i < 2; i++) {
        if (!batches[i])
            continue;
        arena_free(&batches[i]->arena);
        free(batches[i]);
    }
    free(settler);
}

bool settler_is_idle(const struct settler *settler)
{
    return !settler->under_way && !settler->gathering->first;
}

void settler_cut(struct settler *settler)
{
    if (!settler->under_way && settler->gathering->first)
        send_batch(settler);
}

void store_on_settled(struct store *store, void (*settled)(void *arg, int64_t id), void *arg)
{
    store->settler->settled = settled;
    store->settler->arg = arg;
}

/* Clean, whatever the provider wrote: PostgreSQL refuses a whole batch for a byte that is no text. */
static struct str kept_text(struct arena *arena, struct str text)
{
    return text.len ? arena_copy(arena, text_clean(arena, text)) : (struct str){0};
}

void store_settle_outbox(struct store *store, const struct settlement *settlement)
{
    struct settle_batch *batch = store->settler->gathering;
    struct gathered *item = arena_new(&batch->arena, struct gathered);
    item->settlement = *settlement;
    item->settlement.provider_id = kept_text(&batch->arena, settlement->provider_id);
    item->settlement.error.title = kept_text(&batch->arena, settlement->error.title);
    if (batch->last)
        batch->last->next = item;
    else
        batch->first = item;
    batch->last = item;
    batch->count++;
    loop_check_ask(store->check);
}
