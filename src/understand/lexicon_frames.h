#pragma once

/* Inside src/understand, while a lexicon is loaded. */

#include "understand/lexicon.h"

/* Takes all frames of all files, once their spellings are known; the lexicon keeps them. */
void lexicon_put_frames(struct lexicon *lexicon, struct frame *frames, size_t count, struct arena *arena);
