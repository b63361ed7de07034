#pragma once

/* Handles what waits in the spool once PostgreSQL is back, in the order in which it came; one worker of a
 * node at a time. */

#include "gateway/turn.h"

struct spool_drain;

struct spool_drain *spool_drain_new(struct gateway *gateway);
void spool_drain_wake(struct spool_drain *drain); /* something was just put: look soon */
void spool_drain_stop(struct spool_drain *drain); /* takes nothing new; what is under way goes on */
bool spool_drain_is_busy(const struct spool_drain *drain);
/* Of a turn that the drain started: it stays, since PostgreSQL went away again, or something before it in the
 * same webhook has to be tried again. */
bool spool_drain_stops(const struct spool_drain *drain, const struct turn_ask *ask);
void spool_drain_free(struct spool_drain *drain); /* NULL is fine */
