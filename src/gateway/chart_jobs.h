#pragma once

/* Has birth charts computed: leases the jobs that conversations asked for, gives each to a chart process, and
 * brings what came back into the conversation as a turn. */

#include "gateway/gateway.h"

struct chart_jobs;

/* What a chart process is asked: a birth, as a session collects it, and how it is to be computed: `settings`
 * has what chart_settings_put has put there, and may have `utc_offset`. */
struct str chart_job_line(struct str id, const struct json *data, const struct json *settings,
                          struct arena *arena);
/* The flow's ayanamsa, houses and node, where it names them. */
void chart_settings_put(const struct flow *flow, struct json *settings, struct arena *arena);

/* Starts `processes` chart processes; with none this worker leaves the jobs to others. */
struct chart_jobs *chart_jobs_new(struct gateway *gateway, int processes);
/* A job was just committed: look now instead of at the next sweep. */
void chart_jobs_wake(struct chart_jobs *jobs);
void chart_jobs_drain(struct chart_jobs *jobs); /* takes nothing new */
/* Jobs until they are settled, and the claim of more. */
size_t chart_jobs_under_way(const struct chart_jobs *jobs);
void chart_jobs_free(struct chart_jobs *jobs);
