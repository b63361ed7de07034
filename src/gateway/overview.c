/* How is everything going, as far as the database does not know it? */

#include "base/clock.h"
#include "gateway/live.h"
#include "gateway/minutes.h"
#include "store/redis.h"

#include <limits.h>
#include <unistd.h>

/* What "now" means for rates, latencies and the providers' health. */
#define RECENT_MINUTES 5
#define HOUR_MINUTES   60

static struct json *latency_json(const struct metrics_slot *counted, enum latency latency,
                                 struct arena *arena)
{
    struct json *about = json_new_object(arena);
    json_set_int(arena, about, "count", (int64_t)latency_count(counted, latency));
    json_set_double(arena, about, "p50", latency_quantile(counted, latency, 0.5));
    json_set_double(arena, about, "p95", latency_quantile(counted, latency, 0.95));
    json_set_double(arena, about, "p99", latency_quantile(counted, latency, 0.99));
    return about;
}

/* ---- Channels ---- */

static const char *provider_health(const struct gateway *gateway, enum channel_kind kind,
                                   const struct metrics_slot *counted)
{
    const uint64_t *sends = counted->sends[kind];
    if (!gateway->config->channels[kind])
        return "off";
    if (kind == CHANNEL_WEB || kind == CHANNEL_VOICE)
        return "none"; /* we are never the one who calls */
    if (sends[SEND_PUT_OFF] + sends[SEND_REFUSED] + sends[SEND_GIVEN_UP] == 0)
        return sends[SEND_TAKEN] ? "well" : "quiet";
    return sends[SEND_TAKEN] ? "trouble" : "down";
}

static struct json *channels_json(const struct gateway *gateway, const struct metrics_slot *counted,
                                  double minutes, struct arena *arena)
{
    struct json *list = json_new_list(arena);
    for (int i = 0; i < CHANNEL_KINDS; i++) {
        enum channel_kind kind = (enum channel_kind)i;
        struct json *channel = json_new_object(arena);
        double per_minute = minutes > 0 ? 1 / minutes : 0;
        json_set_str(arena, channel, "channel", channel_kind_name(kind));
        json_set_double(arena, channel, "turns_a_minute",
                        (double)counted->turns_by_channel[kind] * per_minute);
        json_set_double(arena, channel, "messages_a_minute",
                        (double)counted->said_by_channel[kind] * per_minute);
        json_set_int(arena, channel, "taken", (int64_t)counted->sends[kind][SEND_TAKEN]);
        json_set_int(arena, channel, "put_off",
                     (int64_t)(counted->sends[kind][SEND_PUT_OFF] + counted->sends[kind][SEND_REFUSED]));
        json_set_int(arena, channel, "given_up", (int64_t)counted->sends[kind][SEND_GIVEN_UP]);
        json_set_str(arena, channel, "health", str_from(provider_health(gateway, kind, counted)));
        json_add(arena, list, channel);
    }
    return list;
}

/* ---- The last hour ---- */

static struct json *minute_json(const struct metrics_slot *counted, int64_t at_s, struct arena *arena)
{
    struct json *minute = json_new_object(arena);
    json_set_int(arena, minute, "at", at_s);
    for (int kind = 0; kind < CHANNEL_KINDS; kind++)
        json_set_int(arena, minute, channel_kind_name((enum channel_kind)kind).data,
                     (int64_t)counted->turns_by_channel[kind]);
    uint64_t said = 0;
    for (int kind = 0; kind < CHANNEL_KINDS; kind++)
        said += counted->said_by_channel[kind];
    json_set_int(arena, minute, "messages", (int64_t)said);
    json_set_double(arena, minute, "turn_p95", latency_quantile(counted, LATENCY_TURN, 0.95));
    json_set_double(arena, minute, "send_p95", latency_quantile(counted, LATENCY_SEND, 0.95));
    return minute;
}

/* Whole minutes only, the oldest first. */
static struct json *minutes_json(const struct shared *shared, int64_t now_ms, struct arena *arena)
{
    struct json *list = json_new_list(arena);
    for (int ago = HOUR_MINUTES; ago > 1; ago--) {
        struct metrics_slot counted;
        double minutes;
        minutes_between(shared, now_ms, ago, ago - 1, &counted, &minutes);
        if (minutes > 0)
            json_add(arena, list, minute_json(&counted, (now_ms / 60000 - ago) * 60, arena));
    }
    return list;
}

static struct json *errors_json(const struct metrics_slot *hour, const struct metrics_slot *sum,
                                struct arena *arena)
{
    struct json *list = json_new_list(arena);
    for (int err = ERR_NONE + 1; err < ERRS; err++) {
        if (!sum->errors[err])
            continue;
        struct json *error = json_new_object(arena);
        json_set_str(arena, error, "code", str_from(err_name((enum err)err)));
        json_set_str(arena, error, "title", err_title((enum err)err));
        json_set_int(arena, error, "status", err_status((enum err)err));
        json_set_int(arena, error, "hour", (int64_t)hour->errors[err]);
        json_set_int(arena, error, "since_start", (int64_t)sum->errors[err]);
        json_add(arena, list, error);
    }
    return list;
}

/* ---- What we need ---- */

static struct str charts_state(const struct gateway *gateway)
{
    bool is_exact = true;
    if (gateway->config->chart_processes == 0)
        return STR("off");
    for (uint32_t i = 0; i < gateway->shared->workers; i++) {
        if (gateway->shared->slots[i].charts == CHARTS_AWAY)
            return STR("away");
        is_exact = is_exact && gateway->shared->slots[i].charts != CHARTS_MOSHIER;
    }
    return is_exact ? STR("well") : STR("inexact");
}

static struct json *needs_json(const struct gateway *gateway, const struct metrics_slot *hour,
                               bool has_answered, struct arena *arena)
{
    struct json *needs = json_new_object(arena);
    json_set_str(arena, needs, "postgres",
                 has_answered        ? STR("well")
                 : gateway->is_ready ? STR("slow")
                                     : STR("away"));
    json_set_str(arena, needs, "redis",
                 !gateway->redis                                                      ? STR("off")
                 : redis_is_up(gateway->redis) && !redis_is_read_only(gateway->redis) ? STR("well")
                                                                                      : STR("away"));
    json_set_str(arena, needs, "charts", charts_state(gateway));
    json_set_int(arena, needs, "workers", gateway->shared->workers);
    json_set_int(arena, needs, "worker_restarts", gateway->shared->restarts);
    json_set_int(arena, needs, "spooled", (int64_t)atomic_load(&gateway->shared->spool.records));
    json_set_bool(arena, needs, "is_spool_full", atomic_load(&gateway->shared->spool.is_full));
    json_set_int(arena, needs, "set_aside", (int64_t)hour->counts[METRIC_POISON]);
    json_set_str(arena, needs, "script_problem", gateway->script_problem);
    return needs;
}

/* Which of several nodes answers: rates and latencies are its own. */
static struct str node_name(struct arena *arena)
{
    char name[HOST_NAME_MAX + 1] = "";
    if (gethostname(name, sizeof name - 1) != 0)
        return (struct str){0};
    struct str text = arena_copy(arena, str_from(name));
    return utf8_is_valid(text) ? text : (struct str){0};
}

void overview_complete(const struct gateway *gateway, struct json *document, bool has_answered,
                       struct arena *arena)
{
    const struct shared *shared = gateway->shared;
    int64_t now_ms = clock_now_ms();
    struct metrics_slot recent;
    struct metrics_slot hour;
    struct metrics_slot sum;
    double recent_minutes;
    double hour_minutes;
    minutes_between(shared, now_ms, RECENT_MINUTES, 0, &recent, &recent_minutes);
    minutes_between(shared, now_ms, HOUR_MINUTES, 0, &hour, &hour_minutes);
    metrics_total(shared, &sum);
    struct json *latencies = json_new_object(arena);
    json_set(arena, latencies, "turn", latency_json(&recent, LATENCY_TURN, arena));
    json_set(arena, latencies, "send", latency_json(&recent, LATENCY_SEND, arena));
    json_set_str(arena, document, "node", node_name(arena));
    json_set(arena, document, "needs", needs_json(gateway, &hour, has_answered, arena));
    json_set(arena, document, "channels", channels_json(gateway, &recent, recent_minutes, arena));
    json_set(arena, document, "latencies", latencies);
    json_set(arena, document, "errors", errors_json(&hour, &sum, arena));
    json_set(arena, document, "minutes", minutes_json(shared, now_ms, arena));
    json_set_int(arena, document, "turns_this_hour", (int64_t)hour.counts[METRIC_TURNS]);
    json_set_int(arena, document, "misses_this_hour", (int64_t)hour.counts[METRIC_MISSES]);
}
