#pragma once

/* What the simulator shows of one of its people. */

#include "store/store.h"

/* Who: by their number, E.164, and by the key of their web chat's session. One of them may be empty. */
struct simulated_person {
    struct str number;
    struct str web_key;
};

/* One JSON document (sql/queries/simulated.sql says what stands in it), valid during the callback; empty on
 * an error. */
void store_find_simulated(struct store *store, const struct simulated_person *person, struct arena *arena,
                          void (*done)(void *arg, enum err err, struct str document), void *arg);
/* Their conversations turn by turn (sql/queries/simulated_recording.sql), likewise. */
void store_find_recording(struct store *store, const struct simulated_person *person, struct arena *arena,
                          void (*done)(void *arg, enum err err, struct str document), void *arg);
