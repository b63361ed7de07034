/* How does the operator learn that a conversation has ended?
 *
 * swept → leased → POST to the flow's webhook, signed
 * X-Frontdesk-Signature: t=…,v1=HMAC-SHA256(secret, t "." body) → 2xx: done; else again, 2 s doubling up to
 * 10 minutes, for about four hours. The receiver knows a repetition by `id`. */

#include "gateway/webhook_jobs.h"

#include "base/clock.h"
#include "gateway/sending.h"
#include "gateway/signature.h"
#include "store/jobs.h"

#include <stdlib.h>

#define SWEEP_MS         1000
#define CALL_DEADLINE_MS 15000
#define LEASE_S          60
#define MOST             16
#define ATTEMPTS_MAX     30

struct webhook_jobs {
    struct gateway *gateway;
    struct loop_timer *sweep;
    size_t under_way;
    bool is_draining;
};

struct errand {
    struct webhook_jobs *jobs;
    struct arena arena;
    struct job job;
    struct http_request request;
};

static void settled(void *arg, enum err err)
{
    struct webhook_jobs *jobs = arg;
    (void)err;
    jobs->under_way--;
}

static void settle(struct errand *errand, enum job_end end, struct str error)
{
    struct gateway *gateway = errand->jobs->gateway;
    uint32_t random;
    random_bytes(&random, sizeof random);
    if (end == JOB_AGAIN && errand->job.attempts >= ATTEMPTS_MAX)
        end = JOB_FAILED;
    if (end == JOB_FAILED)
        log_event(LOG_ERROR, "a webhook of ours is given up",
                  log_str("job", uuid_text(&errand->arena, errand->job.id)), log_str("why", error));
    store_settle_job(gateway->store, errand->job.id, end,
                     end == JOB_AGAIN ? backoff_ms(errand->job.attempts, random) : 0, error, settled,
                     errand->jobs);
    struct arena arena = errand->arena;
    arena_free(&arena);
}

static void called(void *arg, enum err err, const struct http_response *response, struct arena *arena)
{
    struct errand *errand = arg;
    if (err != ERR_NONE)
        settle(errand, JOB_AGAIN, err_title(err));
    else if (response->status >= 200 && response->status < 300)
        settle(errand, JOB_DONE, (struct str){0});
    else
        settle(errand, JOB_AGAIN, arena_printf(arena, "answered %d", response->status));
}

static void call(struct webhook_jobs *jobs, const struct job *job)
{
    struct gateway *gateway = jobs->gateway;
    struct arena arena = {0};
    struct errand *errand = arena_new(&arena, struct errand);
    errand->jobs = jobs;
    jobs->under_way++;
    errand->job = *job;
    errand->arena = arena;
    const struct json *payload = NULL;
    json_parse(&errand->arena, job->payload, &payload);
    const struct flow *flow = flow_find(gateway->script->flows, json_text(json_get(payload, "flow")));
    if (!flow || flow->webhook.len == 0) {
        settle(errand, JOB_FAILED, STR("its flow has no webhook any more"));
        return;
    }
    struct json *body = json_new_object(&errand->arena);
    json_set_str(&errand->arena, body, "id", uuid_text(&errand->arena, job->id));
    json_set_str(&errand->arena, body, "event", STR("session.completed"));
    json_set(&errand->arena, body, "session", payload);
    errand->request = (struct http_request){
        .method = STR("POST"),
        .url = flow->webhook,
        .body = json_print(&errand->arena, body),
    };
    http_add_header(&errand->request, "Content-Type", STR("application/json"));
    if (gateway->config->webhook_secret.len)
        http_add_header(&errand->request, SIGNATURE_HEADER,
                        signature_make(gateway->config->webhook_secret, errand->request.body,
                                       clock_now_ms() / 1000, &errand->arena));
    http_call(gateway->client, &errand->request, CALL_DEADLINE_MS, called, errand);
}

static void claimed(void *arg, enum err err, const struct job *list, size_t count)
{
    struct webhook_jobs *jobs = arg;
    jobs->under_way--;
    for (size_t i = 0; err == ERR_NONE && i < count; i++)
        call(jobs, &list[i]);
}

static void sweep(void *arg)
{
    struct webhook_jobs *jobs = arg;
    if (!jobs->gateway->is_ready || jobs->is_draining)
        return;
    jobs->under_way++;
    store_claim_jobs(jobs->gateway->store, STR("webhook"), MOST, LEASE_S, claimed, jobs);
}

struct webhook_jobs *webhook_jobs_new(struct gateway *gateway)
{
    struct webhook_jobs *jobs = calloc(1, sizeof *jobs);
    if (!jobs)
        abort();
    jobs->gateway = gateway;
    jobs->sweep = loop_timer_new(gateway->loop, sweep, jobs);
    loop_timer_start(jobs->sweep, SWEEP_MS, SWEEP_MS);
    return jobs;
}

void webhook_jobs_drain(struct webhook_jobs *jobs)
{
    jobs->is_draining = true;
    loop_timer_stop(jobs->sweep);
}

size_t webhook_jobs_under_way(const struct webhook_jobs *jobs)
{
    return jobs->under_way;
}

void webhook_jobs_free(struct webhook_jobs *jobs)
{
    loop_timer_free(jobs->sweep);
    free(jobs);
}
