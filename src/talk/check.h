#pragma once

/* Shared by the parts of script_check: check.c (can each question be reached and answered?), check_phrases.c
 * (is there a phrase for everything?), check_asked.c (what people ask back) and check_sms.c (do the questions
 * fit their SMS?). */

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

/* Is every phrase written in that language, with gaps that are filled and labels that fit? */
void check_phrases(const struct checking *checking, struct str language);

/* Are the questions that people ask back answered? */
void check_asked(const struct checking *checking);

/* The first turn of a session that nobody has. What it says is counted as SMS segments, and taken off. */
struct turn check_turn(const struct checking *checking, const struct flow *flow, struct str language,
                       const struct input *input);
size_t check_count(const struct checking *checking, struct turn *turn, bool *is_gsm7);
