/* How fast may a number send, and what happens when the provider says no?
 *
 * A line sends as many messages a second as its setting allows. A throttle of the number slows the whole
 * line; broken credentials stop it for a while; anything that concerns one person delays that person's
 * message only (the outbox keeps their order). */

#include "gateway/sending.h"

#include "base/clock.h"
#include "base/digest.h"
#include "gateway/outbox.h"
#include "gateway/pace.h"
#include "gateway/payload.h"
#include "gateway/simulator.h"
#include "store/outbox.h"

#include <stdlib.h>

#define CALL_DEADLINE_MS 15000
#define SLOW_MS          2000
#define PAUSE_MOST_MS    600000
#define STOP_MS          60000
/* A message that could not begin within this goes back, before its lease runs out. */
#define QUEUE_MS         ((OUTBOX_LEASE_SECONDS * 1000) / 2 - CALL_DEADLINE_MS / 2)

struct sending {
    struct line *line;
    struct arena arena;
    struct outbound say;
    int attempts;
    uint64_t queued_ns;
    struct composed composed;
    size_t next_request;
    uint64_t called_ns;
    struct sending *next;
};

struct line {
    struct gateway *gateway;
    const struct channel_conf *conf;
    struct line *next;
    void (*ended)(void *arg);
    void *arg;
    struct loop_timer *tick;
    struct pace *pace; /* of each person; NULL where the provider has no such limit */
    struct sending *first;
    struct sending *last;
    double tokens;
    uint64_t filled_ns;
    uint64_t paused_until_ns;
};

static void call_next(struct sending *sending);

int64_t backoff_ms(int attempts, uint32_t random)
{
    int64_t delay = 2000;
    for (int i = 1; i < attempts && delay < 600000; i++)
        delay *= 2;
    if (delay > 600000)
        delay = 600000;
    return delay * 3 / 4 + (int64_t)(random % 1000) * delay / 2000;
}

uint64_t line_pause_ms(int64_t retry_after_ms)
{
    if (retry_after_ms <= 0)
        return SLOW_MS;
    return retry_after_ms < PAUSE_MOST_MS ? (uint64_t)retry_after_ms : PAUSE_MOST_MS;
}

static uint32_t random_u32(void)
{
    uint32_t number;
    random_bytes(&number, sizeof number);
    return number;
}

static void end(struct sending *sending, const struct settlement *settlement)
{
    struct line *line = sending->line;
    struct settlement complete = *settlement;
    complete.attempts = sending->attempts;
    if (str_to_int64(sending->say.id, &complete.id)) {
        if (complete.settled == SETTLED_SENT)
            in_hand_taken(line->gateway->in_hand, complete.id);
        store_settle_outbox(line->gateway->store, &complete);
    }
    struct arena arena = sending->arena;
    arena_free(&arena);
    line->ended(line->arg);
}

static void put_off(struct sending *sending, enum settled how, int64_t delay_ms, struct delivery_error error)
{
    struct settlement settlement = {.settled = how, .delay_ms = delay_ms, .error = error};
    end(sending, &settlement);
}

/* It was not its turn: what keeps a whole line from sending must not use up a message's attempts. */
static void give_back(struct sending *sending, int64_t delay_ms)
{
    put_off(sending, SETTLED_RETURNED, delay_ms, (struct delivery_error){0});
}

static void give_up(struct sending *sending, struct delivery_error error)
{
    struct line *line = sending->line;
    log_event(LOG_WARN, "a message is given up", log_str("channel", line->conf->id),
              log_str("message", sending->say.id), log_int("code", error.code), log_str("title", error.title),
              log_masked("to", sending->say.to));
    metric_send(line->gateway->metrics, line->conf->kind, SEND_GIVEN_UP);
    struct settlement settlement = {.settled = SETTLED_FAILED, .error = error};
    end(sending, &settlement);
}

static bool is_too_late(const struct sending *sending)
{
    return sending->say.until_ms && clock_now_ms() > sending->say.until_ms;
}

static void leave_unsaid(struct sending *sending)
{
    log_event(LOG_INFO, "a message is not sent, since its time has passed",
              log_str("message", sending->say.id));
    struct settlement settlement = {.settled = SETTLED_NEEDLESS,
                                    .error = {.title = STR("its time has passed")}};
    end(sending, &settlement);
}

static void pause_line(struct line *line, uint64_t pause_ms)
{
    uint64_t until = clock_monotonic_ns() + pause_ms * 1000000;
    if (until > line->paused_until_ns)
        line->paused_until_ns = until;
}

static void take_verdict(struct sending *sending, const struct judged *judged)
{
    struct line *line = sending->line;
    const struct config *config = line->gateway->config;
    struct delivery_error error = judged->error;
    error.is_opt_out = judged->is_opt_out;
    int64_t delay_ms =
        judged->retry_after_ms > 0 ? judged->retry_after_ms : backoff_ms(sending->attempts, random_u32());
    if (judged->stops_channel) {
        log_event(LOG_ERROR, "a provider refuses our credentials or account; its messages wait",
                  log_str("channel", line->conf->id), log_int("code", error.code),
                  log_str("title", error.title));
        pause_line(line, STOP_MS);
        metric_send(line->gateway->metrics, line->conf->kind, SEND_REFUSED);
        put_off(sending, SETTLED_RETURNED, STOP_MS, error);
        return;
    }
    if (judged->slows_channel)
        pause_line(line, line_pause_ms(judged->retry_after_ms));
    int tries = error.tries && error.tries < config->outbox.attempts ? error.tries : config->outbox.attempts;
    if (judged->verdict != VERDICT_RETRY || sending->attempts >= tries) {
        give_up(sending, error);
        return;
    }
    log_event(LOG_WARN, "a message is put off", log_str("channel", line->conf->id),
              log_str("message", sending->say.id), log_int("tries", sending->attempts),
              log_int("code", error.code), log_str("title", error.title), log_int("again_in_ms", delay_ms));
    metric_send(line->gateway->metrics, line->conf->kind, SEND_PUT_OFF);
    put_off(sending, SETTLED_LATER, delay_ms, error);
}

static void accept(struct sending *sending, struct str provider_id)
{
    if (sending->next_request < sending->composed.count) {
        call_next(sending);
        return;
    }
    metric_send(sending->line->gateway->metrics, sending->line->conf->kind, SEND_TAKEN);
    struct settlement settlement = {.settled = SETTLED_SENT, .provider_id = provider_id};
    end(sending, &settlement);
}

static void called(void *arg, enum err err, const struct http_response *response, struct arena *arena)
{
    struct sending *sending = arg;
    struct line *line = sending->line;
    struct judged judged = {.verdict = VERDICT_RETRY, .error = {.title = err_title(err)}};
    metric_latency(line->gateway->metrics, LATENCY_SEND, (clock_monotonic_ns() - sending->called_ns) / 1000);
    /* Of an answer that says yes the rest may be missing: what was taken must not be sent again. */
    bool is_taken = response && response->status / 100 == 2;
    if (err == ERR_NONE || is_taken)
        channel_of(line->conf->kind)->judge(line->conf, response, arena, &judged);
    if (judged.verdict == VERDICT_ACCEPTED)
        accept(sending, judged.provider_id);
    else
        take_verdict(sending, &judged);
}

/* All parts of a message must be through before its lease runs out: then another worker sends it too. */
static uint64_t call_deadline_ms(const struct sending *sending)
{
    uint64_t age_ms = (sending->called_ns - sending->queued_ns) / 1000000;
    uint64_t left_ms = age_ms < QUEUE_MS + CALL_DEADLINE_MS ? QUEUE_MS + CALL_DEADLINE_MS - age_ms : 1;
    return left_ms < CALL_DEADLINE_MS ? left_ms : CALL_DEADLINE_MS;
}

static void call_next(struct sending *sending)
{
    sending->called_ns = clock_monotonic_ns();
    http_call(sending->line->gateway->client, sending->composed.requests[sending->next_request++],
              call_deadline_ms(sending), called, sending);
}

static bool has_waited_too_long(const struct sending *sending, uint64_t now_ns)
{
    return now_ns - sending->queued_ns > (uint64_t)QUEUE_MS * 1000000;
}

static void begin(struct sending *sending, uint64_t now_ns)
{
    struct line *line = sending->line;
    if (is_too_late(sending)) {
        leave_unsaid(sending);
        return;
    }
    if (has_waited_too_long(sending, now_ns)) {
        give_back(sending, 1000);
        return;
    }
    struct str recipient = sending->say.to.len ? sending->say.to : sending->say.user_id;
    int64_t wait_ms = line->pace ? pace_take(line->pace, recipient, now_ns) : 0;
    if (wait_ms) {
        give_back(sending, wait_ms);
        return;
    }
    const struct channel_conf *conf =
        simulator_door(line->gateway->config, line->conf, sending->say.to, &sending->arena);
    channel_of(conf->kind)->compose(conf, &sending->say, &sending->arena, &sending->composed);
    if (sending->composed.count == 0)
        accept(sending, (struct str){0});
    else
        call_next(sending);
}

static double rate_of(const struct line *line)
{
    /* A number's pace is shared by all workers of this node. */
    const struct config *config = line->gateway->config;
    double allowed = line->conf->kind == CHANNEL_WHATSAPP ? config->outbox.whatsapp_per_second
                                                          : config->outbox.sms_per_second;
    double share = allowed / line->gateway->shared->workers;
    return share > 1 ? share : 1;
}

static void fill(struct line *line, uint64_t now_ns)
{
    double rate = rate_of(line);
    line->tokens += (double)(now_ns - line->filled_ns) / 1e9 * rate;
    if (line->tokens > rate)
        line->tokens = rate;
    line->filled_ns = now_ns;
}

static struct sending *take_first(struct line *line)
{
    struct sending *first = line->first;
    line->first = first->next;
    if (!line->first)
        line->last = NULL;
    return first;
}

static void serve(void *arg)
{
    struct line *line = arg;
    uint64_t now_ns = clock_monotonic_ns();
    fill(line, now_ns);
    while (line->first && line->tokens >= 1 && now_ns >= line->paused_until_ns) {
        line->tokens -= 1;
        begin(take_first(line), now_ns);
    }
    /* While paused, what has waited long enough goes back before its lease runs out; when we leave, all. */
    while (line->first && now_ns < line->paused_until_ns &&
           (line->gateway->is_draining || has_waited_too_long(line->first, now_ns)))
        give_back(take_first(line), 1000);
    if (line->first)
        loop_timer_start(line->tick, 20, 0);
}

void line_send(struct line *line, const struct outbound *say, int attempts)
{
    struct arena arena = {0};
    struct sending *sending = arena_new(&arena, struct sending);
    sending->line = line;
    sending->say = outbound_copy(&arena, say);
    sending->attempts = attempts;
    sending->queued_ns = clock_monotonic_ns();
    sending->arena = arena;
    if (line->last)
        line->last->next = sending;
    else
        line->first = sending;
    line->last = sending;
    if (line->first == sending)
        loop_timer_start(line->tick, 0, 0);
}

struct line *line_new(struct gateway *gateway, const struct channel_conf *conf, struct line *next,
                      void (*ended)(void *arg), void *arg)
{
    struct line *line = calloc(1, sizeof *line);
    if (!line)
        abort();
    line->gateway = gateway;
    line->conf = conf;
    line->next = next;
    line->ended = ended;
    line->arg = arg;
    line->tick = loop_timer_new(gateway->loop, serve, line);
    line->pace = conf->kind == CHANNEL_WHATSAPP ? pace_new() : NULL;
    line->filled_ns = clock_monotonic_ns();
    line->tokens = rate_of(line);
    return line;
}

void line_free(struct line *line)
{
    loop_timer_free(line->tick);
    pace_free(line->pace);
    while (line->first) {
        struct arena arena = take_first(line)->arena;
        arena_free(&arena);
    }
    free(line);
}

struct line *line_next(const struct line *line)
{
    return line->next;
}

const struct channel_conf *line_conf(const struct line *line)
{
    return line->conf;
}
