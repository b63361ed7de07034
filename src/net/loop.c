/* What wakes a worker? libuv, behind the few words that the other layers need.
 *
 * Timers, watches and signals each own one libuv handle; libuv wants it back until its close callback, so the
 * memory goes there. Checks share one pair of handles of the loop: an idle handle only keeps the loop from
 * falling asleep before its check phase. */

#include "net/loop.h"

#include <signal.h>
#include <stdlib.h>
#include <uv.h>

struct link {
    struct link *next;
    struct link *prev;
};

struct loop {
    uv_loop_t uv;
    uv_check_t check;
    uv_idle_t wakeful;
    struct link asked;   /* checks to run in the next check phase */
    struct link handles; /* every timer, watch and signal not yet freed */
};

/* What a timer, a watch and a signal begin with. */
struct handle {
    struct link link;
    union {
        uv_handle_t any;
        uv_timer_t timer;
        uv_poll_t poll;
        uv_signal_t signal;
    } uv;
};

struct loop_timer {
    struct handle handle;
    void (*fire)(void *arg);
    void *arg;
};

struct loop_watch {
    struct handle handle;
    void (*ready)(void *arg, bool readable, bool writable);
    void *arg;
    int events; /* asked of libuv at present */
};

struct loop_signal {
    struct handle handle;
    void (*fire)(void *arg);
    void *arg;
};

struct loop_check {
    struct link link; /* in `asked`, or alone */
    struct loop *loop;
    void (*run)(void *arg);
    void *arg;
};

static void make_empty(struct link *link)
{
    link->next = link->prev = link;
}

static void unlink_one(struct link *link)
{
    link->prev->next = link->next;
    link->next->prev = link->prev;
    make_empty(link);
}

static void append(struct link *list, struct link *link)
{
    link->prev = list->prev;
    link->next = list;
    list->prev->next = link;
    list->prev = link;
}

/* Without a loop, a timer or a watch nothing can go on: the supervisor starts the worker again. */
static void must(int result)
{
    if (result < 0)
        abort();
}

static void *must_allocate(size_t bytes)
{
    void *memory = calloc(1, bytes);
    if (!memory)
        abort();
    return memory;
}

static void run_checks(uv_check_t *uv)
{
    struct loop *loop = uv->data;
    struct link running;
    make_empty(&running);
    while (loop->asked.next != &loop->asked) {
        struct link *link = loop->asked.next;
        unlink_one(link);
        append(&running, link);
    }
    /* Whatever is asked for from now on belongs to the next turn. */
    while (running.next != &running) {
        struct loop_check *check = (struct loop_check *)(void *)running.next;
        unlink_one(&check->link);
        check->run(check->arg);
    }
    if (loop->asked.next == &loop->asked) {
        must(uv_check_stop(&loop->check));
        must(uv_idle_stop(&loop->wakeful));
    }
}

static void stay_awake(uv_idle_t *uv)
{
    (void)uv;
}

struct loop *loop_new(void)
{
    /* A peer that has gone is an error of the write, never a signal. */
    if (signal(SIGPIPE, SIG_IGN) == SIG_ERR)
        abort();
    struct loop *loop = must_allocate(sizeof *loop);
    must(uv_loop_init(&loop->uv));
    must(uv_check_init(&loop->uv, &loop->check));
    must(uv_idle_init(&loop->uv, &loop->wakeful));
    loop->check.data = loop;
    make_empty(&loop->asked);
    make_empty(&loop->handles);
    return loop;
}

void loop_run(struct loop *loop)
{
    uv_run(&loop->uv, UV_RUN_DEFAULT);
}

void loop_stop(struct loop *loop)
{
    uv_stop(&loop->uv);
}

uint64_t loop_now_ns(const struct loop *loop)
{
    return uv_now(&loop->uv) * UINT64_C(1000000);
}

void *loop_native(struct loop *loop)
{
    return &loop->uv;
}

static void release(uv_handle_t *uv)
{
    free(uv->data);
}

static void close_handle(struct handle *handle)
{
    unlink_one(&handle->link);
    uv_close(&handle->uv.any, release);
}

static void add_handle(struct loop *loop, struct handle *handle)
{
    handle->uv.any.data = handle;
    append(&loop->handles, &handle->link);
}

static void close_stranger(uv_handle_t *uv, void *arg)
{
    (void)arg;
    if (!uv_is_closing(uv))
        uv_close(uv, NULL);
}

void loop_free(struct loop *loop)
{
    if (!loop)
        return;
    while (loop->handles.next != &loop->handles)
        close_handle((struct handle *)(void *)loop->handles.next);
    uv_walk(&loop->uv, close_stranger, NULL);
    while (uv_run(&loop->uv, UV_RUN_DEFAULT) != 0)
        continue; /* a loop_stop that came too late ends the first round */
    must(uv_loop_close(&loop->uv));
    free(loop);
}

static void timer_fired(uv_timer_t *uv)
{
    struct loop_timer *timer = uv->data;
    timer->fire(timer->arg);
}

struct loop_timer *loop_timer_new(struct loop *loop, void (*fire)(void *arg), void *arg)
{
    struct loop_timer *timer = must_allocate(sizeof *timer);
    timer->fire = fire;
    timer->arg = arg;
    must(uv_timer_init(&loop->uv, &timer->handle.uv.timer));
    add_handle(loop, &timer->handle);
    return timer;
}

void loop_timer_start(struct loop_timer *timer, uint64_t after_ms, uint64_t repeat_ms)
{
    /* libuv counts from the beginning of the turn, which a long turn has left far behind. */
    uv_update_time(timer->handle.uv.any.loop);
    must(uv_timer_start(&timer->handle.uv.timer, timer_fired, after_ms, repeat_ms));
}

void loop_timer_stop(struct loop_timer *timer)
{
    must(uv_timer_stop(&timer->handle.uv.timer));
}

void loop_timer_free(struct loop_timer *timer)
{
    if (timer)
        close_handle(&timer->handle);
}

static void watch_ready(uv_poll_t *uv, int status, int events)
{
    struct loop_watch *watch = uv->data;
    /* After an error libuv no longer polls; reading and writing will show the owner what it was. */
    if (status < 0) {
        watch->events = 0;
        watch->ready(watch->arg, true, true);
        return;
    }
    watch->ready(watch->arg, events & UV_READABLE, events & UV_WRITABLE);
}

struct loop_watch *loop_watch_new(struct loop *loop, int fd,
                                  void (*ready)(void *arg, bool readable, bool writable), void *arg)
{
    struct loop_watch *watch = must_allocate(sizeof *watch);
    watch->ready = ready;
    watch->arg = arg;
    must(uv_poll_init(&loop->uv, &watch->handle.uv.poll, fd));
    add_handle(loop, &watch->handle);
    return watch;
}

void loop_watch_set(struct loop_watch *watch, bool readable, bool writable)
{
    int events = (readable ? UV_READABLE : 0) | (writable ? UV_WRITABLE : 0);
    if (events == watch->events)
        return;
    watch->events = events;
    if (events)
        must(uv_poll_start(&watch->handle.uv.poll, events, watch_ready));
    else
        must(uv_poll_stop(&watch->handle.uv.poll));
}

void loop_watch_free(struct loop_watch *watch)
{
    if (watch)
        close_handle(&watch->handle);
}

struct loop_check *loop_check_new(struct loop *loop, void (*run)(void *arg), void *arg)
{
    struct loop_check *check = must_allocate(sizeof *check);
    make_empty(&check->link);
    check->loop = loop;
    check->run = run;
    check->arg = arg;
    return check;
}

void loop_check_ask(struct loop_check *check)
{
    struct loop *loop = check->loop;
    if (check->link.next != &check->link)
        return;
    append(&loop->asked, &check->link);
    must(uv_check_start(&loop->check, run_checks));
    must(uv_idle_start(&loop->wakeful, stay_awake));
}

void loop_check_free(struct loop_check *check)
{
    if (!check)
        return;
    unlink_one(&check->link);
    free(check);
}

static void signal_came(uv_signal_t *uv, int number)
{
    (void)number;
    struct loop_signal *signal = uv->data;
    signal->fire(signal->arg);
}

struct loop_signal *loop_signal_new(struct loop *loop, int number, void (*fire)(void *arg), void *arg)
{
    struct loop_signal *signal = must_allocate(sizeof *signal);
    signal->fire = fire;
    signal->arg = arg;
    must(uv_signal_init(&loop->uv, &signal->handle.uv.signal));
    add_handle(loop, &signal->handle);
    must(uv_signal_start(&signal->handle.uv.signal, signal_came, number));
    return signal;
}

void loop_signal_free(struct loop_signal *signal)
{
    if (signal)
        close_handle(&signal->handle);
}

struct blocking {
    uv_work_t uv;
    void (*work)(void *arg);
    void (*done)(void *arg);
    void *arg;
};

static void blocking_works(uv_work_t *uv)
{
    struct blocking *blocking = uv->data;
    blocking->work(blocking->arg);
}

static void blocking_ended(uv_work_t *uv, int status)
{
    struct blocking ended = *(struct blocking *)uv->data;
    (void)status; /* it is never cancelled */
    free(uv->data);
    ended.done(ended.arg);
}

void loop_work(struct loop *loop, void (*work)(void *arg), void (*done)(void *arg), void *arg)
{
    struct blocking *blocking = must_allocate(sizeof *blocking);
    blocking->uv.data = blocking;
    blocking->work = work;
    blocking->done = done;
    blocking->arg = arg;
    must(uv_queue_work(&loop->uv, &blocking->uv, blocking_works, blocking_ended));
}
