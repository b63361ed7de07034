/* How has it been going in the last hour? */

#include "gateway/minutes.h"

#define MINUTE_MS 60000

static struct minute *minute_at(struct shared *shared, int64_t minute)
{
    return &shared->minutes[minute % MINUTES_KEPT];
}

void minutes_note(struct shared *shared, int64_t now_ms)
{
    struct minute *minute = minute_at(shared, now_ms / MINUTE_MS);
    if (minute->minute == now_ms / MINUTE_MS)
        return;
    metrics_total(shared, &minute->sum);
    minute->minute = now_ms / MINUTE_MS;
}

/* The earliest known standing from then on; NULL: none before the present minute. */
static const struct minute *find(const struct shared *shared, int64_t minute, int64_t present)
{
    for (; minute <= present; minute++) {
        const struct minute *kept = &shared->minutes[minute % MINUTES_KEPT];
        if (kept->minute == minute)
            return kept;
    }
    return NULL;
}

void minutes_between(const struct shared *shared, int64_t now_ms, int from, int to,
                     struct metrics_slot *counted, double *minutes)
{
    int64_t present = now_ms / MINUTE_MS;
    const struct minute *start = find(shared, present - from, present);
    const struct minute *end = to > 0 ? find(shared, present - to, present) : NULL;
    struct metrics_slot now;
    const struct metrics_slot *until = end ? &end->sum : &now;
    *counted = (struct metrics_slot){0};
    *minutes = 0;
    if (!start || (end && end->minute <= start->minute))
        return;
    if (!end)
        metrics_total(shared, &now);
    metrics_difference(until, &start->sum, counted);
    *minutes = end ? (double)(end->minute - start->minute)
                   : (double)(now_ms - start->minute * MINUTE_MS) / MINUTE_MS;
}

uint64_t latency_count(const struct metrics_slot *counted, enum latency latency)
{
    uint64_t count = 0;
    for (size_t i = 0; i < LATENCY_BUCKETS; i++)
        count += counted->latency[latency][i];
    return count;
}

/* Within a bucket the durations are taken to be spread evenly. */
double latency_quantile(const struct metrics_slot *counted, enum latency latency, double share)
{
    double wanted = share * (double)latency_count(counted, latency);
    double before = 0;
    for (size_t i = 0; i < LATENCY_BUCKETS && wanted > 0; i++) {
        double here = (double)counted->latency[latency][i];
        if (before + here >= wanted && here > 0) {
            double least_us = i == 0 ? 0 : (double)(UINT64_C(128) << i);
            double most_us = (double)(UINT64_C(256) << i);
            return (least_us + (most_us - least_us) * (wanted - before) / here) / 1e6;
        }
        before += here;
    }
    return 0;
}
