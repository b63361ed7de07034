/* How do bytes get from a client to libwebsockets and back?
 *
 * An end that is readable is read into one buffer for all; what the other end cannot take at once waits, and
 * until it has left nothing more is read. When the library has closed its end, the client is sent what still
 * waits, then our side is shut and what it still sends is thrown away for a moment. */

#include "net/websocket_relay.h"

#include "base/clock.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define INPUT_BYTES ((size_t)32 * 1024)
/* Events handled in one turn of the loop, so that others get their share. */
#define EVENTS_MAX  64
#define LINGER_MS   2000
#define TICK_MS     500
/* In an event's data, beside the address of the relay: which of its ends. */
#define INNER_BIT   1u

struct relays {
    struct relays_conf conf;
    int epoll;
    struct loop_watch *watch;
    struct loop_timer *tick;
    struct relay *lingering;
    char input[INPUT_BYTES];
};

/* ---- Watching ---- */

static void watch_end(struct relay *relay, struct relay_end *end, uint8_t events)
{
    if (events == end->events)
        return;
    uint64_t name = (uint64_t)(uintptr_t)relay | (end == &relay->inner ? INNER_BIT : 0);
    struct epoll_event event = {.events = events, .data.u64 = name};
    /* Not watched at all rather than for nothing: an end that hung up would be reported again and again. */
    int operation = !events ? EPOLL_CTL_DEL : end->events ? EPOLL_CTL_MOD : EPOLL_CTL_ADD;
    if (epoll_ctl(relay->relays->epoll, operation, end->fd, &event) != 0)
        abort();
    end->events = events;
}

static uint8_t events_for(const struct relay_end *end, const struct relay_end *other)
{
    bool reads = !end->has_ended && !other->waiting_len;
    return (uint8_t)((reads ? EPOLLIN : 0u) | (end->waiting_len ? EPOLLOUT : 0u));
}

/* ---- The end ---- */

static void close_end(struct relay_end *end)
{
    if (end->fd >= 0)
        close(end->fd);
    end->fd = -1;
    end->events = 0;
    free(end->waiting);
    end->waiting = NULL;
    end->waiting_len = 0;
}

static void stop_lingering(struct relay *relay)
{
    if (!relay->due_ms)
        return;
    relay->due_ms = 0;
    if (relay->previous)
        relay->previous->next = relay->next;
    else
        relay->relays->lingering = relay->next;
    if (relay->next)
        relay->next->previous = relay->previous;
}

void relay_close(struct relay *relay)
{
    stop_lingering(relay);
    close_end(&relay->client);
    close_end(&relay->inner);
}

static void end_relay(struct relay *relay)
{
    const struct relays *relays = relay->relays;
    relay_close(relay);
    relays->conf.ended(relay);
}

static void linger(struct relay *relay)
{
    struct relays *relays = relay->relays;
    if (relay->due_ms)
        return;
    relay->due_ms = clock_monotonic_ms() + LINGER_MS;
    relay->previous = NULL;
    relay->next = relays->lingering;
    if (relay->next)
        relay->next->previous = relay;
    else
        loop_timer_start(relays->tick, TICK_MS, TICK_MS);
    relays->lingering = relay;
}

static void tick(void *arg)
{
    struct relays *relays = arg;
    uint64_t now = clock_monotonic_ms();
    struct relay *relay = relays->lingering;
    while (relay) {
        struct relay *next = relay->next;
        if (now >= relay->due_ms)
            end_relay(relay);
        relay = next;
    }
    if (!relays->lingering)
        loop_timer_stop(relays->tick);
}

/* ---- Carrying ---- */

static void break_end(struct relay_end *end)
{
    end->has_ended = true;
    end->is_broken = true;
    free(end->waiting);
    end->waiting = NULL;
    end->waiting_len = 0;
}

static size_t send_some(struct relay_end *end, const char *bytes, size_t len)
{
    while (len) {
        ssize_t sent = send(end->fd, bytes, len, MSG_NOSIGNAL);
        if (sent >= 0)
            return (size_t)sent;
        if (errno == EAGAIN || errno == EWOULDBLOCK)
            return 0;
        if (errno != EINTR) {
            break_end(end);
            return 0;
        }
    }
    return 0;
}

static void pass_on(struct relay_end *to, const char *bytes, size_t len)
{
    if (to->is_broken || !len)
        return;
    size_t sent = send_some(to, bytes, len);
    if (sent == len || to->is_broken)
        return;
    to->waiting_len = len - sent;
    to->waiting = malloc(to->waiting_len);
    if (!to->waiting)
        abort();
    memcpy(to->waiting, bytes + sent, to->waiting_len);
}

static void send_waiting(struct relay_end *end)
{
    size_t sent = send_some(end, end->waiting, end->waiting_len);
    if (!end->waiting_len)
        return;
    end->waiting_len -= sent;
    memmove(end->waiting, end->waiting + sent, end->waiting_len);
    if (end->waiting_len)
        return;
    free(end->waiting);
    end->waiting = NULL;
}

static void take_from_client(struct relay *relay, struct str bytes)
{
    size_t good = 0;
    if (relay->is_refused || relay->inner.has_ended)
        return;
    bool is_masked = websocket_scan(&relay->scan, bytes, &good);
    pass_on(&relay->inner, bytes.data, good);
    if (is_masked)
        return;
    relay->is_refused = true;
    relay->relays->conf.refused(relay);
}

static void read_end(struct relay *relay, struct relay_end *from)
{
    struct relays *relays = relay->relays;
    ssize_t got = recv(from->fd, relays->input, INPUT_BYTES, 0);
    if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR))
        return;
    if (got > 0 && from == &relay->client)
        take_from_client(relay, (struct str){relays->input, (size_t)got});
    else if (got > 0)
        pass_on(&relay->client, relays->input, (size_t)got);
    else if (got == 0)
        from->has_ended = true;
    else
        break_end(from);
}

/* May end the relay. */
static void move_on(struct relay *relay)
{
    struct relay_end *client = &relay->client;
    struct relay_end *inner = &relay->inner;
    if (client->has_ended && !inner->waiting_len && !inner->has_ended)
        shutdown(inner->fd, SHUT_WR);
    if (inner->has_ended) {
        if (client->has_ended && !client->waiting_len) {
            end_relay(relay);
            return;
        }
        if (!client->waiting_len)
            shutdown(client->fd, SHUT_WR);
        linger(relay);
    }
    watch_end(relay, client, events_for(client, inner));
    watch_end(relay, inner, events_for(inner, client));
}

static void handle(struct relay *relay, struct relay_end *end, uint32_t events)
{
    if ((events & (EPOLLOUT | EPOLLERR)) && end->waiting_len)
        send_waiting(end);
    else if (events & (EPOLLIN | EPOLLHUP | EPOLLERR))
        read_end(relay, end);
    move_on(relay);
}

static void ready(void *arg, bool readable, bool writable)
{
    (void)readable, (void)writable;
    struct relays *relays = arg;
    struct epoll_event event;
    /* One at a time: handling one may end others, which then are reported no more. */
    for (int i = 0; i < EVENTS_MAX && epoll_wait(relays->epoll, &event, 1, 0) == 1; i++) {
        struct relay *relay = (struct relay *)(uintptr_t)(event.data.u64 & ~(uint64_t)INNER_BIT);
        handle(relay, event.data.u64 & INNER_BIT ? &relay->inner : &relay->client, event.events);
    }
}

void relay_open(struct relays *relays, struct relay *relay, int client_fd, int inner_fd, struct str first)
{
    *relay = (struct relay){.relays = relays, .client = {.fd = client_fd}, .inner = {.fd = inner_fd}};
    take_from_client(relay, first);
    watch_end(relay, &relay->client, events_for(&relay->client, &relay->inner));
    watch_end(relay, &relay->inner, events_for(&relay->inner, &relay->client));
}

struct relays *relays_new(struct loop *loop, const struct relays_conf *conf)
{
    struct relays *relays = calloc(1, sizeof *relays);
    if (!relays)
        abort();
    relays->conf = *conf;
    relays->epoll = epoll_create1(EPOLL_CLOEXEC);
    if (relays->epoll < 0)
        abort();
    relays->tick = loop_timer_new(loop, tick, relays);
    relays->watch = loop_watch_new(loop, relays->epoll, ready, relays);
    loop_watch_set(relays->watch, true, false);
    return relays;
}

void relays_free(struct relays *relays)
{
    loop_watch_free(relays->watch);
    loop_timer_free(relays->tick);
    close(relays->epoll);
    free(relays);
}
