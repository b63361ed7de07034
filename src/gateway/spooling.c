/* When does a webhook have to wait on disk, and who waits behind it?
 *
 * PostgreSQL is known to be away, or a turn finds out (whether its commit happened or not: ids make a second
 * time harmless) → held: newer messages of the same people wait → put, flushed → answered 200.
 *
 * While PostgreSQL is back but something of a person's still waits, theirs queue behind it and everybody
 * else's go on: under load a spool that took everything would never come to its end. */

#include "gateway/spooling.h"

#include "base/clock.h"
#include "gateway/spool_drain.h"
#include "gateway/spooled.h"

#include <stdlib.h>

struct later {
    struct later *next;
    void (*run)(void *arg);
    void *arg;
};

struct spooling {
    struct gateway *gateway;
    struct spool *spool;
    struct loop_check *check;
    struct later *first;
    struct later **end;
    bool was_told; /* the operator, of this outage */
};

struct spool_conf spool_conf_of(const struct config *config, struct shared *shared, struct arena *arena)
{
    return (struct spool_conf){
        .folder = arena_cstring(arena, config->spool.folder),
        .limit_bytes = (uint64_t)config->spool.megabytes * 1024 * 1024,
        .shared = &shared->spool,
    };
}

/* ---- Who waits ---- */

static void find_owners(const struct gateway *gateway, struct spooling_webhook *webhook)
{
    const struct channel_conf *confs = gateway->config->channels[webhook->conf->kind];
    const struct batch *batch = webhook->batch;
    struct spool_put *put = &webhook->put;
    if (put->owners || batch->message_count == 0)
        return;
    size_t count = batch->message_count < SPOOL_OWNERS_MAX ? batch->message_count : SPOOL_OWNERS_MAX;
    put->owners = arena_new_array(webhook->arena, int64_t, count);
    for (size_t i = 0; i < count; i++) {
        const struct inbound *said = &batch->messages[i];
        put->owners[i] = turn_lane(channel_find(confs, said->to), said);
    }
    put->owner_count = count;
}

bool spooling_must_wait(struct gateway *gateway, struct spooling_webhook *webhook)
{
    if (!gateway->spooling)
        return false;
    if (gateway->is_away)
        return true;
    const struct spool *spool = gateway->spooling->spool;
    if (spool_is_empty(spool))
        return false;
    find_owners(gateway, webhook);
    for (size_t i = 0; i < webhook->put.owner_count; i++)
        if (spool_is_awaited(spool, webhook->put.owners[i]))
            return true;
    return false;
}

bool spooling_is_before(const struct gateway *gateway, int64_t lane, const struct turn_ask *ask)
{
    if (!gateway->spooling)
        return false;
    if (ask->is_replay)
        return spool_drain_stops(gateway->spool_drain, ask);
    const struct spool *spool = gateway->spooling->spool;
    return ask->can_wait && !spool_is_empty(spool) && spool_is_awaited(spool, lane);
}

static void run_later(void *arg)
{
    struct spooling *spooling = arg;
    struct later *later = spooling->first;
    spooling->first = NULL;
    spooling->end = &spooling->first;
    while (later) {
        struct later now = *later;
        free(later);
        later = now.next;
        now.run(now.arg);
    }
}

void spooling_later(struct spooling *spooling, void (*run)(void *arg), void *arg)
{
    struct later *later = calloc(1, sizeof *later);
    if (!later)
        abort();
    *later = (struct later){.run = run, .arg = arg};
    *spooling->end = later;
    spooling->end = &later->next;
    loop_check_ask(spooling->check);
}

/* ---- What waits ---- */

void spooling_hold(struct gateway *gateway, struct spooling_webhook *webhook)
{
    if (webhook->is_held || !gateway->spooling)
        return;
    webhook->is_held = true;
    find_owners(gateway, webhook);
    spool_hold(gateway->spooling->spool, &webhook->put);
}

static void tell(struct gateway *gateway, enum err err)
{
    struct spooling *spooling = gateway->spooling;
    if (err != ERR_NONE) {
        log_event(LOG_ERROR, "a webhook can't be spooled and is refused",
                  log_cstr("why", err == ERR_TOO_LARGE ? "there is no room" : "the disk refuses"));
    } else if (!spooling->was_told) {
        spooling->was_told = true;
        log_event(LOG_WARN, "webhooks are spooled until PostgreSQL has handled them");
    }
}

static void was_put(void *arg, enum err err)
{
    struct spooling_webhook *webhook = arg;
    struct gateway *gateway = webhook->gateway;
    if (spool_is_empty(gateway->spooling->spool))
        gateway->spooling->was_told = false;
    tell(gateway, err);
    if (err == ERR_NONE) {
        metric_add(gateway->metrics, METRIC_SPOOLED, 1);
        spool_drain_wake(gateway->spool_drain);
    }
    webhook->done(webhook->arg, err);
}

void spooling_put(struct gateway *gateway, struct spooling_webhook *webhook)
{
    struct spooled spooled = {
        .at_ms = clock_now_ms(),
        .kind = webhook->conf->kind,
        .conf_id = webhook->conf->id,
        .request = *webhook->request,
    };
    spooling_hold(gateway, webhook);
    webhook->gateway = gateway;
    webhook->put.text = spooled_print(&spooled, webhook->arena);
    webhook->put.done = was_put;
    webhook->put.arg = webhook;
    spool_put(gateway->spooling->spool, &webhook->put);
}

/* ---- Its life ---- */

struct spooling *spooling_new(struct gateway *gateway, const struct spool_conf *conf)
{
    struct spooling *spooling = calloc(1, sizeof *spooling);
    if (!spooling)
        abort();
    spooling->gateway = gateway;
    spooling->spool = spool_new(gateway->loop, conf);
    spooling->check = loop_check_new(gateway->loop, run_later, spooling);
    spooling->end = &spooling->first;
    return spooling;
}

struct spool *spooling_spool(struct spooling *spooling)
{
    return spooling->spool;
}

bool spooling_is_empty(const struct spooling *spooling)
{
    return spool_is_empty(spooling->spool);
}

size_t spooling_under_way(const struct gateway *gateway)
{
    if (!gateway->spooling)
        return 0;
    return spool_under_way(gateway->spooling->spool) + spool_drain_is_busy(gateway->spool_drain);
}

void spooling_free(struct spooling *spooling)
{
    if (!spooling)
        return;
    loop_check_free(spooling->check);
    spool_free(spooling->spool);
    free(spooling);
}
