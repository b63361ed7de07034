#pragma once

/* What a worker does by the clock, for itself and its node: every second it asks whether PostgreSQL is there
 * (gateway->is_ready, is_away, is_other_version) and passes on its counters, every ten minutes it maintains
 * the database. */

#include "gateway/gateway.h"

struct housekeeping;
struct scripts;

/* Begins at once. `is_first`: of the node's workers; it notes for all of them. */
struct housekeeping *housekeeping_new(struct gateway *gateway, struct scripts *scripts, bool is_first);
/* After the store, whose last answers it takes. */
void housekeeping_free(struct housekeeping *housekeeping);
