/* Who starts the workers, and what happens when one dies?
 *
 * The port is bound once, so that a dying worker resets nobody waiting to be accepted. A worker that dies is
 * started again, after a pause that doubles while it keeps dying young; what it was at in pure code is
 * remembered, and an input on which workers died twice is set aside. Workers die with the supervisor
 * (PDEATHSIG). */

#include "gateway/supervisor.h"

#include "base/clock.h"
#include "gateway/metrics.h"
#include "gateway/spooling.h"
#include "gateway/worker.h"
#include "net/http_server.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define PAUSE_LEAST_MS 100
#define PAUSE_MOST_MS  10000
/* A worker that lived this long has not died young. */
#define OLD_MS         30000
#define TICK_MS        50

struct seat {
    pid_t pid; /* 0: empty */
    uint64_t started_ns;
    uint64_t start_at_ns; /* of an empty seat */
    uint64_t pause_ms;
};

struct supervisor {
    const struct config *config;
    const struct script *script;
    const struct reference *reference;
    struct shared *shared;
    int listen_fd;
    int admin_fd; /* -1: none of its own */
    int workers;
    struct seat seats[WORKERS_MAX];
    bool is_stopping;
    int status;
};

static void start_worker(struct supervisor *supervisor, int slot)
{
    struct seat *seat = &supervisor->seats[slot];
    pid_t parent = getpid();
    pid_t pid = fork();
    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        /* The supervisor may have died before the line above. */
        if (getppid() != parent)
            _exit(1);
        struct worker_conf conf = {
            .config = supervisor->config,
            .script = supervisor->script,
            .reference = supervisor->reference,
            .listen_fd = supervisor->listen_fd,
            .admin_fd = supervisor->admin_fd,
            .shared = supervisor->shared,
            .slot = slot,
        };
        exit(worker_run(&conf));
    }
    seat->started_ns = clock_monotonic_ns();
    if (pid > 0)
        supervisor->shared->slots[slot].pid = seat->pid = pid;
    else
        seat->start_at_ns = seat->started_ns + PAUSE_MOST_MS * UINT64_C(1000000);
}

static struct seat *seat_of(struct supervisor *supervisor, pid_t pid, int *slot)
{
    for (int i = 0; i < supervisor->workers; i++) {
        if (supervisor->seats[i].pid == pid) {
            *slot = i;
            return &supervisor->seats[i];
        }
    }
    return NULL;
}

static void bury(struct supervisor *supervisor, pid_t pid, int status)
{
    int slot = 0;
    struct seat *seat = seat_of(supervisor, pid, &slot);
    if (!seat)
        return;
    uint64_t now = clock_monotonic_ns();
    seat->pid = 0;
    supervisor->shared->slots[slot].pid = 0;
    if (supervisor->is_stopping)
        return;
    /* Of a first worker that is an error of the configuration. Of a later one it is the files' of this
     * moment, and the other workers go on. */
    bool is_first = seat->pause_ms == 0;
    if (is_first && WIFEXITED(status) && WEXITSTATUS(status) == 2) {
        supervisor->status = 2;
        supervisor->is_stopping = true;
        return;
    }
    bool was_old = now - seat->started_ns > OLD_MS * UINT64_C(1000000);
    seat->pause_ms = was_old || is_first ? PAUSE_LEAST_MS : seat->pause_ms * 2;
    if (seat->pause_ms > PAUSE_MOST_MS)
        seat->pause_ms = PAUSE_MOST_MS;
    seat->start_at_ns = now + seat->pause_ms * 1000000;
    supervisor->shared->restarts++;
    shared_blame(supervisor->shared, &supervisor->shared->slots[slot]);
    log_event(LOG_ERROR, "a worker died and is started again", log_int("pid", pid),
              log_int("signal", WIFSIGNALED(status) ? WTERMSIG(status) : 0),
              log_int("status", WIFEXITED(status) ? WEXITSTATUS(status) : 0),
              log_int("pause_ms", (int64_t)seat->pause_ms));
}

static void signal_workers(const struct supervisor *supervisor, int signal)
{
    for (int i = 0; i < supervisor->workers; i++)
        if (supervisor->seats[i].pid)
            kill(supervisor->seats[i].pid, signal);
}

static int count_workers(const struct supervisor *supervisor)
{
    int count = 0;
    for (int i = 0; i < supervisor->workers; i++)
        count += supervisor->seats[i].pid != 0;
    return count;
}

static void fill_seats(struct supervisor *supervisor)
{
    uint64_t now = clock_monotonic_ns();
    for (int i = 0; i < supervisor->workers && !supervisor->is_stopping; i++)
        if (!supervisor->seats[i].pid && supervisor->seats[i].start_at_ns <= now)
            start_worker(supervisor, i);
}

/* Signals stay blocked and are taken here, one at a time, so that no handler interrupts anything. */
static void take_signal(struct supervisor *supervisor, const sigset_t *blocked)
{
    struct timespec tick = {.tv_nsec = TICK_MS * 1000000};
    int signal = sigtimedwait(blocked, NULL, &tick);
    if (signal == SIGHUP)
        signal_workers(supervisor, SIGHUP);
    if ((signal == SIGTERM || signal == SIGINT) && !supervisor->is_stopping) {
        supervisor->is_stopping = true;
        log_event(LOG_INFO, "stopping");
    }
}

static void watch(struct supervisor *supervisor, const sigset_t *blocked)
{
    bool was_told = false;
    uint64_t kill_at_ns = UINT64_MAX;
    while (!supervisor->is_stopping || count_workers(supervisor)) {
        int status;
        pid_t pid;
        while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
            bury(supervisor, pid, status);
        if (supervisor->is_stopping && !was_told) {
            was_told = true;
            signal_workers(supervisor, SIGTERM);
            /* A worker leaves by itself within its drain time; one that hangs does not. */
            kill_at_ns =
                clock_monotonic_ns() + ((uint64_t)supervisor->config->front.drain_ms + 2000) * 1000000;
        }
        if (clock_monotonic_ns() > kill_at_ns)
            signal_workers(supervisor, SIGKILL);
        fill_seats(supervisor);
        take_signal(supervisor, blocked);
    }
}

static int listen_on(struct str address, int port)
{
    const char *reason = "";
    struct arena arena = {0};
    int fd = http_listen(arena_cstring(&arena, address), port, &reason);
    if (fd < 0)
        fprintf(stderr, "frontdesk: can't listen on %.*s port %d: %s\n", STR_ARG(address), port, reason);
    arena_free(&arena);
    return fd;
}

static bool open_ports(struct supervisor *supervisor)
{
    const struct config *config = supervisor->config;
    supervisor->admin_fd = -1;
    supervisor->listen_fd = listen_on(config->bind_address, config->port);
    if (config->admin_address.len)
        supervisor->admin_fd = listen_on(config->admin_address, config->admin_port);
    return supervisor->listen_fd >= 0 && (config->admin_address.len == 0 || supervisor->admin_fd >= 0);
}

/* What an earlier process left on disk must be known before the first webhook comes. */
static bool adopt_spool(const struct supervisor *supervisor)
{
    struct arena arena = {0};
    const struct config *config = supervisor->config;
    struct spool_conf conf = spool_conf_of(config, supervisor->shared, &arena);
    const char *why = config->spool.folder.len ? spool_adopt(&conf) : NULL;
    if (why)
        fprintf(stderr, "frontdesk: can't use the spool's folder %s: %s\n", conf.folder, why);
    arena_free(&arena);
    return !why;
}

void supervisor_await_reloads(void)
{
    sigset_t reload;
    sigemptyset(&reload);
    sigaddset(&reload, SIGHUP);
    sigprocmask(SIG_BLOCK, &reload, NULL);
}

int supervisor_run(struct config *config, const struct script *script, const struct reference *reference,
                   struct arena *arena)
{
    static struct supervisor supervisor;
    supervisor.config = config;
    supervisor.script = script;
    supervisor.reference = reference;
    if (!open_ports(&supervisor))
        return 1;
    config_set_port(config, http_listen_port(supervisor.listen_fd), arena);
    supervisor.shared = shared_new();
    if (!adopt_spool(&supervisor))
        return 1;
    supervisor.workers = config->workers ? config->workers : (int)sysconf(_SC_NPROCESSORS_ONLN);
    if (supervisor.workers > WORKERS_MAX)
        supervisor.workers = WORKERS_MAX;
    supervisor.shared->workers = (uint32_t)supervisor.workers;
    sigset_t blocked;
    sigemptyset(&blocked);
    const int signals[] = {SIGTERM, SIGINT, SIGHUP, SIGCHLD};
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
        sigaddset(&blocked, signals[i]);
    sigprocmask(SIG_BLOCK, &blocked, NULL);
    (void)signal(SIGPIPE, SIG_IGN);
    log_event(LOG_INFO, "frontdesk serves", log_str("address", config->bind_address),
              log_int("port", config->port), log_int("workers", supervisor.workers));
    watch(&supervisor, &blocked);
    close(supervisor.listen_fd);
    if (supervisor.admin_fd >= 0)
        close(supervisor.admin_fd);
    log_event(LOG_INFO, "stopped");
    return supervisor.status;
}
