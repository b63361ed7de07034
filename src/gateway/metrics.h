#pragma once

/* Counters of all workers in one piece of shared memory, so that whichever worker is asked can tell the sum.
 * Each worker writes its own slot only; a restarted worker goes on counting in the slot of the dead one. */

#include "base/arena.h"
#include "base/err.h"
#include "gateway/in_hand.h"
#include "gateway/simulator_desk.h"
#include "gateway/web_clients.h"
#include "message.h"
#include "store/spool.h"

enum metric {
    METRIC_REQUESTS,    /* HTTP requests answered */
    METRIC_TURNS,       /* turns committed */
    METRIC_DUPLICATES,  /* redeliveries that changed nothing */
    METRIC_CONFLICTS,   /* turns taken again because somebody else was faster */
    METRIC_IGNORED,     /* inputs acknowledged and ignored: groups, foreign numbers, too old … */
    METRIC_UNAUTHENTIC, /* webhooks refused for their signature */
    METRIC_MALFORMED,   /* authentic webhooks that could not be read */
    METRIC_MISSES,      /* answers not understood */
    METRIC_SILENCED,    /* replies withheld by the loop guard */
    METRIC_POISON,      /* inputs set aside because a worker died on them twice */
    METRIC_LIMITED,     /* requests answered 429 */
    METRIC_BAD_TOKENS,  /* operators' tokens that were wrong or expired */
    METRIC_SENT,        /* messages a provider took */
    METRIC_SEND_RETRIES,
    METRIC_SEND_FAILURES, /* given up */
    METRIC_RECEIPTS,
    METRIC_LOAD_BATCHES,
    METRIC_LOADS,
    METRIC_COMMIT_BATCHES,
    METRIC_COMMITS,
    METRIC_SPOOLED,           /* webhooks kept on disk while PostgreSQL was away */
    METRIC_DRAINED,           /* of those, handled since */
    METRIC_SET_ASIDE,         /* of those, damaged on disk, or failed twice */
    METRIC_CALLBACKS_PUT_OFF, /* calls of a flow's webhook that were not taken */
    METRICS
};

/* Latency histogram: buckets of powers of two from 2^8 µs (0.26 ms) to 2^24 µs (16.8 s), and the rest. */
#define LATENCY_BUCKETS 18
enum latency { LATENCY_TURN, LATENCY_SEND, LATENCIES };

/* How a call to a provider ended. Refused: put off, too, since our credentials or account are no good there.
 */
enum send_end { SEND_TAKEN, SEND_PUT_OFF, SEND_REFUSED, SEND_GIVEN_UP, SEND_ENDS };

/* How a worker's chart processes are. */
enum charts {
    CHARTS_WELL,   /* also of a worker that has none to look after */
    CHARTS_AWAY,   /* none of them runs */
    CHARTS_MOSHIER /* they compute without Swiss Ephemeris' files: a little less exactly */
};

struct metrics_slot {
    uint64_t counts[METRICS];
    uint64_t turns_by_channel[CHANNEL_KINDS];
    uint64_t refused_by_channel[CHANNEL_KINDS]; /* webhooks, for their signature */
    uint64_t said_by_channel[CHANNEL_KINDS];    /* messages of ours that turns committed */
    uint64_t sends[CHANNEL_KINDS][SEND_ENDS];
    uint64_t errors[ERRS];
    uint64_t latency[LATENCIES][LATENCY_BUCKETS];
    uint64_t latency_sum_us[LATENCIES];
    enum charts charts;
    bool commits_hang;         /* PostgreSQL answers this worker, and lets no commit of it through */
    int pid;                   /* the worker's; written by the supervisor; 0: there is none just now */
    uint8_t current_input[16]; /* under work in pure code right now; all zero: none */
};

#define WORKERS_MAX  256
#define SUSPECTS_MAX 512

/* Inputs on which workers died. Written by the supervisor only. */
struct suspect {
    uint8_t input[16];
    uint32_t deaths;
};

/* How the counters of all workers stood when that minute since 1970 began. */
struct minute {
    int64_t minute;
    struct metrics_slot sum;
};
#define MINUTES_KEPT 64

struct shared {
    struct metrics_slot slots[WORKERS_MAX];
    struct suspect suspects[SUSPECTS_MAX];
    uint32_t next_suspect;
    uint32_t workers;
    uint32_t restarts;
    struct minute minutes[MINUTES_KEPT]; /* written by the first worker only */
    struct web_clients web_clients[WORKERS_MAX];
    struct in_hand in_hand[WORKERS_MAX];
    struct spool_shared spool;
    struct simulator_desk simulator;
    _Atomic bool was_ready; /* PostgreSQL was reached, and migrated, by some worker */
};

/* Made by the supervisor before the workers; aborts without memory. */
struct shared *shared_new(void);

void metric_add(struct metrics_slot *slot, enum metric metric, uint64_t count);
void metric_send(struct metrics_slot *slot, enum channel_kind kind, enum send_end end);
void metric_error(struct metrics_slot *slot, enum err err);
void metric_latency(struct metrics_slot *slot, enum latency latency, uint64_t us);
uint64_t metrics_sum(const struct shared *shared, enum metric metric); /* of all workers */

/* All workers' counters added up, and what was counted from `before` to `after`. */
void metrics_total(const struct shared *shared, struct metrics_slot *sum);
void metrics_difference(const struct metrics_slot *after, const struct metrics_slot *before,
                        struct metrics_slot *counted);

/* Has some worker found that PostgreSQL lets no commit through? */
bool shared_commits_hang(const struct shared *shared);

/* Has a worker died on this input twice? */
bool shared_is_poison(const struct shared *shared, const uint8_t input[static 16]);
/* A worker has died: remembers what it was at. */
void shared_blame(struct shared *shared, struct metrics_slot *slot);

/* Prometheus' text format, all workers added up. */
void metrics_print(const struct shared *shared, struct buf *out);
