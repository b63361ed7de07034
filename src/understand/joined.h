#pragma once

/* Words of a clock time that were written without the blank between them. */

#include "understand/heard.h"

/* Parts them in the text, where every piece is such a word. False: `said` is as it was. */
bool joined_part(const struct heard *heard, struct utterance *said, struct arena *arena);
