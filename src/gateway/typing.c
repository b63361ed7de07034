/* How does somebody who waits see that we are at it?
 *
 * All wait for the same moment, so whoever began first is due first: one timer does for all. */

#include "gateway/typing.h"

#include "base/clock.h"
#include "channels/whatsapp.h"

#include <stdlib.h>

/* Below this nobody wonders; most answers are far faster. */
#define MOMENT_MS   700
#define DEADLINE_MS 5000

struct typing_watch {
    struct gateway *gateway;
    struct loop_timer *moment;
    bool is_timed;        /* the timer runs, perhaps for one that has ended */
    struct typing *first; /* in the order in which they are due */
    struct typing *last;
};

static void ignore_answer(void *arg, enum err err, const struct http_response *response, struct arena *arena)
{
    (void)arg;
    (void)err;
    (void)response;
    (void)arena;
}

static void show(const struct typing_watch *watch, const struct typing *typing)
{
    struct arena arena = {0};
    struct http_request request;
    whatsapp_compose_read(typing->conf, typing->message_id, true, &arena, &request);
    http_call(watch->gateway->client, &request, DEADLINE_MS, ignore_answer, NULL);
    arena_free(&arena);
}

static void start_timer(struct typing_watch *watch, uint64_t after_ms)
{
    watch->is_timed = true;
    loop_timer_start(watch->moment, after_ms, 0);
}

static void moment_passed(void *arg)
{
    struct typing_watch *watch = arg;
    uint64_t now = clock_monotonic_ms();
    watch->is_timed = false;
    while (watch->first && watch->first->due_ms <= now) {
        show(watch, watch->first);
        typing_end(watch, watch->first);
    }
    if (watch->first)
        start_timer(watch, watch->first->due_ms - now);
}

void typing_begin(struct typing_watch *watch, struct typing *typing, const struct channel_conf *conf,
                  struct str message_id)
{
    *typing = (struct typing){0};
    if (!conf || conf->kind != CHANNEL_WHATSAPP)
        return;
    *typing = (struct typing){conf, message_id, clock_monotonic_ms() + MOMENT_MS, NULL, watch->last};
    if (watch->last)
        watch->last->next = typing;
    else
        watch->first = typing;
    watch->last = typing;
    if (!watch->is_timed)
        start_timer(watch, MOMENT_MS);
}

void typing_end(struct typing_watch *watch, struct typing *typing)
{
    if (!typing->conf)
        return;
    typing->conf = NULL;
    if (typing->previous)
        typing->previous->next = typing->next;
    else
        watch->first = typing->next;
    if (typing->next)
        typing->next->previous = typing->previous;
    else
        watch->last = typing->previous;
}

struct typing_watch *typing_watch_new(struct gateway *gateway)
{
    struct typing_watch *watch = calloc(1, sizeof *watch);
    if (!watch)
        abort();
    watch->gateway = gateway;
    watch->moment = loop_timer_new(gateway->loop, moment_passed, watch);
    return watch;
}

void typing_watch_free(struct typing_watch *watch)
{
    loop_timer_free(watch->moment);
    free(watch);
}
