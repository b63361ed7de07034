/* What becomes of the webhooks in the spool?
 *
 * PostgreSQL is there → a segment is taken → its webhooks are read and handled again, some at once, each
 * person's in order → the segment is removed → the next, until there is none.
 *
 * PostgreSQL goes away again: nothing new is begun, what is done leaves the disk, the rest waits. A webhook
 * that fails for another reason twice is set aside, so that it holds up nobody.
 *
 * PostgreSQL is there, but takes too long over something: whatever shared a statement with it failed, too.
 * The segment is taken again, carefully: one webhook after the other. Whose fault it was shows there; if
 * others were handled meanwhile, it is set aside as well. */

#include "gateway/spool_drain.h"

#include "gateway/spooled.h"
#include "gateway/spooling.h"
#include "gateway/webhook.h"
#include "store/outbox.h"

#include <stdlib.h>
#include <string.h>

#define SOON_MS      20
#define SWEEP_MS     250
#define PAUSE_MS     1000
/* Sweeps between two looks at a folder that should be empty: somebody may have put something back, or its
 * disk may have failed, which is better known before it is needed. */
#define IDLE_SWEEPS  40
/* Webhooks under way at once: a batch for the database. */
#define AT_ONCE      64
#define FAILURES_MAX 2

struct spool_drain {
    struct gateway *gateway;
    struct spool *spool;
    struct loop_timer *sweep;
    struct spool_segment *segment; /* NULL: none is being handled */
    size_t next;                   /* record to begin */
    size_t under_way;
    uint64_t drained; /* since the spool was last empty */
    int idle;
    bool is_taking; /* or settling */
    bool is_going;  /* go_on is at work */
    bool is_pausing;
    bool is_careful;
    bool is_stopped;
    bool is_held[SPOOL_PLACES]; /* something earlier of theirs has to be tried again first */
};

/* One webhook, handled again. */
struct replay {
    struct spool_drain *drain;
    struct spool_record *record;
    struct arena arena;
    struct spooled spooled;
    const struct channel_conf *conf;
    struct batch batch;
    size_t owed;
    enum err err;
};

static void go_on(struct spool_drain *drain);
static void sweep(void *arg);

static void next_sweep(struct spool_drain *drain, uint64_t after_ms)
{
    if (!drain->is_stopped)
        loop_timer_start(drain->sweep, after_ms, 0);
}

/* ---- One webhook ---- */

static bool is_away(enum err err)
{
    return err == ERR_UNAVAILABLE || err == ERR_TIMEOUT;
}

static void set_aside(struct spool_drain *drain, struct spool_record *record, enum err err)
{
    record->is_set_aside = true;
    metric_add(drain->gateway->metrics, METRIC_SET_ASIDE, 1);
    log_event(LOG_ERROR, "a webhook from the spool is set aside", log_cstr("why", err_name(err)));
}

static void hold_owners(struct spool_drain *drain, const struct spool_record *record)
{
    for (size_t i = 0; i < record->owner_count; i++)
        drain->is_held[(uint64_t)record->owners[i] % SPOOL_PLACES] = true;
}

/* It was alone. Only what others were spared is its own fault: a lock on a table is not. */
static void took_too_long(struct spool_drain *drain, struct spool_record *record)
{
    uint64_t turns = metrics_sum(drain->gateway->shared, METRIC_TURNS);
    if (record->failures == 0)
        record->mark = turns;
    if (record->failures < FAILURES_MAX)
        record->failures++;
    if (record->failures == FAILURES_MAX && turns > record->mark)
        set_aside(drain, record, ERR_TIMEOUT);
    else
        hold_owners(drain, record);
}

static void record_failed(struct spool_drain *drain, struct spool_record *record, enum err err)
{
    bool is_there = !drain->gateway->is_away;
    if (err == ERR_TIMEOUT && is_there && drain->is_careful && !drain->is_pausing) {
        took_too_long(drain, record);
    } else if (is_away(err)) {
        drain->is_pausing = true;
        drain->is_careful = is_there && (drain->is_careful || err == ERR_TIMEOUT);
    } else if (++record->failures >= FAILURES_MAX) {
        set_aside(drain, record, err);
    }
}

static void replay_ended(struct replay *replay)
{
    struct spool_drain *drain = replay->drain;
    struct arena arena = replay->arena;
    drain->under_way--;
    if (replay->err == ERR_NONE) {
        replay->record->is_done = true;
        drain->drained++;
        metric_add(drain->gateway->metrics, METRIC_DRAINED, 1);
    } else {
        record_failed(drain, replay->record, replay->err);
    }
    arena_free(&arena);
    go_on(drain);
}

static void one_ended(struct replay *replay, enum err err)
{
    /* That PostgreSQL is away says nothing about the webhook, whatever else went wrong. */
    if (err != ERR_NONE && !is_away(replay->err))
        replay->err = err;
    if (--replay->owed == 0)
        replay_ended(replay);
}

static void turn_done(void *arg, const struct turn_result *result)
{
    one_ended(arg, result->err);
}

static void receipts_done(void *arg, enum err err)
{
    one_ended(arg, err);
}

static void start_turn(struct replay *replay, struct inbound *said)
{
    const struct channel_conf *confs = replay->drain->gateway->config->channels[replay->spooled.kind];
    /* A provider that doesn't tell when it was said: when it came. */
    if (!said->at_ms)
        said->at_ms = replay->spooled.at_ms;
    struct turn_ask ask = {
        .conf = channel_find(confs, said->to),
        .channel = replay->spooled.kind,
        .message_id = said->provider_id,
        .said = said,
        .is_by_api = true,
        .is_replay = true,
        .done = turn_done,
        .arg = replay,
    };
    turn_start(replay->drain->gateway, &ask);
}

/* The settings may have changed since it came. */
static const struct channel_conf *find_conf(const struct config *config, const struct spooled *spooled)
{
    const struct channel_conf *conf = config->channels[spooled->kind];
    while (conf && !str_eq(conf->id, spooled->conf_id))
        conf = conf->next;
    return conf;
}

static enum err read_record(struct replay *replay)
{
    struct gateway *gateway = replay->drain->gateway;
    if (!spooled_read(replay->record->text, &replay->arena, &replay->spooled))
        return ERR_MALFORMED;
    replay->conf = find_conf(gateway->config, &replay->spooled);
    if (!replay->conf)
        return ERR_NOT_FOUND;
    if (webhook_is_poison(gateway, &replay->spooled.request, replay->conf->kind))
        return ERR_INVALID;
    return webhook_parse(gateway, &replay->spooled.request, replay->conf, &replay->arena, &replay->batch);
}

static void replay_start(struct spool_drain *drain, struct spool_record *record)
{
    struct arena arena = {0};
    struct replay *replay = arena_new(&arena, struct replay);
    *replay = (struct replay){.drain = drain, .record = record, .arena = arena, .owed = 1};
    enum err err = read_record(replay);
    const struct batch *batch = &replay->batch;
    drain->under_way++;
    if (err == ERR_NONE) {
        /* One more is owed until all have been started. */
        replay->owed += batch->message_count + (batch->receipt_count != 0);
        if (batch->receipt_count)
            store_take_receipts(drain->gateway->store, replay->spooled.kind, batch->receipts,
                                batch->receipt_count, receipts_done, replay);
        for (size_t i = 0; i < batch->message_count; i++)
            start_turn(replay, &batch->messages[i]);
    }
    one_ended(replay, err);
}

/* ---- One segment ---- */

static void segment_settled(void *arg, enum err err)
{
    struct spool_drain *drain = arg;
    drain->is_taking = false;
    if (err != ERR_NONE)
        log_event(LOG_ERROR, "the spool's folder can't be written; what was handled is handled again");
    next_sweep(drain, drain->is_pausing || err != ERR_NONE ? PAUSE_MS : 0);
    drain->is_pausing = false;
}

static void end_segment(struct spool_drain *drain)
{
    struct spool_segment *segment = drain->segment;
    bool lets_others = drain->is_stopped || (drain->is_pausing && !drain->is_careful);
    drain->segment = NULL;
    drain->is_taking = true;
    drain->is_careful = drain->is_careful && drain->is_pausing;
    spool_settle(drain->spool, segment, lets_others, segment_settled, drain);
}

static bool must_wait(struct spool_drain *drain, const struct spool_record *record)
{
    for (size_t i = 0; i < record->owner_count; i++) {
        if (drain->is_held[(uint64_t)record->owners[i] % SPOOL_PLACES]) {
            hold_owners(drain, record);
            return true;
        }
    }
    return false;
}

static struct spool_record *next_record(struct spool_drain *drain)
{
    size_t most = drain->is_careful ? 1 : AT_ONCE;
    if (drain->is_pausing || drain->is_stopped || drain->under_way >= most)
        return NULL;
    while (drain->next < drain->segment->count) {
        struct spool_record *record = &drain->segment->records[drain->next++];
        if (!record->is_done && !record->is_set_aside && !must_wait(drain, record))
            return record;
    }
    return NULL;
}

/* Those that failed once have another try when all have had theirs. */
static bool begin_again(struct spool_drain *drain)
{
    const struct spool_segment *segment = drain->segment;
    if (drain->is_pausing || drain->is_stopped)
        return false;
    memset(drain->is_held, 0, sizeof drain->is_held);
    drain->next = 0;
    while (drain->next < segment->count &&
           (segment->records[drain->next].is_done || segment->records[drain->next].is_set_aside))
        drain->next++;
    return drain->next < segment->count;
}

static void go_on(struct spool_drain *drain)
{
    struct spool_record *record;
    if (drain->is_going)
        return;
    drain->is_going = true;
    do {
        while ((record = next_record(drain)))
            replay_start(drain, record);
    } while (drain->under_way == 0 && begin_again(drain));
    drain->is_going = false;
    if (drain->under_way == 0)
        end_segment(drain);
}

static void segment_taken(void *arg, enum err err, struct spool_segment *segment)
{
    struct spool_drain *drain = arg;
    drain->is_taking = false;
    if (err != ERR_NONE) {
        if (err == ERR_NOT_FOUND && drain->drained) {
            log_event(LOG_INFO, "the spool is empty again", log_int("webhooks", (int64_t)drain->drained));
            drain->drained = 0;
        }
        if (err == ERR_UNAVAILABLE)
            log_event(LOG_ERROR, "the spool's folder can't be read");
        next_sweep(drain, err == ERR_UNAVAILABLE ? PAUSE_MS : SWEEP_MS);
        return;
    }
    if (segment->damaged) {
        metric_add(drain->gateway->metrics, METRIC_SET_ASIDE, segment->damaged);
        log_event(LOG_ERROR, "damaged pieces of the spool are set aside",
                  log_int("pieces", (int64_t)segment->damaged));
    }
    drain->segment = segment;
    drain->next = 0;
    memset(drain->is_held, 0, sizeof drain->is_held);
    go_on(drain);
}

/* ---- Its life ---- */

static void sweep(void *arg)
{
    struct spool_drain *drain = arg;
    const struct gateway *gateway = drain->gateway;
    bool may = gateway->is_ready && !gateway->is_away && !drain->is_stopped;
    if (drain->is_taking || drain->segment)
        return; /* its end sweeps again */
    bool is_idle = !drain->drained && spool_is_empty(drain->spool);
    bool is_due = --drain->idle <= 0;
    if (is_due) {
        drain->idle = IDLE_SWEEPS;
        spool_try(drain->spool);
    }
    if (!may || (is_idle && !is_due)) {
        next_sweep(drain, SWEEP_MS);
        return;
    }
    drain->is_taking = true;
    spool_take(drain->spool, segment_taken, drain);
}

void spool_drain_wake(struct spool_drain *drain)
{
    if (!drain->is_taking && !drain->segment && drain->gateway->is_ready)
        next_sweep(drain, SOON_MS);
}

void spool_drain_stop(struct spool_drain *drain)
{
    drain->is_stopped = true;
    loop_timer_stop(drain->sweep);
}

bool spool_drain_is_busy(const struct spool_drain *drain)
{
    return drain->is_taking || drain->segment;
}

bool spool_drain_stops(const struct spool_drain *drain, const struct turn_ask *ask)
{
    const struct replay *replay = ask->arg;
    return drain->is_pausing || is_away(replay->err);
}

struct spool_drain *spool_drain_new(struct gateway *gateway)
{
    struct spool_drain *drain = calloc(1, sizeof *drain);
    if (!drain)
        abort();
    drain->gateway = gateway;
    drain->spool = spooling_spool(gateway->spooling);
    drain->sweep = loop_timer_new(gateway->loop, sweep, drain);
    next_sweep(drain, SWEEP_MS);
    return drain;
}

void spool_drain_free(struct spool_drain *drain)
{
    if (!drain)
        return;
    loop_timer_free(drain->sweep);
    free(drain);
}
