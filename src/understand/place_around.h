#pragma once

/* Several places in one answer: inside src/understand only. */

#include "understand/place.h"

/* The place that lies by another one that was named with it ("Fatehpur, Barabanki district"); NULL: none. A
 * guess where its name is misspelt, or a name was said beside it that nobody knows. */
const struct place *around_find(const struct place_query *query, const struct findings *findings,
                                bool *is_guess, struct arena *arena);

/* Where `name` was chosen and none lies by another: "Rampur, district Jaunpur" with no Rampur there is a
 * guess at Jaunpur, and two big towns are asked about. */
void around_doubt(const struct place_query *query, const struct findings *findings, size_t name,
                  struct understood *result, const struct place *places[VALUES_MAX], struct arena *arena);

/* The town that the place is said to be near to; NULL: none that is known. */
const struct place *around_nearby(const struct place_query *query, const struct findings *findings);
/* Is that town near none of the places in `result`? */
bool around_is_far(const struct place *nearby, const struct understood *result,
                   const struct place *const places[VALUES_MAX]);
