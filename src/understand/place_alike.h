#pragma once

/* Names that are misspelt: inside src/understand only; what is public of it stands in place.h. */

#include "understand/place.h"

/* Puts places that sound like what was said into `result`, where those found by their letters are none or no
 * match for them. */
void alike_decide(const struct place_query *query, const struct findings *findings, struct understood *result,
                  const struct place *places[VALUES_MAX], struct arena *arena);
