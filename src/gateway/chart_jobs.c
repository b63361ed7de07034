/* How does a chart that a conversation asked for come back into it?
 *
 * swept or woken → leased → asked of a chart process → where did its person write last? → a turn → settled.
 *
 * The turn is known by the job's id, so a job done twice says and stores everything once. A worker that dies
 * leaves its lease, which runs out; a process that dies or hangs costs one of the job's tries. A job of which
 * nothing can come (the birth is not computable), or whose tries are used up, comes back as failed. */

#include "gateway/chart_jobs.h"

#include "base/clock.h"
#include "gateway/chart_program.h"
#include "gateway/sweep.h"
#include "gateway/turn.h"
#include "store/answers.h"

#include <stdlib.h>

#define SWEEP_MS      500
/* Longer than a process may think and a turn may take together. */
#define LEASE_S       30
#define ATTEMPTS_MAX  5
#define PROCESSES_MAX 64
/* Turns of its person that a chart's telling lets pass before it is tried again later. */
#define DOORS_MAX     20

struct chart_jobs {
    struct sweep sweep;
    char path[CHART_PATH_BYTES];
    struct chart_program *programs[PROCESSES_MAX];
    int count;
    bool is_tried;   /* whether the files are there was asked */
    bool is_inexact; /* the last chart was computed without the files */
};

struct errand {
    struct chart_jobs *jobs;
    struct arena arena;
    struct job job;
    struct uuid session;
    const struct json *chart; /* NULL: there will be none, because of … */
    struct str error;
    const struct json *choices; /* with some errors: what may have been meant instead */
    int doors;                  /* looked up for it */
};

/* ---- The end of a job ---- */

static void settle(struct errand *errand, enum job_end end, struct str error)
{
    if (end != JOB_DONE)
        log_event(end == JOB_FAILED ? LOG_ERROR : LOG_WARN,
                  end == JOB_FAILED ? "a chart is given up" : "a chart is tried again",
                  log_str("job", uuid_text(&errand->arena, errand->job.id)), log_str("why", error));
    sweep_settle_job(&errand->jobs->sweep, &errand->job, end, error);
    struct arena arena = errand->arena;
    arena_free(&arena);
}

static void tell(struct errand *errand);

static void told(void *arg, const struct turn_result *result)
{
    struct errand *errand = arg;
    /* The session is gone, or a month old: there is nobody to tell. */
    bool is_hopeless = result->err == ERR_NOT_FOUND || result->err == ERR_INVALID;
    /* Its person was asked something; their answer is another job. */
    bool is_asked = result->outcome && !session_is_finished(result->outcome->next.status);
    /* They said something meanwhile, perhaps elsewhere: a caller has asked for the link by text message. */
    bool has_moved = result->err == ERR_CONFLICT && ++errand->doors < DOORS_MAX;
    if (has_moved)
        tell(errand);
    else if (result->err == ERR_NONE)
        settle(errand, errand->chart || is_asked ? JOB_DONE : JOB_FAILED, errand->error);
    else
        settle(errand, is_hopeless ? JOB_FAILED : JOB_AGAIN, err_title(result->err));
}

static void door_found(void *arg, enum err err, const struct door *door)
{
    struct errand *errand = arg;
    struct gateway *gateway = errand->jobs->sweep.gateway;
    if (err != ERR_NONE) {
        settle(errand, JOB_AGAIN, err_title(err));
        return;
    }
    struct turn_ask ask = {
        .message_id =
            arena_printf(&errand->arena, "chart:%.*s", STR_ARG(uuid_text(&errand->arena, errand->job.id))),
        .session_id = errand->session,
        .version = door->version,
        .door = door,
        .channel = door->channel,
        .conf = channel_find(gateway->config->channels[door->channel], door->account),
        .input = {.kind = INPUT_CHART,
                  .chart = errand->chart,
                  .chart_error = errand->error,
                  .chart_choices = errand->choices,
                  .is_heard = door->channel != CHANNEL_VOICE},
        .done = told,
        .arg = errand,
    };
    turn_start(gateway, &ask);
}

/* The process has said its last word on this job. */
static void tell(struct errand *errand)
{
    store_find_door(errand->jobs->sweep.gateway->store, errand->session, &errand->arena, door_found, errand);
}

static void fail(struct errand *errand, struct str error)
{
    errand->chart = NULL;
    errand->error = arena_copy(&errand->arena, error);
    tell(errand);
}

static void fail_or_retry(struct errand *errand, struct str error)
{
    if (errand->job.attempts >= ATTEMPTS_MAX)
        fail(errand, error);
    else
        settle(errand, JOB_AGAIN, error);
}

/* ---- The process ---- */

/* What will be no different next time. */
static bool is_final(struct str code)
{
    static const struct str codes[] = {
        STR_INIT("invalid"),         STR_INIT("date_out_of_range"),  STR_INIT("unknown_timezone"),
        STR_INIT("time_came_twice"), STR_INIT("time_did_not_exist"),
    };
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
        if (str_eq(code, codes[i]))
            return true;
    return false;
}

/* The library falls back to less exact numbers in silence: it is we who say so, once. */
static void note_source(struct chart_jobs *jobs, const struct json *result)
{
    bool is_inexact = str_eq(json_text(json_get(result, "ephemeris")), STR("moshier"));
    if (is_inexact && !jobs->is_inexact)
        log_event(LOG_WARN, "charts are computed without Swiss Ephemeris' files: install swe-basic-data");
    jobs->is_inexact = is_inexact;
}

static void tried(void *arg, enum err err, struct str answer)
{
    struct chart_jobs *jobs = arg;
    struct arena arena = {0};
    const struct json *result = NULL;
    if (err == ERR_NONE && json_parse(&arena, arena_copy(&arena, answer), &result) == ERR_NONE)
        note_source(jobs, result);
    arena_free(&arena);
}

/* A chart of nobody, before the first of somebody: /readyz knows from the start. */
static void try_out(struct chart_jobs *jobs, struct chart_program *program)
{
    jobs->is_tried = true;
    chart_program_ask(program,
                      STR("{\"id\":\"trial\",\"birth_date\":\"2000-01-01\",\"birth_time\":\"12:00\","
                          "\"latitude\":0,\"longitude\":0,\"timezone\":\"UTC\"}"),
                      tried, jobs);
}

static void computed(void *arg, enum err err, struct str answer)
{
    struct errand *errand = arg;
    const struct json *result = NULL;
    if (err != ERR_NONE) {
        fail_or_retry(errand, err == ERR_TIMEOUT ? STR("timeout") : STR("died"));
        return;
    }
    json_parse(&errand->arena, arena_copy(&errand->arena, answer), &result);
    struct str id = uuid_text(&errand->arena, errand->job.id);
    struct str code = json_text(json_get(json_get(result, "error"), "code"));
    errand->choices = json_get(json_get(result, "error"), "choices");
    if (code.len && is_final(code))
        fail(errand, code);
    else if (code.len || !str_eq(json_text(json_get(result, "id")), id))
        fail_or_retry(errand, code.len ? code : STR("no answer to what was asked"));
    else {
        note_source(errand->jobs, result);
        errand->chart = result;
        tell(errand);
    }
}

static void copy_members(struct json *out, const struct json *from, const char *const *members, size_t count,
                         struct arena *arena)
{
    for (size_t i = 0; i < count; i++)
        if (json_get(from, members[i]))
            json_set(arena, out, members[i], json_get(from, members[i]));
}

struct str chart_job_line(struct str id, const struct json *data, const struct json *settings,
                          struct arena *arena)
{
    static const char *const birth[] = {"birth_date", "birth_time", "latitude", "longitude", "timezone"};
    static const char *const chosen[] = {"utc_offset", "ayanamsa", "houses", "node"};
    struct json *line = json_new_object(arena);
    json_set_str(arena, line, "id", id);
    copy_members(line, data, birth, sizeof birth / sizeof *birth, arena);
    copy_members(line, settings, chosen, sizeof chosen / sizeof *chosen, arena);
    return json_print(arena, line);
}

void chart_settings_put(const struct flow *flow, struct json *settings, struct arena *arena)
{
    if (flow->chart.ayanamsa.len)
        json_set_str(arena, settings, "ayanamsa", flow->chart.ayanamsa);
    if (flow->chart.houses.len)
        json_set_str(arena, settings, "houses", flow->chart.houses);
    if (flow->chart.node.len)
        json_set_str(arena, settings, "node", flow->chart.node);
}

static void compute(struct chart_jobs *jobs, struct chart_program *program, const struct job *job)
{
    struct arena arena = {0};
    struct errand *errand = arena_new(&arena, struct errand);
    errand->jobs = jobs;
    errand->job = *job;
    errand->arena = arena;
    jobs->sweep.under_way++;
    const struct json *payload = NULL;
    json_parse(&errand->arena, arena_copy(&errand->arena, job->payload), &payload);
    struct str line = chart_job_line(uuid_text(&errand->arena, job->id), json_get(payload, "data"), payload,
                                     &errand->arena);
    if (!uuid_from_text(json_text(json_get(payload, "session_id")), &errand->session))
        settle(errand, JOB_FAILED, STR("its payload names no session"));
    else if (line.len > CHART_JOB_BYTES)
        fail(errand, STR("invalid"));
    else if (job->attempts > ATTEMPTS_MAX)
        fail(errand, STR("workers died on it"));
    else
        chart_program_ask(program, line, computed, errand);
}

/* ---- Looking for work ---- */

static struct chart_program *free_program(const struct chart_jobs *jobs)
{
    for (int i = 0; i < jobs->count; i++)
        if (chart_program_is_free(jobs->programs[i]))
            return jobs->programs[i];
    return NULL;
}

static int count_free(const struct chart_jobs *jobs)
{
    int count = 0;
    for (int i = 0; i < jobs->count; i++)
        count += chart_program_is_free(jobs->programs[i]);
    return count;
}

/* For /readyz, whichever worker is asked. */
static void report(const struct chart_jobs *jobs)
{
    bool runs = false;
    for (int i = 0; i < jobs->count; i++)
        runs |= chart_program_runs(jobs->programs[i]);
    jobs->sweep.gateway->metrics->charts = !runs              ? CHARTS_AWAY
                                           : jobs->is_inexact ? CHARTS_MOSHIER
                                                              : CHARTS_WELL;
}

static void claimed(void *arg, enum err err, const struct job *list, size_t count)
{
    struct chart_jobs *jobs = arg;
    sweep_has_claimed(&jobs->sweep);
    for (size_t i = 0; err == ERR_NONE && i < count; i++) {
        struct chart_program *program = free_program(jobs);
        /* It died since we looked: the lease runs out, and the job comes again. */
        if (program)
            compute(jobs, program, &list[i]);
    }
}

/* Only as many as can be worked on at once, so that no lease runs out while its job waits here. */
static void look(void *arg)
{
    struct chart_jobs *jobs = arg;
    if (jobs->count == 0) /* woken by Redis, as all workers are; the others compute */
        return;
    report(jobs);
    if (!jobs->is_tried && free_program(jobs))
        try_out(jobs, free_program(jobs));
    int most = count_free(jobs);
    if (most == 0 || !sweep_may_claim(&jobs->sweep))
        return;
    sweep_claims(&jobs->sweep);
    store_claim_jobs(jobs->sweep.gateway->store, STR("chart"), most, LEASE_S, claimed, jobs);
}

struct chart_jobs *chart_jobs_new(struct gateway *gateway, int processes)
{
    struct chart_jobs *jobs = calloc(1, sizeof *jobs);
    if (!jobs)
        abort();
    sweep_open(&jobs->sweep, gateway, look, jobs);
    gateway->metrics->charts = CHARTS_WELL;
    if (processes == 0)
        return jobs;
    if (!chart_program_find(jobs->path)) {
        log_event(LOG_ERROR, "frontdesk-chart is not beside frontdesk: no chart is computed here",
                  log_cstr("path", jobs->path));
        report(jobs);
        return jobs;
    }
    jobs->count = processes < PROCESSES_MAX ? processes : PROCESSES_MAX;
    for (int i = 0; i < jobs->count; i++)
        jobs->programs[i] = chart_program_new(gateway->loop, jobs->path, look, jobs);
    sweep_start(&jobs->sweep, SWEEP_MS);
    return jobs;
}

void chart_jobs_wake(struct chart_jobs *jobs)
{
    look(jobs);
}

void chart_jobs_drain(struct chart_jobs *jobs)
{
    sweep_drain(&jobs->sweep);
}

size_t chart_jobs_under_way(const struct chart_jobs *jobs)
{
    return jobs->sweep.under_way;
}

void chart_jobs_free(struct chart_jobs *jobs)
{
    for (int i = 0; i < jobs->count; i++)
        chart_program_free(jobs->programs[i]);
    sweep_close(&jobs->sweep);
    free(jobs);
}
