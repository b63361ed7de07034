#pragma once

/* Work that turns asked for: leased, done, settled. */

#include "store/store.h"

struct job {
    struct uuid id;
    struct str payload; /* JSON */
    int attempts;       /* this one included */
};

/* Leases up to `most` jobs of a kind for `lease_s`. Valid during the callback. */
void store_claim_jobs(struct store *store, struct str kind, int most, int lease_s,
                      void (*done)(void *arg, enum err err, const struct job *jobs, size_t count), void *arg);

enum job_end { JOB_DONE, JOB_AGAIN, JOB_FAILED };
/* Should this not reach the database, the lease runs out and the job is done once more. */
void store_settle_job(struct store *store, struct uuid id, enum job_end end, int64_t delay_ms,
                      struct str error, void (*done)(void *arg, enum err err), void *arg);

/* Jobs by kind and state: waiting, leased (under way), failed. Valid during the callback. */
struct job_count {
    struct str kind;
    struct str state;
    int64_t count;
};
void store_count_jobs(struct store *store,
                      void (*done)(void *arg, enum err err, const struct job_count *counts, size_t count),
                      void *arg);

/* The daily upkeep, on whichever node comes first. */
void store_maintain(struct store *store, void (*done)(void *arg, enum err err), void *arg);
