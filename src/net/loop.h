#pragma once

/* The event loop: one a worker, one thread, no locks. Everything that waits, waits here.
 * Callbacks come only from loop_run, never from inside the call that starts something. */

#include "base/err.h"

struct loop;

struct loop *loop_new(void);
void loop_run(struct loop *loop);  /* returns after loop_stop, or when nothing is left to wait for */
void loop_stop(struct loop *loop); /* at the end of the current turn of the loop */
void loop_free(struct loop *loop); /* after loop_run; closes what is still open */
/* When this turn of the loop began, by the monotonic clock, to the millisecond: for patience counted in
 * seconds, without another look at the clock. */
uint64_t loop_now_ns(const struct loop *loop);
/* The libuv loop below, for the other .c files of net/ only. */
void *loop_native(struct loop *loop);

/* A timer. */
struct loop_timer;
struct loop_timer *loop_timer_new(struct loop *loop, void (*fire)(void *arg), void *arg);
void loop_timer_start(struct loop_timer *timer, uint64_t after_ms, uint64_t repeat_ms); /* 0: once */
void loop_timer_stop(struct loop_timer *timer);
void loop_timer_free(struct loop_timer *timer); /* stops it; never fires afterwards; NULL is fine */

/* A watched descriptor of somebody else's (libpq's, hiredis', curl's); never closed by us. One watch a
 * descriptor. An error on it comes as readable and writable, once: the owner's next read or write shows what
 * it is. */
struct loop_watch;
struct loop_watch *loop_watch_new(struct loop *loop, int fd,
                                  void (*ready)(void *arg, bool readable, bool writable), void *arg);
void loop_watch_set(struct loop_watch *watch, bool readable, bool writable);
void loop_watch_free(struct loop_watch *watch); /* before the descriptor is closed; NULL is fine */

/* Runs `run` once in the check phase of this turn of the loop, after all input that was ready has been read:
 * where batches are cut. Asking twice in one turn runs it once. */
struct loop_check;
struct loop_check *loop_check_new(struct loop *loop, void (*run)(void *arg), void *arg);
void loop_check_ask(struct loop_check *check);
void loop_check_free(struct loop_check *check);

/* Does `work` on another thread, for what can only wait by blocking (files), then calls `done` from the loop.
 * `work` may touch only what nobody else does meanwhile. */
void loop_work(struct loop *loop, void (*work)(void *arg), void (*done)(void *arg), void *arg);

struct loop_signal;
struct loop_signal *loop_signal_new(struct loop *loop, int signal, void (*fire)(void *arg), void *arg);
void loop_signal_free(struct loop_signal *signal);
