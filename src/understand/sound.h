#pragma once

/* Are two spellings one word? By ear (Hindi in Latin letters has no fixed spelling) and by slip of a finger.
 */

#include "base/arena.h"

#define SOUND_BYTES 48

/* How a folded word sounds, so that "unnees", "unnis" and "unees" agree, and सहि and सही: long vowels short,
 * doubled and, in Latin letters, aspirated consonants single. Gives the length written into `out`; 0 when the
 * word is neither in Latin letters nor in Devanagari, or too long. */
size_t sound_of(struct str word, char out[static SOUND_BYTES]);

/* Letters to insert, delete, replace or swap with a neighbour to get from one to the other; more than `most`
 * gives most + 1. For ASCII words of at most 24 letters; longer ones are never near. */
int edit_distance(struct str a, struct str b, int most);
