#pragma once

/* Inside turn.c and turn_record.c: one turn under way. */

#include "gateway/turn.h"
#include "store/charts.h"

struct turn {
    struct gateway *gateway;
    struct arena arena;
    struct turn_ask ask;
    const struct script *script; /* as it was when the turn began */
    const struct flow *flow;
    struct place_in_line place;
    struct turn_load load;
    struct turn_commit commit;
    struct input input;
    struct session now; /* as loaded, or new */
    bool is_new_session;
    struct outcome outcome;
    bool has_outcome;
    const struct chart_link *link; /* of its chart; NULL where the turn shows and keeps none */
    struct uuid suspect;           /* the input's name in shared memory while pure code works on it */
    bool is_poison;                /* workers died on it: recorded as such, and nothing more */
    struct str answer;
    int conflicts;
    uint64_t began_ns;
};

/* Fills turn->commit from the outcome: the record of this turn. */
void turn_record(struct turn *turn);
