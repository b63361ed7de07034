/* When is work in the database looked for, and when has all of it ended? */

#include "gateway/sweep.h"

#include "base/digest.h"
#include "gateway/sending.h"

void sweep_open(struct sweep *sweep, struct gateway *gateway, void (*look)(void *arg), void *arg)
{
    *sweep = (struct sweep){.gateway = gateway, .timer = loop_timer_new(gateway->loop, look, arg)};
}

void sweep_start(struct sweep *sweep, uint64_t every_ms)
{
    loop_timer_start(sweep->timer, every_ms, every_ms);
}

void sweep_drain(struct sweep *sweep)
{
    sweep->is_draining = true;
    loop_timer_stop(sweep->timer);
}

void sweep_close(struct sweep *sweep)
{
    loop_timer_free(sweep->timer);
}

bool sweep_may_claim(const struct sweep *sweep)
{
    return sweep->gateway->is_ready && !sweep->is_claiming && !sweep->is_draining;
}

void sweep_claims(struct sweep *sweep)
{
    sweep->is_claiming = true;
    sweep->under_way++;
}

void sweep_has_claimed(struct sweep *sweep)
{
    sweep->is_claiming = false;
    sweep->under_way--;
}

/* Should it not have reached the database: the lease runs out, and the job comes again. */
static void settled(void *arg, enum err err)
{
    struct sweep *sweep = arg;
    (void)err;
    sweep->under_way--;
}

void sweep_settle_job(struct sweep *sweep, const struct job *job, enum job_end end, struct str error)
{
    uint32_t random;
    random_bytes(&random, sizeof random);
    int64_t delay_ms = end == JOB_AGAIN ? backoff_ms(job->attempts, random) : 0;
    store_settle_job(sweep->gateway->store, job->id, end, delay_ms, error, settled, sweep);
}
