/* How is another process asked for something, and what if it dies, hangs or babbles?
 *
 * started → free → asked → answered → free …
 * There is one way to fail: the process is killed, the end of its output is seen by the loop, whoever asked
 * is told, and it is started again after a pause. */

#include "gateway/chart_program.h"

#include "base/clock.h"
#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define DEADLINE_MS    10000
#define PAUSE_LEAST_MS 100
#define PAUSE_MOST_MS  10000

struct chart_program {
    struct loop *loop;
    const char *path;
    pid_t pid; /* 0: none runs */
    int to;    /* its standard input and output; -1: none runs */
    int from;
    struct loop_watch *watch;
    struct loop_timer *deadline;
    struct loop_timer *start;
    uint64_t pause_ms;
    bool is_late; /* it was killed because it did not answer in time */
    void (*done)(void *arg, enum err err, struct str answer); /* NULL: nothing was asked */
    void *done_arg;
    void (*changed)(void *arg);
    void *changed_arg;
    size_t len;
    char answer[CHART_ANSWER_BYTES];
};

static void start(void *arg);

/* ---- The process ---- */

/* In the child: only what is allowed between fork and exec. It gets the two pipes and standard error, none of
 * our sockets, and of the environment no secret. */
static _Noreturn void become(const char *path, int in, int out, pid_t parent, char *const environment[])
{
    char *const arguments[] = {(char *)(uintptr_t) "frontdesk-chart", NULL};
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    /* The worker may have died before the line above. Ctrl-C is for the worker, which finishes what it has.
     */
    if (getppid() != parent || signal(SIGINT, SIG_IGN) == SIG_ERR || dup2(in, STDIN_FILENO) < 0 ||
        dup2(out, STDOUT_FILENO) < 0 || close_range(STDERR_FILENO + 1, ~0U, 0) != 0)
        _exit(127);
    execve(path, arguments, environment);
    _exit(127);
}

/* What of our environment the program may know: where its files, the zones and the fonts are. */
static size_t pick_environment(char *out[], size_t most)
{
    static const char *const names[] = {"SE_EPHE_PATH=", "TZDIR=", "FONTCONFIG_FILE="};
    size_t count = 0;
    for (char **entry = environ; *entry && count + 1 < most; entry++)
        for (size_t i = 0; i < sizeof names / sizeof *names; i++)
            if (strncmp(*entry, names[i], strlen(names[i])) == 0)
                out[count++] = *entry;
    out[count] = NULL;
    return count;
}

static bool spawn(struct chart_program *program)
{
    char *environment[4];
    int in[2];
    int out[2];
    pick_environment(environment, 4);
    if (pipe2(in, O_CLOEXEC) != 0)
        return false;
    if (pipe2(out, O_CLOEXEC) != 0) {
        close(in[0]);
        close(in[1]);
        return false;
    }
    pid_t parent = getpid();
    pid_t pid = fork();
    if (pid == 0)
        become(program->path, in[0], out[1], parent, environment);
    close(in[0]);
    close(out[1]);
    program->to = in[1];
    program->from = out[0];
    if (pid < 0) {
        close(in[1]);
        close(out[0]);
        program->to = program->from = -1;
        return false;
    }
    program->pid = pid;
    return true;
}

/* Its output has ended, so it is dead, or will never be heard again. */
static void bury(struct chart_program *program)
{
    int status = 0;
    loop_watch_free(program->watch);
    program->watch = NULL;
    close(program->to);
    close(program->from);
    program->to = program->from = -1;
    kill(program->pid, SIGKILL);
    while (waitpid(program->pid, &status, 0) < 0 && errno == EINTR)
        continue;
    log_event(LOG_ERROR, "a chart process died and is started again", log_int("pid", program->pid),
              log_int("signal", WIFSIGNALED(status) ? WTERMSIG(status) : 0),
              log_int("status", WIFEXITED(status) ? WEXITSTATUS(status) : 0),
              log_int("pause_ms", (int64_t)program->pause_ms));
    program->pid = 0;
}

/* ---- The answer ---- */

static void answer(struct chart_program *program, enum err err, struct str text)
{
    void (*done)(void *, enum err, struct str) = program->done;
    program->done = NULL;
    program->len = 0;
    loop_timer_stop(program->deadline);
    if (done)
        done(program->done_arg, err, text);
}

static void died(struct chart_program *program)
{
    enum err err = program->is_late ? ERR_TIMEOUT : ERR_UNAVAILABLE;
    program->is_late = false;
    bury(program);
    loop_timer_start(program->start, program->pause_ms, 0);
    program->pause_ms = program->pause_ms * 2 < PAUSE_MOST_MS ? program->pause_ms * 2 : PAUSE_MOST_MS;
    answer(program, err, (struct str){0});
}

/* The end of its output comes next. */
static void end_process(struct chart_program *program)
{
    kill(program->pid, SIGKILL);
}

static void late(void *arg)
{
    struct chart_program *program = arg;
    program->is_late = true;
    end_process(program);
}

/* One line was asked, so one line comes: anything beside it is nothing that we could trust. */
static void readable(void *arg, bool is_readable, bool is_writable)
{
    struct chart_program *program = arg;
    (void)is_readable;
    (void)is_writable;
    ssize_t got = read(program->from, program->answer + program->len, sizeof program->answer - program->len);
    if (got < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (got <= 0) {
        died(program);
        return;
    }
    program->len += (size_t)got;
    const char *end = memchr(program->answer, '\n', program->len);
    bool is_whole = end == program->answer + program->len - 1;
    if (!program->done || (end && !is_whole) || (!end && program->len == sizeof program->answer)) {
        program->len = 0;
        end_process(program);
        return;
    }
    if (!is_whole)
        return;
    program->pause_ms = PAUSE_LEAST_MS;
    answer(program, ERR_NONE, (struct str){program->answer, program->len - 1});
    program->changed(program->changed_arg);
}

/* ---- From outside ---- */

bool chart_program_find(char out[CHART_PATH_BYTES])
{
    static const char name[] = "/frontdesk-chart";
    ssize_t len = readlink("/proc/self/exe", out, CHART_PATH_BYTES - sizeof name);
    while (len > 0 && out[len] != '/')
        len--;
    if (len < 0)
        return false;
    memcpy(out + len, name, sizeof name);
    return access(out, X_OK) == 0;
}

static void start(void *arg)
{
    struct chart_program *program = arg;
    if (!spawn(program)) {
        log_event(LOG_ERROR, "a chart process can't be started", log_cstr("why", strerror(errno)));
        loop_timer_start(program->start, PAUSE_MOST_MS, 0);
        return;
    }
    fcntl(program->to, F_SETFL, O_NONBLOCK);
    fcntl(program->from, F_SETFL, O_NONBLOCK);
    program->watch = loop_watch_new(program->loop, program->from, readable, program);
    loop_watch_set(program->watch, true, false);
    program->changed(program->changed_arg);
}

struct chart_program *chart_program_new(struct loop *loop, const char *path, void (*changed)(void *arg),
                                        void *arg)
{
    struct chart_program *program = calloc(1, sizeof *program);
    if (!program)
        abort();
    program->loop = loop;
    program->path = path;
    program->to = program->from = -1;
    program->pause_ms = PAUSE_LEAST_MS;
    program->changed = changed;
    program->changed_arg = arg;
    program->deadline = loop_timer_new(loop, late, program);
    program->start = loop_timer_new(loop, start, program);
    loop_timer_start(program->start, 0, 0);
    return program;
}

bool chart_program_runs(const struct chart_program *program)
{
    return program->pid != 0;
}

bool chart_program_is_free(const struct chart_program *program)
{
    return program->pid && !program->done;
}

void chart_program_ask(struct chart_program *program, struct str line,
                       void (*done)(void *arg, enum err err, struct str answer), void *arg)
{
    char text[CHART_JOB_BYTES + 1];
    size_t len = line.len < CHART_JOB_BYTES ? line.len : CHART_JOB_BYTES;
    memcpy(text, line.data, len);
    text[len] = '\n';
    program->done = done;
    program->done_arg = arg;
    program->len = 0;
    loop_timer_start(program->deadline, DEADLINE_MS, 0);
    /* Its input is empty and holds more than a line: what is not taken whole now never will be. */
    if (write(program->to, text, len + 1) != (ssize_t)(len + 1))
        end_process(program);
}

void chart_program_free(struct chart_program *program)
{
    if (program->pid) {
        loop_watch_free(program->watch);
        close(program->to);
        close(program->from);
        kill(program->pid, SIGKILL);
        while (waitpid(program->pid, NULL, 0) < 0 && errno == EINTR)
            continue;
    }
    loop_timer_free(program->deadline);
    loop_timer_free(program->start);
    free(program);
}
