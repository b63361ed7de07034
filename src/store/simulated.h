#pragma once

/* What the simulator shows of one of its people. */

#include "store/store.h"

/* One JSON document (sql/queries/simulated.sql says what stands in it), valid during the callback; empty on
 * an error. */
void store_find_simulated(struct store *store, struct str number, struct arena *arena,
                          void (*done)(void *arg, enum err err, struct str document), void *arg);
/* Their conversations turn by turn (sql/queries/simulated_recording.sql), likewise. */
void store_find_recording(struct store *store, struct str number, struct arena *arena,
                          void (*done)(void *arg, enum err err, struct str document), void *arg);
