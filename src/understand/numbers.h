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
size_t number_find_at(const struct heard *heard, size_t at, struct number *out);

/* Nearly everywhere there is none: no digits, no number's word, and none that is unknown and may be two. */
static inline bool number_may_begin(const struct heard *heard, size_t at)
{
    if (at >= heard->count)
        return false;
    const struct class_set *classes = &heard->classes[at];
    enum token_kind kind = heard->list[at].kind;
    return kind == TOKEN_NUMBER || (kind == TOKEN_WORD && heard->matches[at][0].len == 0) ||
           class_set_has(classes, WORD_NUMBER) || class_set_has(classes, WORD_TENS) ||
           class_set_has(classes, WORD_ORDINAL) || class_set_has(classes, WORD_REPEAT);
}
static inline size_t number_at(const struct heard *heard, size_t at, struct number *out)
{
    return number_may_begin(heard, at) ? number_find_at(heard, at, out) : 0;
}

/* One spoken digit, 0 to 9? */
bool number_is_spoken_digit(const struct number *number);
