/* Does the loop wake who asked, once, and nobody who has left? */

#include "net/loop.h"
#include "tests/unit/checking.h"

#include <signal.h>
#include <unistd.h>

struct trace {
    struct loop *loop;
    char text[64];
    struct loop_timer *timer;
    struct loop_watch *watch;
    struct loop_check *check;
    int pipe[2];
    int count;
};

static void note(struct trace *trace, char c)
{
    size_t len = strlen(trace->text);
    assert_true(len + 1 < sizeof trace->text);
    trace->text[len] = c;
}

static void note_a(void *arg)
{
    note(arg, 'a');
}

static void note_b(void *arg)
{
    note(arg, 'b');
}

static void stop(void *arg)
{
    struct trace *trace = arg;
    note(trace, '.');
    loop_stop(trace->loop);
}

static void timers_fire_in_their_order(void **state)
{
    (void)state;
    struct trace trace = {.loop = loop_new()};
    struct loop_timer *late = loop_timer_new(trace.loop, note_b, &trace);
    struct loop_timer *early = loop_timer_new(trace.loop, note_a, &trace);
    struct loop_timer *never = loop_timer_new(trace.loop, note_a, &trace);
    struct loop_timer *gone = loop_timer_new(trace.loop, note_a, &trace);
    loop_timer_start(late, 20, 0);
    loop_timer_start(early, 5, 0);
    loop_timer_start(never, 1, 0);
    loop_timer_stop(never);
    loop_timer_start(gone, 1, 1);
    loop_timer_free(gone);
    loop_run(trace.loop);
    assert_string_equal(trace.text, "ab");
    loop_timer_free(late);
    loop_timer_free(NULL);
    loop_free(trace.loop); /* takes those not freed with it */
}

static void free_itself(void *arg)
{
    struct trace *trace = arg;
    note(trace, 'f');
    if (++trace->count == 3)
        loop_timer_free(trace->timer);
}

static void a_repeated_timer_may_free_itself(void **state)
{
    (void)state;
    struct trace trace = {.loop = loop_new()};
    trace.timer = loop_timer_new(trace.loop, free_itself, &trace);
    loop_timer_start(trace.timer, 1, 1);
    loop_run(trace.loop);
    assert_string_equal(trace.text, "fff");
    loop_free(trace.loop);
}

static void run_check(void *arg)
{
    struct trace *trace = arg;
    note(trace, 'c');
    if (++trace->count < 3)
        loop_check_ask(trace->check);
}

static void ask_twice(void *arg)
{
    struct trace *trace = arg;
    note(trace, 't');
    loop_check_ask(trace->check);
    loop_check_ask(trace->check);
}

static void a_check_runs_once_a_turn_and_may_ask_again(void **state)
{
    (void)state;
    struct trace trace = {.loop = loop_new(), .count = 1};
    trace.check = loop_check_new(trace.loop, run_check, &trace);
    trace.timer = loop_timer_new(trace.loop, ask_twice, &trace);
    loop_timer_start(trace.timer, 1, 0);
    loop_run(trace.loop);
    assert_string_equal(trace.text, "tcc");
    loop_check_ask(trace.check);
    loop_check_free(trace.check); /* asked, but gone */
    loop_run(trace.loop);
    assert_string_equal(trace.text, "tcc");
    loop_free(trace.loop);
}

static void pipe_ready(void *arg, bool readable, bool writable)
{
    struct trace *trace = arg;
    note(trace, readable ? 'r' : '-');
    note(trace, writable ? 'w' : '-');
    char byte;
    assert_int_equal(read(trace->pipe[0], &byte, 1), 1);
    if (byte == '3')
        loop_watch_free(trace->watch);
}

static void a_watch_reports_while_it_is_asked_to(void **state)
{
    (void)state;
    struct trace trace = {.loop = loop_new()};
    assert_int_equal(pipe(trace.pipe), 0);
    trace.watch = loop_watch_new(trace.loop, trace.pipe[0], pipe_ready, &trace);
    assert_int_equal(write(trace.pipe[1], "123", 3), 3);
    loop_watch_set(trace.watch, true, false);
    loop_watch_set(trace.watch, false, false);
    loop_run(trace.loop); /* nothing to wait for */
    assert_string_equal(trace.text, "");
    loop_watch_set(trace.watch, true, false);
    loop_run(trace.loop);
    assert_string_equal(trace.text, "r-r-r-");
    close(trace.pipe[0]);
    close(trace.pipe[1]);
    loop_free(trace.loop);
}

static void raise_user_signal(void *arg)
{
    (void)arg;
    raise(SIGUSR1);
}

static void signals_come_through_the_loop_and_a_broken_pipe_does_not(void **state)
{
    (void)state;
    struct trace trace = {.loop = loop_new()};
    struct loop_signal *signal = loop_signal_new(trace.loop, SIGUSR1, stop, &trace);
    struct loop_timer *timer = loop_timer_new(trace.loop, raise_user_signal, NULL);
    loop_timer_start(timer, 1, 0);
    raise(SIGPIPE);
    loop_run(trace.loop);
    assert_string_equal(trace.text, ".");
    loop_signal_free(signal);
    loop_stop(trace.loop); /* too late: must not keep loop_free from its work */
    loop_free(trace.loop);
    loop_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(timers_fire_in_their_order),
        cmocka_unit_test(a_repeated_timer_may_free_itself),
        cmocka_unit_test(a_check_runs_once_a_turn_and_may_ask_again),
        cmocka_unit_test(a_watch_reports_while_it_is_asked_to),
        cmocka_unit_test(signals_come_through_the_loop_and_a_broken_pipe_does_not),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
