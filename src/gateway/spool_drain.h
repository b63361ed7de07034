#pragma once

/* Handles what waits in the spool once PostgreSQL is back, in the order in which it came; one worker of a
 * node at a time. */

#include "gateway/gateway.h"

struct spool_drain;

struct spool_drain *spool_drain_new(struct gateway *gateway);
void spool_drain_wake(struct spool_drain *drain); /* something was just put: look soon */
void spool_drain_stop(struct spool_drain *drain); /* takes nothing new; what is under way goes on */
bool spool_drain_is_busy(const struct spool_drain *drain);
/* PostgreSQL went away again: what has not begun stays. */
bool spool_drain_is_pausing(const struct spool_drain *drain);
void spool_drain_free(struct spool_drain *drain); /* NULL is fine */
