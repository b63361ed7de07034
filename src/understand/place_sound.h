#pragma once

/* How does the name of a place sound? One spelling for what people write by ear, in Latin or Devanagari. */

#include "base/arena.h"

/* The sound of a folded name, its words run together: "karim nagar" and "करीमनगर" are both "karimnagar".
 * Empty for other scripts, digits, and names of fewer than three sounds or more than SOUND_BYTES. */
struct str place_sound(struct str folded, struct arena *arena);

/* The sound itself and every sound that one slip of the finger makes of it (a letter too much, left out,
 * wrong or swapped with the next), with blanks between. */
struct str place_sound_slips(struct str sound, struct arena *arena);

/* How many slips lie between a sound and a name's, or -1: too many for a name of that length. */
int place_sound_slip_count(struct str sound, struct str name);
