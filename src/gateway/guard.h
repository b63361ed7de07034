#pragma once

/* Keeps us from talking with a machine for ever. Pure. The same text four times in ten minutes without the
 * conversation moving on: silence, until another text comes. Forty replies an hour that moved nothing on:
 * silence until an answer is taken, or nothing came for an hour; other words alone don't end it, for an
 * autoresponder may write a date and a time. An honest "1", "1", "1" moves on each time and passes. */

#include "base/arena.h"

struct guard_ruling {
    struct str guard; /* to be stored: JSON, for the next turn */
    bool is_silent;   /* say nothing this time */
};

/* `stored` is the last ruling's, or empty; `moved_on` whether this turn took an answer. */
struct guard_ruling guard_rule(struct str stored, struct str text, bool moved_on, bool replies,
                               int64_t now_ms, struct arena *arena);
