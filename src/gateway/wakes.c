/* How does a silent session come to its reminder?
 *
 * swept → leased → where did its person write last? → a turn, which says something or not, and settles when
 * to look again, if ever.
 *
 * The turn is known by the session and the version that was found: two workers that wake one session take one
 * input. A worker that dies leaves its lease, which runs out; a session that has moved meanwhile is left
 * alone until then. */

#include "gateway/wakes.h"

#include "base/clock.h"
#include "gateway/input.h"
#include "gateway/sweep.h"
#include "gateway/turn.h"
#include "store/answers.h"
#include "store/waits.h"

#include <stdlib.h>

#define SWEEP_MS 1000
#define LEASE_S  60

struct wakes {
    struct sweep sweep;
};

struct errand {
    struct wakes *wakes;
    struct arena arena;
    struct wait wait;
};

static void leave(struct errand *errand)
{
    errand->wakes->sweep.under_way--;
    struct arena arena = errand->arena;
    arena_free(&arena);
}

/* Whatever came of it: what is not settled comes again when the lease has run out. */
static void woken(void *arg, const struct turn_result *result)
{
    (void)result;
    leave(arg);
}

static void door_found(void *arg, enum err err, const struct door *door)
{
    struct errand *errand = arg;
    struct gateway *gateway = errand->wakes->sweep.gateway;
    if (err != ERR_NONE) {
        leave(errand);
        return;
    }
    int64_t now_ms = clock_now_ms();
    const struct channel_conf *conf = channel_find(gateway->config->channels[door->channel], door->account);
    struct turn_ask ask = {
        .message_id = arena_printf(&errand->arena, "wake:%.*s:%lld",
                                   STR_ARG(uuid_text(&errand->arena, errand->wait.session)),
                                   (long long)errand->wait.version),
        .session_id = errand->wait.session,
        .version = errand->wait.version,
        .door = door,
        .channel = door->channel,
        .conf = conf,
        .input = {.kind = INPUT_WAKE,
                  .door = channel_kind_name(door->channel),
                  .can_remind = conf && channel_can_remind(door->channel),
                  .is_written = true,
                  .utc_offset_s = conf ? conf->utc_offset_s : 0,
                  .today = date_of_ms(now_ms, conf ? conf->utc_offset_s : 0)},
        .done = woken,
        .arg = errand,
    };
    turn_start(gateway, &ask);
}

static void wake(struct wakes *wakes, const struct wait *wait)
{
    struct arena arena = {0};
    struct errand *errand = arena_new(&arena, struct errand);
    *errand = (struct errand){wakes, arena, *wait};
    wakes->sweep.under_way++;
    store_find_door(wakes->sweep.gateway->store, wait->session, &errand->arena, door_found, errand);
}

static void claimed(void *arg, enum err err, const struct wait *waits, size_t count)
{
    struct wakes *wakes = arg;
    sweep_has_claimed(&wakes->sweep);
    for (size_t i = 0; err == ERR_NONE && i < count; i++)
        wake(wakes, &waits[i]);
}

static void look(void *arg)
{
    struct wakes *wakes = arg;
    if (!sweep_may_claim(&wakes->sweep))
        return;
    sweep_claims(&wakes->sweep);
    store_claim_waits(wakes->sweep.gateway->store, LEASE_S, claimed, wakes);
}

struct wakes *wakes_new(struct gateway *gateway)
{
    struct wakes *wakes = calloc(1, sizeof *wakes);
    if (!wakes)
        abort();
    sweep_open(&wakes->sweep, gateway, look, wakes);
    sweep_start(&wakes->sweep, SWEEP_MS);
    return wakes;
}

void wakes_drain(struct wakes *wakes)
{
    sweep_drain(&wakes->sweep);
}

size_t wakes_under_way(const struct wakes *wakes)
{
    return wakes->sweep.under_way;
}

void wakes_free(struct wakes *wakes)
{
    sweep_close(&wakes->sweep);
    free(wakes);
}
