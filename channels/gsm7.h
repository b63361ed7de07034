#pragma once

/* How much room a text takes as SMS: GSM 7-bit when every character is in that alphabet, else UCS-2. */

#include "base/arena.h"

struct sms_size {
    bool is_gsm7;
    size_t units;    /* septets (an extension character takes two), or UTF-16 code units */
    size_t segments; /* parts that the carrier sends and bills; 0 for the empty text */
};

struct sms_size sms_count(struct str text);

/* The text with typographic characters (curly quotes, dashes, ellipsis, odd spaces, invisible marks) replaced
 * by plain ones, if that alone makes the whole text GSM 7-bit; else the text as it is. */
struct str sms_fold(struct arena *arena, struct str text);
