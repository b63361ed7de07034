#pragma once

/* Numbers of a web chat's messages: 1, 2, 3 … in each session. Kept with the loop guard, as member `seq`,
 * because a commit that stores it is conditional on the very version it was loaded with. Pure. */

#include "base/arena.h"

/* The last number given; 0: none. `guard` is the conversation's, and may be empty. */
int64_t web_seq_last(struct str guard, struct arena *arena);
/* A JSON object (as text; may be empty) with that number in it, instead of one that it may have had. */
struct str web_seq_put(struct str object, int64_t seq, struct arena *arena);
