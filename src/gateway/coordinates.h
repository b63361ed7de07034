#pragma once

/* Where a place is, as a program gives it: latitude, longitude and time zone of the API's `data`. No person
 * says these, so nothing is guessed or asked again: what can't be right is refused before the turn. */

#include "gateway/respond.h"

#define COORDINATES 3

/* What is wrong with them; how many. What is absent is not wrong, but latitude and longitude go together. */
size_t coordinates_check(const struct json *data, struct invalid_field out[COORDINATES]);
