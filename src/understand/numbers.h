#pragma once

/* Numbers as people write and say them. */

#include "understand/heard.h"

struct number {
    int32_t value;
    uint8_t digits; /* written ones; 0 when it was spoken or spelled */
    bool is_ordinal;
    uint8_t copies; /* 2 for "double two" */
};

/* The number that begins at the token: "15", "15th", "twenty-first", "nineteen hundred and ninety", "unnis
 * sau nabbe", "do hazaar paanch". Gives its tokens, 0 when none begins there. "nineteen ninety" is two
 * numbers. */
size_t number_at(const struct heard *heard, size_t at, struct number *out);

/* One spoken digit, 0 to 9? */
bool number_is_spoken_digit(const struct number *number);
