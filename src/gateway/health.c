/* Is the gateway alive, can it work, and what has it been doing? */

#include "gateway/respond.h"
#include "gateway/routes.h"
#include "store/jobs.h"
#include "store/outbox.h"
#include "store/redis.h"

struct ask {
    struct gateway *gateway;
    struct http_exchange *exchange;
    const struct http_request *request;
    struct arena *arena;
    struct buf metrics;
};

HANDLER(health_alive)
{
    struct json *body = json_new_object(arena);
    json_set_str(arena, body, "status", STR("ok"));
    respond_json(gateway, exchange, request, 200, body);
}

static bool any_charts(const struct shared *shared, enum charts charts)
{
    for (uint32_t i = 0; i < shared->workers; i++)
        if (shared->slots[i].charts == charts)
            return true;
    return false;
}

/* Once it was there, what comes while it is away is kept on disk. */
static bool has_store(const struct gateway *gateway, struct arena *arena, struct json *why)
{
    if (gateway->is_ready)
        return true;
    const struct spool_shared *spool = &gateway->shared->spool;
    bool spools = gateway->spooling && gateway->shared->was_ready;
    struct str fault = gateway->is_other_version ? STR("the database is not migrated, or for another version")
                       : gateway->metrics->commits_hang ? STR("PostgreSQL lets no commit through")
                       : spools                         ? STR("PostgreSQL is away")
                                                        : STR("PostgreSQL was not reached");
    bool keeps = spools && !atomic_load(&spool->is_full) && !atomic_load(&spool->is_refused);
    json_add_str(arena, why,
                 keeps ? arena_join(arena, fault, STR("; "), STR("WhatsApp and SMS are spooled")) : fault);
    return spools;
}

static bool has_room(const struct gateway *gateway, struct arena *arena, struct json *why)
{
    const struct spool_shared *spool = &gateway->shared->spool;
    uint64_t records = atomic_load(&spool->records);
    if (records)
        json_add_str(arena, why,
                     records == 1 ? STR("1 webhook waits in the spool")
                                  : arena_printf(arena, "%llu webhooks wait in the spool",
                                                 (unsigned long long)records));
    if (atomic_load(&spool->is_full))
        json_add_str(arena, why, STR("the spool is full"));
    bool is_refused = atomic_load(&spool->is_refused);
    if (is_refused)
        json_add_str(arena, why, STR("the spool's disk refuses"));
    /* A disk that nobody needs just now keeps nobody from working. */
    return !atomic_load(&spool->is_full) && !(is_refused && gateway->is_away);
}

static bool is_redis_well(const struct gateway *gateway)
{
    return gateway->redis && redis_is_up(gateway->redis) && !redis_is_read_only(gateway->redis);
}

HANDLER(health_ready)
{
    struct json *body = json_new_object(arena);
    struct json *why = json_new_list(arena);
    bool is_ready = has_store(gateway, arena, why) && has_room(gateway, arena, why) && !gateway->is_draining;
    if (gateway->is_draining)
        json_add_str(arena, why, STR("draining"));
    if (!gateway->redis)
        json_add_str(arena, why, STR("REDIS_URL is not set"));
    else if (!redis_is_up(gateway->redis))
        json_add_str(arena, why, STR("Redis is away"));
    else if (redis_is_read_only(gateway->redis))
        json_add_str(arena, why, STR("Redis refuses to be written to"));
    if (any_charts(gateway->shared, CHARTS_AWAY))
        json_add_str(arena, why, STR("no chart process runs"));
    if (any_charts(gateway->shared, CHARTS_MOSHIER))
        json_add_str(arena, why, STR("charts are computed without Swiss Ephemeris' files"));
    if (gateway->script_problem.len)
        json_add_str(arena, why, gateway->script_problem);
    json_set_str(arena, body, "status",
                 !is_ready         ? STR("unavailable")
                 : json_count(why) ? STR("degraded")
                                   : STR("ready"));
    json_set(arena, body, "why", why);
    respond_json(gateway, exchange, request, is_ready ? 200 : 503, body);
}

static void jobs_counted(void *arg, enum err err, const struct job_count *counts, size_t count)
{
    struct ask *ask = arg;
    struct buf *text = &ask->metrics;
    if (err == ERR_NONE)
        buf_put(text, STR("# HELP frontdesk_jobs charts and webhooks, by kind and state\n"
                          "# TYPE frontdesk_jobs gauge\n"));
    for (size_t i = 0; i < count; i++) {
        bool is_running = str_eq(counts[i].state, STR("leased"));
        buf_printf(text, "frontdesk_jobs{kind=\"%.*s\",state=\"%.*s\"} %lld\n", STR_ARG(counts[i].kind),
                   STR_ARG(is_running ? STR("running") : counts[i].state), (long long)counts[i].count);
    }
    respond_text(ask->gateway, ask->exchange, ask->request, STR("text/plain; version=0.0.4"), buf_str(text));
}

static void outbox_counted(void *arg, enum err err, const struct outbox_count *counts, size_t count)
{
    struct ask *ask = arg;
    struct buf *text = &ask->metrics;
    *text = (struct buf){.arena = ask->arena};
    metrics_print(ask->gateway->shared, text);
    buf_printf(text,
               "# HELP frontdesk_database_up whether PostgreSQL answered just now, and lets commits through\n"
               "# TYPE frontdesk_database_up gauge\nfrontdesk_database_up %d\n",
               err == ERR_NONE && !shared_commits_hang(ask->gateway->shared));
    buf_printf(text,
               "# HELP frontdesk_redis_up whether Redis answers this worker, and takes what it writes\n"
               "# TYPE frontdesk_redis_up gauge\nfrontdesk_redis_up %d\n",
               is_redis_well(ask->gateway));
    if (err != ERR_NONE) {
        jobs_counted(ask, err, NULL, 0);
        return;
    }
    buf_put(text, STR("# HELP frontdesk_outbox messages by state\n# TYPE frontdesk_outbox gauge\n"));
    for (size_t i = 0; i < count; i++)
        buf_printf(text, "frontdesk_outbox{state=\"%.*s\"} %lld\n", STR_ARG(counts[i].state),
                   (long long)counts[i].count);
    store_count_jobs(ask->gateway->store, jobs_counted, ask);
}

HANDLER(health_metrics)
{
    struct ask *ask = arena_new(arena, struct ask);
    *ask = (struct ask){.gateway = gateway, .exchange = exchange, .request = request, .arena = arena};
    store_count_outbox(gateway->store, outbox_counted, ask);
}
