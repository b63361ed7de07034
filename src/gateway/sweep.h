#pragma once

/* Work that lies in the database and is looked for again and again: claimed with a lease, done, settled. Each
 * kind of work (charts, webhooks, voice notes, wakes) embeds one of these. */

#include "gateway/gateway.h"
#include "store/jobs.h"

struct sweep {
    struct gateway *gateway;
    struct loop_timer *timer;
    size_t under_way; /* claims, pieces of work and settlements that have not ended */
    bool is_claiming;
    bool is_draining;
};

/* `look` claims work, where `sweep_may_claim`. It is called from sweep_start on, and by whoever wants it
 * sooner. */
void sweep_open(struct sweep *sweep, struct gateway *gateway, void (*look)(void *arg), void *arg);
void sweep_start(struct sweep *sweep, uint64_t every_ms);
/* Nothing new is begun; what is under way goes on. */
void sweep_drain(struct sweep *sweep);
void sweep_close(struct sweep *sweep);

/* One claim at a time, and none while the gateway is not ready or is about to stop. */
bool sweep_may_claim(const struct sweep *sweep);
/* Around each claim. */
void sweep_claims(struct sweep *sweep);
void sweep_has_claimed(struct sweep *sweep);

/* The end of one job, which was counted as under way; a later try waits longer each time. */
void sweep_settle_job(struct sweep *sweep, const struct job *job, enum job_end end, struct str error);
