#pragma once

/* Tells the operator's own systems that a conversation has ended: a signed POST of what was collected, tried
 * again until it is taken or given up. */

#include "gateway/gateway.h"

struct webhook_jobs;

struct webhook_jobs *webhook_jobs_new(struct gateway *gateway);
void webhook_jobs_drain(struct webhook_jobs *jobs); /* takes nothing new */
/* Calls until they are settled, and the claim of more. */
size_t webhook_jobs_under_way(const struct webhook_jobs *jobs);
void webhook_jobs_free(struct webhook_jobs *jobs);
