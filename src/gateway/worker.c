/* What does a worker do from its first breath to its last?
 *
 * Opens its world, serves, reloads at SIGHUP; at SIGTERM stops accepting, answers what was received, lets
 * sends under way finish, and leaves. Whatever is left undone is in PostgreSQL. */

#include "gateway/worker.h"

#include "base/clock.h"
#include "gateway/config_check.h"
#include "gateway/gateway.h"
#include "gateway/limits.h"
#include "gateway/outbox.h"
#include "gateway/routes.h"
#include "gateway/webhook_jobs.h"
#include "store/jobs.h"
#include "store/outbox.h"
#include "store/redis.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#define READY_CHECK_MS 1000
#define DRAIN_CHECK_MS 20
#define MAINTAIN_MS    (10 * 60 * 1000)
#define HEADER_BYTES   ((size_t)16 * 1024)
#define IDLE_MS        75000
#define WRITE_MS       20000

struct worker {
    struct gateway gateway;
    struct arena arena;         /* for the worker's life */
    struct generation *scripts; /* the newest first; older ones may still be read by turns under way */
    struct loop_timer *ready;
    struct loop_timer *drain;
    struct loop_timer *maintain;
    struct webhook_jobs *jobs;
    struct redis_address redis_address;
    uint64_t drain_deadline_ns;
};

/* ---- Flows and words ---- */

/* One loading of the flows and words. Reloads are rare and small, so none is freed while the worker lives. */
struct generation {
    struct arena arena;
    const struct script *script;
    struct generation *older;
};

static void free_generation(struct generation *generation)
{
    arena_free(&generation->arena);
    free(generation);
}

/* NULL when problems were added. */
static struct generation *load_generation(const struct config *config, struct problems *problems)
{
    struct generation *generation = calloc(1, sizeof *generation);
    if (!generation)
        abort();
    struct arena *arena = &generation->arena;
    size_t before = problems->count;
    generation->script =
        script_load(arena_cstring(arena, config->flows_dir), arena_cstring(arena, config->lang_dir),
                    config->default_language, arena, problems);
    if (generation->script)
        config_check(config, generation->script, problems);
    if (generation->script && problems->count == before)
        return generation;
    free_generation(generation);
    return NULL;
}

static void use_generation(struct worker *worker, struct generation *generation)
{
    generation->older = worker->scripts;
    worker->scripts = generation;
    worker->gateway.script = generation->script;
    worker->gateway.script_problem = (struct str){0};
}

static void reload(void *arg)
{
    struct worker *worker = arg;
    struct problems problems = {.arena = &worker->arena};
    struct generation *generation = load_generation(worker->gateway.config, &problems);
    if (generation) {
        use_generation(worker, generation);
        log_event(LOG_INFO, "flows and words were loaded anew");
        return;
    }
    struct str text = str_trim(problems_text(&problems, &worker->arena));
    log_event(LOG_ERROR, "the new flows or words have mistakes; the old ones stay",
              log_str("problems", text));
    worker->gateway.script_problem = text;
}

/* ---- Readiness ---- */

static void ready_checked(void *arg, enum err err)
{
    struct worker *worker = arg;
    bool was_ready = worker->gateway.is_ready;
    worker->gateway.is_ready = err == ERR_NONE;
    if (!was_ready && err == ERR_NONE)
        log_event(LOG_INFO, "PostgreSQL is there and migrated");
    else if (was_ready && err != ERR_NONE)
        log_event(LOG_WARN, "PostgreSQL is away", log_cstr("why", err_name(err)));
    loop_timer_start(worker->ready, READY_CHECK_MS, 0);
}

static void check_ready(void *arg)
{
    struct worker *worker = arg;
    store_check_ready(worker->gateway.store, ready_checked, worker);
}

static void maintained(void *arg, enum err err)
{
    (void)arg;
    if (err != ERR_NONE)
        log_event(LOG_WARN, "the upkeep could not be done; it is tried again",
                  log_cstr("why", err_name(err)));
}

static void maintain(void *arg)
{
    struct worker *worker = arg;
    if (worker->gateway.is_ready && !worker->gateway.is_draining)
        store_maintain(worker->gateway.store, maintained, worker);
}

/* ---- Leaving ---- */

static size_t fronts_busy(const struct gateway *gateway)
{
    return http_server_busy(gateway->public_front.server) +
           (gateway->admin_front.server ? http_server_busy(gateway->admin_front.server) : 0);
}

static void check_drained(void *arg)
{
    struct worker *worker = arg;
    struct gateway *gateway = &worker->gateway;
    bool is_done = fronts_busy(gateway) == 0 && gateway->turns_under_way == 0 &&
                   outbox_under_way(gateway->outbox) == 0 && store_is_settled(gateway->store);
    bool is_late = clock_monotonic_ns() > worker->drain_deadline_ns;
    if (is_late && !is_done)
        log_event(LOG_WARN, "leaving before everything was done; it will be taken up again",
                  log_int("turns", (int64_t)gateway->turns_under_way),
                  log_int("sends", (int64_t)outbox_under_way(gateway->outbox)));
    if (is_done || is_late)
        loop_stop(gateway->loop);
}

static void drain(void *arg)
{
    struct worker *worker = arg;
    struct gateway *gateway = &worker->gateway;
    if (gateway->is_draining)
        return;
    gateway->is_draining = true;
    worker->drain_deadline_ns = clock_monotonic_ns() + (uint64_t)gateway->config->front.drain_ms * 1000000;
    http_server_drain(gateway->public_front.server);
    if (gateway->admin_front.server)
        http_server_drain(gateway->admin_front.server);
    outbox_drain(gateway->outbox);
    webhook_jobs_drain(worker->jobs);
    loop_timer_start(worker->drain, 0, DRAIN_CHECK_MS);
}

/* ---- The world ---- */

static void open_front(struct front *front, int listen_fd)
{
    const struct config *config = front->gateway->config;
    struct http_server_conf conf = {
        .header_bytes = HEADER_BYTES,
        .max_connections = (size_t)config->front.max_connections,
        .request_ms = (uint64_t)config->front.request_deadline_ms,
        .idle_ms = IDLE_MS,
        .write_ms = WRITE_MS,
        .admit = route_admit,
        .handle = route_handle,
        .client_address = route_client_address,
        .problem = route_problem,
        .arg = front,
    };
    front->server = http_server_new(front->gateway->loop, listen_fd, &conf);
}

/* Without REDIS_URL, and while Redis is away, we do without. */
static bool open_redis(struct worker *worker, struct problems *problems)
{
    const struct config *config = worker->gateway.config;
    const char *why;
    if (config->redis_url.len == 0)
        return true;
    if (!redis_address_from(config->redis_url, &worker->arena, &worker->redis_address, &why)) {
        problem_add(problems, config->file, 0, 0, "redis_url: %s", why);
        return false;
    }
    worker->gateway.redis = redis_new(worker->gateway.loop, &worker->redis_address);
    return true;
}

static bool open_world(struct worker *worker, const struct worker_conf *conf, struct problems *problems)
{
    struct gateway *gateway = &worker->gateway;
    gateway->config = conf->config;
    gateway->shared = conf->shared;
    gateway->metrics = &conf->shared->slots[conf->slot];
    struct generation *generation = load_generation(conf->config, problems);
    if (!generation)
        return false;
    use_generation(worker, generation);
    gateway->loop = loop_new();
    gateway->store = store_open(gateway->loop, conf->config->database_url, conf->config->sql_dir,
                                &worker->arena, problems);
    if (!gateway->store || !open_redis(worker, problems))
        return false;
    gateway->client = http_client_new(gateway->loop);
    gateway->people = people_new();
    gateway->limits = limits_new(gateway->loop, gateway->redis,
                                 conf->config->webhook_secret.len ? conf->config->webhook_secret
                                                                  : conf->config->database_url);
    gateway->outbox = outbox_new(gateway);
    worker->jobs = webhook_jobs_new(gateway);
    gateway->public_front =
        (struct front){.gateway = gateway, .is_public = true, .is_admin = conf->admin_fd < 0};
    open_front(&gateway->public_front, conf->listen_fd);
    if (conf->admin_fd >= 0) {
        gateway->admin_front = (struct front){.gateway = gateway, .is_admin = true};
        open_front(&gateway->admin_front, conf->admin_fd);
    }
    worker->ready = loop_timer_new(gateway->loop, check_ready, worker);
    worker->drain = loop_timer_new(gateway->loop, check_drained, worker);
    worker->maintain = loop_timer_new(gateway->loop, maintain, worker);
    loop_timer_start(worker->ready, 0, 0);
    loop_timer_start(worker->maintain, 5000, MAINTAIN_MS);
    return true;
}

static void close_world(struct worker *worker)
{
    struct gateway *gateway = &worker->gateway;
    http_server_free(gateway->public_front.server);
    if (gateway->admin_front.server)
        http_server_free(gateway->admin_front.server);
    http_client_free(gateway->client);
    outbox_free(gateway->outbox);
    webhook_jobs_free(worker->jobs);
    store_close(gateway->store);
    redis_free(gateway->redis);
    limits_free(gateway->limits);
    loop_timer_free(worker->ready);
    loop_timer_free(worker->drain);
    loop_timer_free(worker->maintain);
    loop_free(gateway->loop);
    people_free(gateway->people);
    while (worker->scripts) {
        struct generation *older = worker->scripts->older;
        free_generation(worker->scripts);
        worker->scripts = older;
    }
    arena_free(&worker->arena);
}

int worker_run(const struct worker_conf *conf)
{
    static struct worker worker;
    struct problems problems = {.arena = &worker.arena};
    if (!open_world(&worker, conf, &problems)) {
        struct str text = problems_text(&problems, &worker.arena);
        fprintf(stderr, "%.*s", STR_ARG(text));
        return 2;
    }
    struct loop *loop = worker.gateway.loop;
    struct loop_signal *signals[] = {
        loop_signal_new(loop, SIGTERM, drain, &worker),
        loop_signal_new(loop, SIGINT, drain, &worker),
        loop_signal_new(loop, SIGHUP, reload, &worker),
    };
    loop_run(loop);
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
        loop_signal_free(signals[i]);
    close_world(&worker);
    return 0;
}
