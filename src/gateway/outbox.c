/* How does a message get to its provider? See outbox.h for the order of events. */

#include "gateway/outbox.h"

#include "base/clock.h"
#include "base/digest.h"
#include "gateway/payload.h"
#include "gateway/sending.h"
#include "store/outbox.h"
#include "store/redis.h"

#include <stdio.h>
#include <stdlib.h>

#define SWEEP_MS    1000
/* Between sweeps while something waits behind an earlier message. */
#define SOON_MS     40
#define CLAIM_MOST  200
/* Other workers are told at most this often that something waits. */
#define TELL_MS     20
/* How long a message may wait behind one that a worker has leased. */
#define BEHIND_MS   (OUTBOX_LEASE_SECONDS * 1000)
#define WAKE        STR("frontdesk:wake")
#define NAME_DIGITS 16

struct outbox {
    struct gateway *gateway;
    struct loop_timer *sweep;
    struct line *lines; /* one a number of ours */
    size_t under_way;
    bool is_claiming;
    bool is_hurried;
    bool is_draining;
    struct loop_timer *tell;
    bool is_telling;
    struct str name; /* what this worker calls itself to the others */
    char name_text[NAME_DIGITS + 1];
    uint64_t behind_until_ns; /* until then a message may wait for one of ours to be settled */
};

static void sweep(void *arg);

static void next_sweep(struct outbox *outbox)
{
    if (outbox->is_draining)
        loop_timer_stop(outbox->sweep);
    else
        loop_timer_start(outbox->sweep, outbox->is_hurried ? SOON_MS : SWEEP_MS, 0);
}

static void hurry(struct outbox *outbox)
{
    if (outbox->is_hurried || outbox->is_draining)
        return;
    outbox->is_hurried = true;
    if (!outbox->is_claiming)
        next_sweep(outbox);
}

static void send_ended(void *arg)
{
    struct outbox *outbox = arg;
    outbox->under_way--;
    if (clock_monotonic_ns() < outbox->behind_until_ns)
        hurry(outbox);
}

static struct line *line_of(struct outbox *outbox, const struct channel_conf *conf)
{
    for (struct line *line = outbox->lines; line; line = line_next(line))
        if (line_conf(line) == conf)
            return line;
    outbox->lines = line_new(outbox->gateway, conf, outbox->lines, send_ended, outbox);
    return outbox->lines;
}

static void start(struct outbox *outbox, const struct channel_conf *conf, const struct outbound *say,
                  int attempts)
{
    int64_t id;
    outbox->under_way++;
    if (str_to_int64(say->id, &id))
        in_hand_note(outbox->gateway->in_hand, id, attempts);
    line_send(line_of(outbox, conf), say, attempts);
}

void outbox_send(struct outbox *outbox, const struct channel_conf *conf, const struct outbound *say)
{
    start(outbox, conf, say, 1);
}

/* A number that is no longer configured can't send: its messages are given up, and the operator is told. */
static void give_up_homeless(struct outbox *outbox, const struct outbox_row *row)
{
    struct settlement settlement = {
        .id = row->id,
        .attempts = row->attempts,
        .settled = SETTLED_FAILED,
        .error = {.code = -1, .title = STR("its number is not configured any more")}};
    log_event(LOG_ERROR, "a message of a number that is not configured is given up",
              log_int("message", row->id));
    metric_send(outbox->gateway->metrics, row->channel, SEND_GIVEN_UP);
    store_settle_outbox(outbox->gateway->store, &settlement);
}

static void send_row(struct outbox *outbox, const struct outbox_row *row)
{
    struct arena arena = {0};
    struct outbound say;
    const struct channel_conf *conf =
        channel_find(outbox->gateway->config->channels[row->channel], row->account);
    if (!conf || !channel_of(row->channel) || !payload_read(&arena, row->payload, &say)) {
        give_up_homeless(outbox, row);
    } else {
        recipient_read(&arena, row->recipient, &say);
        say.id = arena_number(&arena, row->id);
        say.from = row->account;
        start(outbox, conf, &say, row->attempts);
    }
    arena_free(&arena);
}

static void claimed(void *arg, enum err err, const struct outbox_row *rows, size_t count)
{
    struct outbox *outbox = arg;
    outbox->is_claiming = false;
    for (size_t i = 0; err == ERR_NONE && i < count; i++)
        send_row(outbox, &rows[i]);
    /* While there is something, there may be more behind it. */
    outbox->is_hurried = err == ERR_NONE && count > 0;
    next_sweep(outbox);
}

static void sweep(void *arg)
{
    struct outbox *outbox = arg;
    if (outbox->is_claiming || outbox->is_draining)
        return;
    if (!outbox->gateway->is_ready || outbox->under_way > (size_t)4 * CLAIM_MOST) {
        next_sweep(outbox);
        return;
    }
    outbox->is_claiming = true;
    store_claim_outbox(outbox->gateway->store, CLAIM_MOST, claimed, outbox);
}

/* ---- A message waits behind an earlier one: whichever worker sends that, the next can leave at once ---- */

static void something_waits(struct outbox *outbox)
{
    outbox->behind_until_ns = clock_monotonic_ns() + (uint64_t)BEHIND_MS * 1000000;
    hurry(outbox);
}

static void tell(void *arg)
{
    struct outbox *outbox = arg;
    outbox->is_telling = false;
    redis_publish(outbox->gateway->redis, WAKE, outbox->name);
}

static void told(void *arg, struct str name)
{
    struct outbox *outbox = arg;
    if (!str_eq(name, outbox->name))
        something_waits(outbox);
}

void outbox_wake(struct outbox *outbox)
{
    something_waits(outbox);
    if (!outbox->gateway->redis || outbox->is_telling)
        return;
    outbox->is_telling = true;
    loop_timer_start(outbox->tell, TELL_MS, 0);
}

static void listen_to_others(struct outbox *outbox)
{
    uint64_t number;
    random_bytes(&number, sizeof number);
    (void)snprintf(outbox->name_text, sizeof outbox->name_text, "%016llx", (unsigned long long)number);
    outbox->name = str_from(outbox->name_text);
    if (outbox->gateway->redis)
        redis_listen(outbox->gateway->redis, WAKE, told, outbox);
}

void outbox_said(struct outbox *outbox, struct str id)
{
    struct settlement settlement = {.attempts = 1, .settled = SETTLED_SENT};
    if (!str_to_int64(id, &settlement.id))
        return;
    in_hand_note(outbox->gateway->in_hand, settlement.id, settlement.attempts);
    in_hand_taken(outbox->gateway->in_hand, settlement.id);
    store_settle_outbox(outbox->gateway->store, &settlement);
}

static void settled(void *arg, int64_t id)
{
    struct outbox *outbox = arg;
    in_hand_strike(outbox->gateway->in_hand, id);
}

size_t outbox_under_way(const struct outbox *outbox)
{
    return outbox->under_way + outbox->is_claiming;
}

void outbox_drain(struct outbox *outbox)
{
    outbox->is_draining = true;
    next_sweep(outbox);
}

struct outbox *outbox_new(struct gateway *gateway)
{
    struct outbox *outbox = calloc(1, sizeof *outbox);
    if (!outbox)
        abort();
    outbox->gateway = gateway;
    outbox->sweep = loop_timer_new(gateway->loop, sweep, outbox);
    outbox->tell = loop_timer_new(gateway->loop, tell, outbox);
    listen_to_others(outbox);
    store_on_settled(gateway->store, settled, outbox);
    in_hand_take_over(gateway->in_hand, gateway->store);
    next_sweep(outbox);
    return outbox;
}

void outbox_free(struct outbox *outbox)
{
    loop_timer_free(outbox->sweep);
    loop_timer_free(outbox->tell);
    while (outbox->lines) {
        struct line *line = outbox->lines;
        outbox->lines = line_next(line);
        line_free(line);
    }
    free(outbox);
}
