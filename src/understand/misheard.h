#pragma once

/* Numbers for which a recogniser wrote another word that sounds the same. */

#include "understand/heard.h"

enum misheard_as { MISHEARD_UNIT, MISHEARD_DAY, MISHEARD_HOUR };

/* Puts the number where the words around leave no other meaning: in a transcript, and nowhere else. False:
 * `said` is as it was. */
bool misheard_mend(const struct lexicon *lexicon, struct utterance *said, enum misheard_as as,
                   struct arena *arena);
