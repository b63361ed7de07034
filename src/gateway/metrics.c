/* What has been going on, counted? */

#include "gateway/metrics.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

static const struct {
    const char *name;
    const char *help;
} names[METRICS] = {
    [METRIC_REQUESTS] = {"http_requests_total", "HTTP requests answered"},
    [METRIC_TURNS] = {"turns_total", "turns committed"},
    [METRIC_DUPLICATES] = {"duplicates_total", "redeliveries that changed nothing"},
    [METRIC_CONFLICTS] = {"conflicts_total", "turns taken again because the session had moved"},
    [METRIC_IGNORED] = {"ignored_total", "inputs acknowledged and ignored"},
    [METRIC_UNAUTHENTIC] = {"unauthentic_total", "webhooks refused for their signature"},
    [METRIC_MALFORMED] = {"malformed_total", "authentic webhooks that could not be read"},
    [METRIC_MISSES] = {"misses_total", "answers not understood"},
    [METRIC_SILENCED] = {"silenced_total", "replies withheld by the loop guard"},
    [METRIC_POISON] = {"poison_total", "inputs set aside because workers died on them"},
    [METRIC_LIMITED] = {"limited_total", "requests answered 429"},
    [METRIC_BAD_TOKENS] = {"operator_tokens_refused_total",
                           "operators' tokens that were wrong or expired, signing in or as Bearer"},
    [METRIC_SENT] = {"outbox_sent_total", "messages that a provider took"},
    [METRIC_SEND_RETRIES] = {"outbox_retries_total", "sends put off after an error"},
    [METRIC_SEND_FAILURES] = {"outbox_failures_total", "messages given up"},
    [METRIC_RECEIPTS] = {"receipts_total", "delivery receipts taken"},
    [METRIC_LOAD_BATCHES] = {"load_batches_total", "batches of turns loaded"},
    [METRIC_LOADS] = {"loads_total", "turns loaded"},
    [METRIC_COMMIT_BATCHES] = {"commit_batches_total", "batches of turns committed"},
    [METRIC_COMMITS] = {"commits_total", "turns given to a commit"},
    [METRIC_SPOOLED] = {"spooled_total", "webhooks kept on disk while PostgreSQL was away"},
    [METRIC_DRAINED] = {"spool_drained_total", "webhooks from disk that were handled"},
    [METRIC_SET_ASIDE] = {"spool_set_aside_total", "webhooks from disk that were damaged or failed twice"},
    [METRIC_CALLBACKS_PUT_OFF] = {"flow_webhooks_put_off_total",
                                  "calls of a flow's webhook that were not taken and come again"},
};

struct shared *shared_new(void)
{
    void *memory =
        mmap(NULL, sizeof(struct shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED)
        abort();
    return memory;
}

void metric_add(struct metrics_slot *slot, enum metric metric, uint64_t count)
{
    slot->counts[metric] += count;
}

void metric_send(struct metrics_slot *slot, enum channel_kind kind, enum send_end end)
{
    static const enum metric totals[SEND_ENDS] = {
        [SEND_TAKEN] = METRIC_SENT,
        [SEND_PUT_OFF] = METRIC_SEND_RETRIES,
        [SEND_REFUSED] = METRIC_SEND_RETRIES,
        [SEND_GIVEN_UP] = METRIC_SEND_FAILURES,
    };
    slot->sends[kind][end]++;
    slot->counts[totals[end]]++;
}

void metric_error(struct metrics_slot *slot, enum err err)
{
    slot->errors[err]++;
}

static size_t bucket_of(uint64_t us)
{
    size_t bucket = 0;
    while (bucket < LATENCY_BUCKETS - 1 && us > UINT64_C(256) << bucket)
        bucket++;
    return bucket;
}

void metric_latency(struct metrics_slot *slot, enum latency latency, uint64_t us)
{
    slot->latency[latency][bucket_of(us)]++;
    slot->latency_sum_us[latency] += us;
}

bool shared_is_poison(const struct shared *shared, const uint8_t input[static 16])
{
    /* Hardly ever has a worker died on anything. */
    size_t count = shared->next_suspect < SUSPECTS_MAX ? shared->next_suspect : SUSPECTS_MAX;
    for (size_t i = 0; i < count; i++)
        if (shared->suspects[i].deaths >= 2 && memcmp(shared->suspects[i].input, input, 16) == 0)
            return true;
    return false;
}

void shared_blame(struct shared *shared, struct metrics_slot *slot)
{
    static const uint8_t none[16];
    if (memcmp(slot->current_input, none, sizeof none) == 0)
        return;
    struct suspect *suspect = NULL;
    for (size_t i = 0; i < SUSPECTS_MAX && !suspect; i++)
        if (memcmp(shared->suspects[i].input, slot->current_input, 16) == 0)
            suspect = &shared->suspects[i];
    if (!suspect) {
        suspect = &shared->suspects[shared->next_suspect++ % SUSPECTS_MAX];
        suspect->deaths = 0;
        memcpy(suspect->input, slot->current_input, sizeof suspect->input);
    }
    suspect->deaths++;
    memset(slot->current_input, 0, sizeof slot->current_input);
}

static void print_latency(const struct metrics_slot *sum, enum latency latency, const char *name,
                          struct buf *out)
{
    uint64_t count = 0;
    buf_printf(out, "# HELP frontdesk_%s_seconds latency\n# TYPE frontdesk_%s_seconds histogram\n", name,
               name);
    for (size_t i = 0; i < LATENCY_BUCKETS; i++) {
        count += sum->latency[latency][i];
        if (i < LATENCY_BUCKETS - 1)
            buf_printf(out, "frontdesk_%s_seconds_bucket{le=\"%.6f\"} %llu\n", name,
                       (double)(UINT64_C(256) << i) / 1e6, (unsigned long long)count);
    }
    buf_printf(out, "frontdesk_%s_seconds_bucket{le=\"+Inf\"} %llu\n", name, (unsigned long long)count);
    buf_printf(out, "frontdesk_%s_seconds_sum %.6f\nfrontdesk_%s_seconds_count %llu\n", name,
               (double)sum->latency_sum_us[latency] / 1e6, name, (unsigned long long)count);
}

uint64_t metrics_sum(const struct shared *shared, enum metric metric)
{
    uint64_t sum = 0;
    for (size_t slot = 0; slot < WORKERS_MAX; slot++)
        sum += shared->slots[slot].counts[metric];
    return sum;
}

bool shared_commits_hang(const struct shared *shared)
{
    for (uint32_t slot = 0; slot < shared->workers; slot++)
        if (shared->slots[slot].commits_hang)
            return true;
    return false;
}

/* Every member of a slot before `charts` is a counter. */
#define COUNTERS (offsetof(struct metrics_slot, charts) / sizeof(uint64_t))

void metrics_total(const struct shared *shared, struct metrics_slot *sum)
{
    *sum = (struct metrics_slot){0};
    uint64_t *into = (uint64_t *)sum;
    for (size_t slot = 0; slot < WORKERS_MAX; slot++) {
        const uint64_t *from = (const uint64_t *)&shared->slots[slot];
        for (size_t i = 0; i < COUNTERS; i++)
            into[i] += from[i];
    }
}

void metrics_difference(const struct metrics_slot *after, const struct metrics_slot *before,
                        struct metrics_slot *counted)
{
    *counted = (struct metrics_slot){0};
    for (size_t i = 0; i < COUNTERS; i++)
        ((uint64_t *)counted)[i] = ((const uint64_t *)after)[i] - ((const uint64_t *)before)[i];
}

/* By channel, for one that stands still is not seen among those that go on. */
static void print_by_channel(const char *name, const char *help, const uint64_t counts[static CHANNEL_KINDS],
                             struct buf *out)
{
    buf_printf(out, "# HELP frontdesk_%s %s\n# TYPE frontdesk_%s counter\n", name, help, name);
    for (int kind = 0; kind < CHANNEL_KINDS; kind++)
        buf_printf(out, "frontdesk_%s{channel=\"%s\"} %llu\n", name,
                   channel_kind_name((enum channel_kind)kind).data, (unsigned long long)counts[kind]);
}

static void print_sends(const struct metrics_slot *sum, struct buf *out)
{
    static const char *const ends[SEND_ENDS] = {"taken", "put_off", "refused", "given_up"};
    buf_put(out, STR("# HELP frontdesk_channel_sends_total calls to a provider, by how they ended\n"
                     "# TYPE frontdesk_channel_sends_total counter\n"));
    for (int kind = 0; kind < CHANNEL_KINDS; kind++)
        for (int end = 0; end < SEND_ENDS; end++)
            buf_printf(out, "frontdesk_channel_sends_total{channel=\"%s\",end=\"%s\"} %llu\n",
                       channel_kind_name((enum channel_kind)kind).data, ends[end],
                       (unsigned long long)sum->sends[kind][end]);
}

void metrics_print(const struct shared *shared, struct buf *out)
{
    struct metrics_slot sum;
    metrics_total(shared, &sum);
    for (int i = 0; i < METRICS; i++)
        buf_printf(out, "# HELP frontdesk_%s %s\n# TYPE frontdesk_%s counter\nfrontdesk_%s %llu\n",
                   names[i].name, names[i].help, names[i].name, names[i].name,
                   (unsigned long long)sum.counts[i]);
    print_by_channel("channel_turns_total", "turns committed, by channel", sum.turns_by_channel, out);
    print_by_channel("channel_unauthentic_total", "webhooks refused for their signature, by channel",
                     sum.refused_by_channel, out);
    print_sends(&sum, out);
    buf_put(out, STR("# HELP frontdesk_errors_total requests that ended in an error, by code\n"
                     "# TYPE frontdesk_errors_total counter\n"));
    for (int err = ERR_NONE + 1; err < ERRS; err++)
        if (sum.errors[err])
            buf_printf(out, "frontdesk_errors_total{code=\"%s\"} %llu\n", err_name((enum err)err),
                       (unsigned long long)sum.errors[err]);
    print_latency(&sum, LATENCY_TURN, "turn", out);
    print_latency(&sum, LATENCY_SEND, "send", out);
    buf_printf(out,
               "# HELP frontdesk_workers workers\n# TYPE frontdesk_workers gauge\nfrontdesk_workers %u\n"
               "# HELP frontdesk_worker_restarts_total workers that died and were started again\n"
               "# TYPE frontdesk_worker_restarts_total counter\nfrontdesk_worker_restarts_total %u\n",
               shared->workers, shared->restarts);
    buf_printf(out,
               "# HELP frontdesk_spool_records webhooks that wait on disk\n"
               "# TYPE frontdesk_spool_records gauge\nfrontdesk_spool_records %llu\n"
               "# HELP frontdesk_spool_bytes what they take there\n"
               "# TYPE frontdesk_spool_bytes gauge\nfrontdesk_spool_bytes %llu\n"
               "# HELP frontdesk_spool_full whether the last that came found no room\n"
               "# TYPE frontdesk_spool_full gauge\nfrontdesk_spool_full %d\n"
               "# HELP frontdesk_spool_refused whether its disk kept nothing of the last that was tried\n"
               "# TYPE frontdesk_spool_refused gauge\nfrontdesk_spool_refused %d\n",
               (unsigned long long)atomic_load(&shared->spool.records),
               (unsigned long long)atomic_load(&shared->spool.bytes), atomic_load(&shared->spool.is_full),
               atomic_load(&shared->spool.is_refused));
}
