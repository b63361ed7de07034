#pragma once

/* What happened in each of the last minutes, from the counters that all workers share. Pure. */

#include "gateway/metrics.h"

/* Takes down how the counters stand when a minute has begun; often enough called by one worker of the node.
 */
void minutes_note(struct shared *shared, int64_t now_ms);

/* What was counted from `from` minutes ago until `to` minutes ago (0: until now), as far back as is known; in
 * *minutes how long that was. */
void minutes_between(const struct shared *shared, int64_t now_ms, int from, int to,
                     struct metrics_slot *counted, double *minutes);

/* Below how many seconds that share of the durations lay, 0 to 1; 0 where there were none. */
double latency_quantile(const struct metrics_slot *counted, enum latency latency, double share);
uint64_t latency_count(const struct metrics_slot *counted, enum latency latency);
