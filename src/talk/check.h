#pragma once

/* Shared by the two halves of script_check: check.c (do phrases and flows fit?) and check_sms.c (do the
 * questions fit their SMS?). */

#include "talk/turn.h"

struct checking {
    const struct script *script;
    size_t (*segments)(struct str text, bool *is_gsm7);
    struct arena *arena;
    struct problems *problems;
};

/* Plays the happy path of the flow in that language; adds a line with its SMS segments. */
void check_segments(const struct checking *checking, const struct flow *flow, struct str language,
                    struct buf *report);
