/* Which texts came while nobody listened?
 *
 * PostgreSQL is there and the spool is empty → claimed (one node at a time) → of each number the list, page
 * by page → the oldest first, a turn each; ids make those that were heard harmless → what was heard is noted
 *
 * Until when everything was heard is noted every minute while all is well, so that the next start knows how
 * far to look back. */

#include "gateway/catch_up.h"

#include "base/clock.h"
#include "channels/sms_list.h"
#include "gateway/spooling.h"
#include "gateway/turn.h"
#include "store/heard.h"

#include <stdlib.h>

#define TICK_MS          500
#define NOTE_MS          60000
/* After a try in vain, twice as long each time. */
#define AGAIN_LEAST_MS   1000
#define AGAIN_MOST_MS    30000
/* Renewed while we are at it, so that the next node need not wait long for one that died. */
#define LEASE_S          20
#define RENEW_MS         5000
#define CALL_DEADLINE_MS 15000
#define ALL_DEADLINE_MS  (INT64_C(3) * 60 * 1000)
/* Twilio's clock is not ours, and a message may have been on its way. */
#define MARGIN_MS        (INT64_C(5) * 60 * 1000)
/* Of older ones their redeliveries could not be told from news. */
#define OLDEST_MS        (7 * DAY_MS)
/* Of one number: some thousands of messages. */
#define PAGES_MAX        25

struct catch_up {
    struct gateway *gateway;
    struct loop_timer *tick;
    bool is_wanted; /* something may have been missed */
    bool is_busy;
    bool is_draining;
    int64_t gap_ms;   /* when what is wanted began; 0: after the last note */
    int64_t again_ms; /* after the last try in vain */
    int64_t lease;    /* 0: not ours */
    bool is_renewing;
    /* On the clock that nobody sets. */
    int64_t next_ms;  /* no try before */
    int64_t noted_ms; /* the last note */
    int64_t leased_ms;
    int64_t started_ms; /* this run */
    /* One run. */
    struct arena arena;
    int64_t began_ms;
    int64_t since_ms;
    const struct channel_conf *conf;
    int pages;
    struct batch batch; /* of this number, the newest first */
    size_t next;        /* message to be handled, counted down */
    size_t handled;
    struct http_request request;
};

static void ask_number(struct catch_up *catch_up);
static void handle_next(struct catch_up *catch_up);

static int64_t steady_ms(void)
{
    return (int64_t)(clock_monotonic_ns() / 1000000);
}

/* ---- The end ---- */

static void try_again(struct catch_up *catch_up)
{
    int64_t pause_ms = catch_up->again_ms ? 2 * catch_up->again_ms : AGAIN_LEAST_MS;
    catch_up->again_ms = pause_ms < AGAIN_MOST_MS ? pause_ms : AGAIN_MOST_MS;
    catch_up->next_ms = steady_ms() + catch_up->again_ms;
    catch_up->is_busy = false;
    catch_up->is_wanted = true;
}

/* What can't be noted may be PostgreSQL that was away again, too shortly to be seen by tick. */
static void noted(void *arg, enum err err)
{
    struct catch_up *catch_up = arg;
    if (err != ERR_NONE) {
        catch_up->gap_ms = 0; /* the last note says since when */
        try_again(catch_up);
        return;
    }
    catch_up->is_busy = false;
    catch_up->again_ms = 0;
    catch_up->noted_ms = steady_ms();
}

static void give_back(struct catch_up *catch_up)
{
    catch_up->lease = 0;
    store_note_heard(catch_up->gateway->store, catch_up->began_ms, true, noted, catch_up);
}

static void end_run(struct catch_up *catch_up, enum err err)
{
    arena_free(&catch_up->arena);
    if (err != ERR_NONE) {
        log_event(LOG_WARN, "texts that came meanwhile could not be fetched; it is tried again",
                  log_cstr("why", err_name(err)));
        try_again(catch_up);
        return;
    }
    log_event(LOG_INFO, "texts that came meanwhile were looked for",
              log_int("listed", (int64_t)catch_up->handled));
    give_back(catch_up);
}

static bool is_late(const struct catch_up *catch_up)
{
    return steady_ms() - catch_up->started_ms > ALL_DEADLINE_MS;
}

/* ---- One message after the other ---- */

static void turn_done(void *arg, const struct turn_result *result)
{
    struct catch_up *catch_up = arg;
    enum err err = result->err;
    if (err == ERR_UNAVAILABLE || err == ERR_TIMEOUT) {
        end_run(catch_up, err);
        return;
    }
    if (err != ERR_NONE)
        log_event(LOG_ERROR, "a text from Twilio's list could not be handled",
                  log_cstr("why", err_name(err)));
    catch_up->handled++;
    handle_next(catch_up);
}

static void handle_next(struct catch_up *catch_up)
{
    struct gateway *gateway = catch_up->gateway;
    if (catch_up->next == 0) {
        catch_up->conf = catch_up->conf->next;
        ask_number(catch_up);
        return;
    }
    const struct inbound *said = &catch_up->batch.messages[--catch_up->next];
    struct turn_ask ask = {
        .conf = channel_find(gateway->config->channels[CHANNEL_SMS], said->to),
        .channel = CHANNEL_SMS,
        .message_id = said->provider_id,
        .said = said,
        .can_wait = true,
        .is_by_api = true,
        .done = turn_done,
        .arg = catch_up,
    };
    turn_start(gateway, &ask);
}

/* ---- One page after the other ---- */

/* 200 texts of 1,600 characters, each of which JSON may write with six. */
static const struct http_bounds page_bounds = {.deadline_ms = CALL_DEADLINE_MS,
                                               .answer_bytes = (size_t)4 * 1024 * 1024};

static void page_came(void *arg, enum err err, const struct http_response *response, struct arena *arena)
{
    struct catch_up *catch_up = arg;
    struct str next;
    const struct channel_conf *confs = catch_up->gateway->config->channels[CHANNEL_SMS];
    (void)arena;
    if (err == ERR_NONE && response->status != 200)
        err = ERR_UNREACHABLE;
    if (err == ERR_NONE)
        err = sms_list_read(confs, catch_up->conf, arena_copy(&catch_up->arena, response->body),
                            &catch_up->arena, &catch_up->batch, &next);
    if (err == ERR_NONE && is_late(catch_up))
        err = ERR_TIMEOUT;
    if (err != ERR_NONE) {
        end_run(catch_up, err);
        return;
    }
    if (next.len && ++catch_up->pages < PAGES_MAX) {
        sms_list_page(catch_up->conf, next, &catch_up->arena, &catch_up->request);
        http_fetch(catch_up->gateway->client, &catch_up->request, &page_bounds, page_came, catch_up);
        return;
    }
    if (next.len)
        log_event(LOG_ERROR, "Twilio lists more texts than are fetched; the oldest are left out",
                  log_int("fetched", (int64_t)catch_up->batch.message_count));
    catch_up->next = catch_up->batch.message_count;
    handle_next(catch_up);
}

static void ask_number(struct catch_up *catch_up)
{
    if (!catch_up->conf) {
        end_run(catch_up, ERR_NONE);
        return;
    }
    catch_up->batch = (struct batch){0};
    catch_up->pages = 0;
    sms_list_request(catch_up->conf, catch_up->since_ms, &catch_up->arena, &catch_up->request);
    http_fetch(catch_up->gateway->client, &catch_up->request, &page_bounds, page_came, catch_up);
}

/* ---- When ---- */

/* One that was lost meanwhile does no harm: whoever has it now finds what we handled handled. */
static void renewed(void *arg, enum err err, int64_t lease, int64_t heard_ms)
{
    struct catch_up *catch_up = arg;
    (void)heard_ms;
    catch_up->is_renewing = false;
    if (err == ERR_NONE && catch_up->lease)
        catch_up->lease = lease;
}

static void renew(struct catch_up *catch_up)
{
    int64_t now_ms = steady_ms();
    if (!catch_up->lease || catch_up->is_renewing || now_ms - catch_up->leased_ms < RENEW_MS)
        return;
    catch_up->is_renewing = true;
    catch_up->leased_ms = now_ms;
    store_claim_heard(catch_up->gateway->store, LEASE_S, catch_up->lease, renewed, catch_up);
}

static void claimed(void *arg, enum err err, int64_t lease, int64_t heard_ms)
{
    struct catch_up *catch_up = arg;
    catch_up->lease = lease;
    if (err != ERR_NONE || !lease) {
        try_again(catch_up);
        return;
    }
    /* Never before anything was heard: there is nothing to catch up with. */
    int64_t since = catch_up->gap_ms && catch_up->gap_ms < heard_ms ? catch_up->gap_ms : heard_ms;
    if (!heard_ms) {
        give_back(catch_up);
        return;
    }
    since -= MARGIN_MS;
    catch_up->since_ms = since > catch_up->began_ms - OLDEST_MS ? since : catch_up->began_ms - OLDEST_MS;
    catch_up->conf = catch_up->gateway->config->channels[CHANNEL_SMS];
    catch_up->handled = 0;
    ask_number(catch_up);
}

static void run(struct catch_up *catch_up)
{
    catch_up->is_busy = true;
    catch_up->is_wanted = false;
    catch_up->began_ms = clock_now_ms();
    catch_up->leased_ms = catch_up->started_ms = steady_ms();
    store_claim_heard(catch_up->gateway->store, LEASE_S, catch_up->lease, claimed, catch_up);
}

static void tick(void *arg)
{
    struct catch_up *catch_up = arg;
    const struct gateway *gateway = catch_up->gateway;
    int64_t now_ms = steady_ms();
    if (catch_up->is_busy)
        renew(catch_up);
    if (catch_up->is_draining || catch_up->is_busy)
        return;
    if (!gateway->is_ready) {
        /* The first look may have come late. */
        if (!catch_up->is_wanted)
            catch_up->gap_ms = clock_now_ms();
        catch_up->is_wanted = true;
        return;
    }
    bool may_run =
        now_ms >= catch_up->next_ms && (!gateway->spooling || spooling_is_empty(gateway->spooling));
    if (catch_up->is_wanted && may_run) {
        run(catch_up);
    } else if (!catch_up->is_wanted && now_ms - catch_up->noted_ms > NOTE_MS) {
        catch_up->is_busy = true;
        store_note_heard(gateway->store, clock_now_ms(), false, noted, catch_up);
    }
}

/* ---- Its life ---- */

struct catch_up *catch_up_new(struct gateway *gateway)
{
    struct catch_up *catch_up = calloc(1, sizeof *catch_up);
    if (!catch_up)
        abort();
    catch_up->gateway = gateway;
    catch_up->is_wanted = true;
    catch_up->tick = loop_timer_new(gateway->loop, tick, catch_up);
    loop_timer_start(catch_up->tick, TICK_MS, TICK_MS);
    return catch_up;
}

void catch_up_drain(struct catch_up *catch_up)
{
    catch_up->is_draining = true;
}

bool catch_up_is_busy(const struct catch_up *catch_up)
{
    return catch_up->is_busy || catch_up->is_renewing;
}

void catch_up_free(struct catch_up *catch_up)
{
    if (!catch_up)
        return;
    loop_timer_free(catch_up->tick);
    arena_free(&catch_up->arena);
    free(catch_up);
}
