/* What does a worker do from its first breath to its last?
 *
 * Opens its world, serves, reloads at SIGHUP; at SIGTERM stops accepting, answers what was received, lets
 * sends under way finish, and leaves. Whatever is left undone is in PostgreSQL. */

#include "gateway/worker.h"

#include "base/clock.h"
#include "gateway/catch_up.h"
#include "gateway/chart_desk.h"
#include "gateway/chart_jobs.h"
#include "gateway/dashboard.h"
#include "gateway/gateway.h"
#include "gateway/housekeeping.h"
#include "gateway/limits.h"
#include "gateway/live.h"
#include "gateway/operator.h"
#include "gateway/outbox.h"
#include "gateway/routes.h"
#include "gateway/scripts.h"
#include "gateway/spool_drain.h"
#include "gateway/spooling.h"
#include "gateway/transcriber.h"
#include "gateway/typing.h"
#include "gateway/voice_notes.h"
#include "gateway/wakes.h"
#include "gateway/web_chat.h"
#include "gateway/webhook_jobs.h"
#include "store/redis.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

#define DRAIN_CHECK_MS 20
/* Some twenty of the largest webhooks at once, or thousands of usual ones. */
#define BODIES_BYTES   ((size_t)64 * 1024 * 1024)
#define HEADER_BYTES   ((size_t)16 * 1024)
#define IDLE_MS        75000
#define WRITE_MS       20000
/* Of the descriptors, one of so many may be a client's of a front; the others are left to PostgreSQL, the
 * providers and the web chats, which else could not come back while strangers hold all. */
#define FRONT_SHARE    3

struct worker {
    struct gateway gateway;
    bool is_first;      /* of the node's workers: speaks for all of them */
    struct arena arena; /* for the worker's life */
    struct scripts *scripts;
    struct loop_timer *drain;
    struct loop_timer *reload;
    struct housekeeping *housekeeping;
    struct webhook_jobs *jobs;
    struct wakes *wakes;
    struct catch_up *catch_up; /* of a node's first worker; else NULL */
    struct redis_address redis_address;
    struct spool_conf spool_conf;
    uint64_t drain_deadline_ns;
    bool is_done; /* nothing is under way any more */
};

/* ---- Reloading ---- */

/* Every worker reads the same files; what they say of them stands in the log once. */
static void reload(void *arg)
{
    struct worker *worker = arg;
    bool is_good = scripts_load(worker->scripts, worker->is_first ? LOG_ERROR : LOG_DEBUG);
    if (is_good)
        log_event(worker->is_first ? LOG_INFO : LOG_DEBUG, "flows and words were loaded anew");
    operators_reload(&worker->gateway, worker->is_first ? LOG_ERROR : LOG_DEBUG);
}

/* Signals that came while the files were read, all of them, ask for one more reading. */
static void ask_reload(void *arg)
{
    struct worker *worker = arg;
    loop_timer_start(worker->reload, 0, 0);
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
                   outbox_under_way(gateway->outbox) == 0 && web_chat_sockets(gateway->web_chat) == 0 &&
                   webhook_jobs_under_way(worker->jobs) == 0 && wakes_under_way(worker->wakes) == 0 &&
                   chart_jobs_under_way(gateway->chart_jobs) == 0 &&
                   voice_notes_under_way(gateway->voice_notes) == 0 && spooling_under_way(gateway) == 0 &&
                   !(worker->catch_up && catch_up_is_busy(worker->catch_up)) &&
                   store_is_settled(gateway->store);
    bool is_late = clock_monotonic_ns() > worker->drain_deadline_ns;
    worker->is_done = is_done;
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
    web_chat_drain(gateway->web_chat);
    live_drain(gateway->live);
    webhook_jobs_drain(worker->jobs);
    wakes_drain(worker->wakes);
    chart_jobs_drain(gateway->chart_jobs);
    voice_notes_drain(gateway->voice_notes);
    if (gateway->spool_drain)
        spool_drain_stop(gateway->spool_drain);
    if (worker->catch_up)
        catch_up_drain(worker->catch_up);
    loop_timer_start(worker->drain, 0, DRAIN_CHECK_MS);
}

/* ---- The world ---- */

static size_t connections_max(const struct config *config)
{
    struct rlimit limit;
    size_t wanted = (size_t)config->front.max_connections;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur / FRONT_SHARE >= wanted)
        return wanted;
    size_t most = (size_t)limit.rlim_cur / FRONT_SHARE;
    log_event(LOG_WARN,
              "descriptors are few (ulimit -Hn): fewer connections are taken than max_connections says",
              log_int("connections", (int64_t)most), log_int("descriptors", (int64_t)limit.rlim_cur));
    return most;
}

static void open_front(struct front *front, int listen_fd)
{
    const struct config *config = front->gateway->config;
    struct http_server_conf conf = {
        .header_bytes = HEADER_BYTES,
        .body_bytes = BODIES_BYTES,
        .max_connections = connections_max(config),
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

/* A socket of the web chat takes three descriptors, and a shell gives a thousand. */
static void raise_descriptor_limit(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == limit.rlim_max)
        return;
    limit.rlim_cur = limit.rlim_max;
    (void)setrlimit(RLIMIT_NOFILE, &limit);
}

static bool open_web_chat(struct gateway *gateway, struct problems *problems)
{
    raise_descriptor_limit();
    gateway->web_chat = web_chat_new(gateway);
    if (!gateway->web_chat)
        problem_add(problems, gateway->config->file, 0, 0,
                    "the web chat can't begin: is libwebsockets-evlib-uv installed?");
    return gateway->web_chat != NULL;
}

/* The node's chart processes, dealt out to its workers. */
static int chart_processes(const struct worker_conf *conf)
{
    int workers = (int)conf->shared->workers;
    int all = conf->config->chart_processes;
    return all / workers + (conf->slot < all % workers);
}

/* What the node knows already, and what is this worker's of it. */
static void take_seat(struct worker *worker, const struct worker_conf *conf)
{
    struct gateway *gateway = &worker->gateway;
    gateway->config = conf->config;
    gateway->shared = conf->shared;
    gateway->metrics = &conf->shared->slots[conf->slot];
    gateway->web_clients = &conf->shared->web_clients[conf->slot];
    gateway->in_hand = &conf->shared->in_hand[conf->slot];
    gateway->reference = conf->reference;
    worker->is_first = conf->slot == 0;
    worker->scripts = scripts_new(gateway, conf->script);
    gateway->dashboard = dashboard_load(conf->config, &worker->arena);
}

/* Whom a turn asks. False when problems were added. */
static bool open_links(struct worker *worker, struct problems *problems)
{
    struct gateway *gateway = &worker->gateway;
    const struct config *config = gateway->config;
    gateway->loop = loop_new();
    gateway->store =
        store_open(gateway->loop, config->database_url, config->sql_dir, &worker->arena, problems);
    if (!gateway->store || !open_redis(worker, problems))
        return false;
    gateway->operators = operators_load(config, problems);
    if (!gateway->operators)
        return false;
    gateway->client = http_client_new(gateway->loop);
    gateway->transcriber = transcriber_new(gateway);
    gateway->people = people_new();
    gateway->limits = limits_new(gateway->loop, gateway->redis,
                                 config->webhook_secret.len ? config->webhook_secret : config->database_url);
    limits_set(gateway->limits, LIMIT_SESSION, config->web.sessions_per_minute,
               config->web.sessions_per_minute / 60.0);
    return true;
}

/* What goes on beside the requests. False when problems were added. */
static bool open_work(struct worker *worker, const struct worker_conf *conf, struct problems *problems)
{
    struct gateway *gateway = &worker->gateway;
    gateway->outbox = outbox_new(gateway);
    gateway->typing = typing_watch_new(gateway);
    if (conf->config->spool.folder.len) {
        worker->spool_conf = spool_conf_of(conf->config, conf->shared, &worker->arena);
        gateway->spooling = spooling_new(gateway, &worker->spool_conf);
        gateway->spool_drain = spool_drain_new(gateway);
    }
    if (!open_web_chat(gateway, problems))
        return false;
    gateway->live = live_new(gateway);
    worker->jobs = webhook_jobs_new(gateway);
    worker->wakes = wakes_new(gateway);
    if (worker->is_first && conf->config->channels[CHANNEL_SMS])
        worker->catch_up = catch_up_new(gateway);
    gateway->voice_notes = voice_notes_new(gateway);
    gateway->chart_desk = chart_desk_new(gateway->loop);
    gateway->chart_jobs = chart_jobs_new(gateway, chart_processes(conf));
    return true;
}

static void open_fronts(struct gateway *gateway, const struct worker_conf *conf)
{
    gateway->public_front =
        (struct front){.gateway = gateway, .is_public = true, .is_admin = conf->admin_fd < 0};
    open_front(&gateway->public_front, conf->listen_fd);
    if (conf->admin_fd < 0)
        return;
    gateway->admin_front = (struct front){.gateway = gateway, .is_admin = true};
    open_front(&gateway->admin_front, conf->admin_fd);
}

static bool open_world(struct worker *worker, const struct worker_conf *conf, struct problems *problems)
{
    struct gateway *gateway = &worker->gateway;
    take_seat(worker, conf);
    if (!open_links(worker, problems) || !open_work(worker, conf, problems))
        return false;
    open_fronts(gateway, conf);
    worker->drain = loop_timer_new(gateway->loop, check_drained, worker);
    worker->reload = loop_timer_new(gateway->loop, reload, worker);
    worker->housekeeping = housekeeping_new(gateway, worker->scripts, worker->is_first);
    return true;
}

static void close_world(struct worker *worker)
{
    struct gateway *gateway = &worker->gateway;
    http_server_free(gateway->public_front.server);
    if (gateway->admin_front.server)
        http_server_free(gateway->admin_front.server);
    http_client_free(gateway->client);
    /* A question to the database that is still open ends here, in one of those below. */
    store_close(gateway->store);
    outbox_free(gateway->outbox);
    catch_up_free(worker->catch_up);
    spool_drain_free(gateway->spool_drain);
    spooling_free(gateway->spooling);
    webhook_jobs_free(worker->jobs);
    wakes_free(worker->wakes);
    chart_jobs_free(gateway->chart_jobs);
    chart_desk_free(gateway->chart_desk);
    voice_notes_free(gateway->voice_notes);
    transcriber_free(gateway->transcriber);
    web_chat_close(gateway->web_chat);
    redis_free(gateway->redis);
    operators_free(gateway->operators);
    live_free(gateway->live);
    limits_free(gateway->limits);
    typing_watch_free(gateway->typing);
    loop_timer_free(worker->drain);
    loop_timer_free(worker->reload);
    housekeeping_free(worker->housekeeping);
    web_chat_free(gateway->web_chat);
    loop_free(gateway->loop);
    people_free(gateway->people);
    scripts_free(worker->scripts);
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
        loop_signal_new(loop, SIGHUP, ask_reload, &worker),
    };
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    loop_run(loop);
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
        loop_signal_free(signals[i]);
    /* What did not end has its hands on everything: only the process itself can take that apart. */
    if (worker.is_done)
        close_world(&worker);
    return 0;
}
