#pragma once

/* What does an answer carry beside what was asked? "Asha, 15 aug 1990 6:30 am pune" is four answers. Here
 * they are only told apart; what each of them means is for its own grammar to say. */

#include "understand/understand.h"

/* The words of each, a part of what was said; empty where there is none, or where it can't be told. */
struct carried {
    struct str date;  /* a whole date, though perhaps no day of the calendar */
    struct str time;  /* one time of day, though perhaps without its half of the day */
    struct str name;  /* where one is expected: what stands in front of the others, or is called a name */
    struct str place; /* what else is left */
};
struct carried understand_carried(const struct lexicon *lexicon, const struct utterance *said,
                                  bool expects_name, struct arena *arena);

/* "no wait, 16th", "sorry 6:30 pm", "नहीं, 16": what stands behind the words that take something back. Empty
 * where nothing is taken back, or nothing put in its place. */
struct str understand_correction(const struct lexicon *lexicon, const struct utterance *said,
                                 struct arena *arena);
