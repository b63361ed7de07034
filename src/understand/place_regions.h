#pragma once

/* What the words beside a name say of where it lies: inside src/understand only. */

#include "understand/place.h"

/* Spans are slices of one text: do they share a byte, is the inner one a part of the other? */
bool spans_overlap(struct str a, struct str b);
bool span_contains(struct str outer, struct str inner);

bool span_is_region(const struct findings *findings, size_t span);
/* "Jersey" within "New Jersey" */
bool span_is_part_of_region(const struct place_query *query, const struct findings *findings, size_t span);
/* Does this span name a region beside the name? */
bool span_is_qualifier(const struct place_query *query, const struct findings *findings, size_t name,
                       size_t span);
size_t span_qualifiers(const struct place_query *query, const struct findings *findings, size_t name);
/* Does the place lie within all the regions beside its name? */
bool place_fits(const struct place_query *query, const struct findings *findings, const struct place *place,
                size_t name);
