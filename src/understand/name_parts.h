#pragma once

/* A name that is told by its parts. */

#include "understand/name_frame.h"

#define NAME_PARTS_MAX 3 /* first, middle, last */

/* "First name Rahul, last name Sharma": the parts in the order in which a name has them; 0 where fewer than
 * two are told so. */
size_t name_parts_of(const struct heard *heard, struct range out[static NAME_PARTS_MAX]);
