/* How does the operator learn that a conversation has ended?
 *
 * swept → leased → POST to the flow's webhook, signed
 * X-Frontdesk-Signature: t=…,v1=HMAC-SHA256(secret, t "." body) → 2xx: done; else again, 2 s doubling up to
 * 10 minutes, for about four hours; after that only when somebody says so (`frontdesk outbox retry
 * --webhooks`). The receiver knows a repetition by `id`. */

#include "gateway/webhook_jobs.h"

#include "base/clock.h"
#include "gateway/signature.h"
#include "gateway/sweep.h"

#include <stdlib.h>

#define SWEEP_MS         1000
#define CALL_DEADLINE_MS 15000
#define LEASE_S          60
#define MOST             16
#define ATTEMPTS_MAX     30

struct webhook_jobs {
    struct sweep sweep;
};

struct errand {
    struct webhook_jobs *jobs;
    struct arena arena;
    struct job job;
    struct http_request request;
};

static void settle(struct errand *errand, enum job_end end, struct str error)
{
    if (end == JOB_AGAIN && errand->job.attempts >= ATTEMPTS_MAX)
        end = JOB_FAILED;
    if (end == JOB_FAILED) {
        log_event(LOG_ERROR, "a webhook of ours is given up",
                  log_str("job", uuid_text(&errand->arena, errand->job.id)), log_str("why", error));
    } else if (end == JOB_AGAIN) {
        log_event(LOG_WARN, "a webhook of ours is put off",
                  log_str("job", uuid_text(&errand->arena, errand->job.id)),
                  log_int("tries", errand->job.attempts), log_str("why", error));
        metric_add(errand->jobs->sweep.gateway->metrics, METRIC_CALLBACKS_PUT_OFF, 1);
    }
    sweep_settle_job(&errand->jobs->sweep, &errand->job, end, error);
    struct arena arena = errand->arena;
    arena_free(&arena);
}

static void called(void *arg, enum err err, const struct http_response *response, struct arena *arena)
{
    struct errand *errand = arg;
    /* What it answers beside that is nothing to us, and may be too long or break off. */
    if (response && response->status / 100 == 2)
        settle(errand, JOB_DONE, (struct str){0});
    else if (err != ERR_NONE || !response)
        settle(errand, JOB_AGAIN, err_title(err));
    else
        settle(errand, JOB_AGAIN, arena_printf(arena, "answered %d", response->status));
}

static void call(struct webhook_jobs *jobs, const struct job *job)
{
    struct gateway *gateway = jobs->sweep.gateway;
    struct arena arena = {0};
    struct errand *errand = arena_new(&arena, struct errand);
    errand->jobs = jobs;
    jobs->sweep.under_way++;
    errand->job = *job;
    errand->arena = arena;
    const struct json *payload = NULL;
    json_parse(&errand->arena, job->payload, &payload);
    const struct flow *flow = flow_find(gateway->script->flows, json_text(json_get(payload, "flow")));
    /* Another node, or this one with its next settings, may know where to: so it waits, like for one that
     * doesn't answer. */
    if (!flow || flow->webhook.len == 0) {
        settle(errand, JOB_AGAIN, STR("its flow has no webhook here"));
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
    http_add_header(&errand->arena, &errand->request, "Content-Type", STR("application/json"));
    if (gateway->config->webhook_secret.len)
        http_add_header(&errand->arena, &errand->request, SIGNATURE_HEADER,
                        signature_make(gateway->config->webhook_secret, errand->request.body,
                                       clock_now_ms() / 1000, &errand->arena));
    http_call(gateway->client, &errand->request, CALL_DEADLINE_MS, called, errand);
}

static void claimed(void *arg, enum err err, const struct job *list, size_t count)
{
    struct webhook_jobs *jobs = arg;
    sweep_has_claimed(&jobs->sweep);
    for (size_t i = 0; err == ERR_NONE && i < count; i++)
        call(jobs, &list[i]);
}

static void look(void *arg)
{
    struct webhook_jobs *jobs = arg;
    if (!sweep_may_claim(&jobs->sweep))
        return;
    sweep_claims(&jobs->sweep);
    store_claim_jobs(jobs->sweep.gateway->store, STR("webhook"), MOST, LEASE_S, claimed, jobs);
}

struct webhook_jobs *webhook_jobs_new(struct gateway *gateway)
{
    struct webhook_jobs *jobs = calloc(1, sizeof *jobs);
    if (!jobs)
        abort();
    sweep_open(&jobs->sweep, gateway, look, jobs);
    sweep_start(&jobs->sweep, SWEEP_MS);
    return jobs;
}

void webhook_jobs_drain(struct webhook_jobs *jobs)
{
    sweep_drain(&jobs->sweep);
}

size_t webhook_jobs_under_way(const struct webhook_jobs *jobs)
{
    return jobs->sweep.under_way;
}

void webhook_jobs_free(struct webhook_jobs *jobs)
{
    sweep_close(&jobs->sweep);
    free(jobs);
}
