#pragma once

/* What the characters of Devanagari have in common that are written in several ways. */

#include <stdbool.h>
#include <stdint.h>

#define DEVANAGARI_VIRAMA   0x94D
#define DEVANAGARI_ANUSVARA 0x902

static inline bool is_devanagari(uint32_t point)
{
    return point >= 0x900 && point <= 0x97F;
}
/* The one form of a character: without nukta, its digit in ASCII; 0: it is a nukta, which is dropped. Any
 * other code point is its own. */
uint32_t devanagari_plain(uint32_t point);
bool devanagari_is_nukta(uint32_t point);
/* Is `nasal` + virama before `next` only another way to write anusvara? Both plain. */
bool devanagari_is_anusvara(uint32_t nasal, uint32_t next);
