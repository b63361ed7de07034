#pragma once

/* The one form in which words are compared, whatever keyboard, script variant or recogniser they came from.
 */

#include "base/arena.h"

/* NFKC, case folded, Latin accents removed, every digit script as ASCII digits, Devanagari nukta and nasal
 * variants unified, zero-width and control characters dropped, dashes unified to -, single quotes to ',
 * double quotes to ", emoji kept as separate words, white space as single blanks, trimmed. Total: any bytes
 * in, valid UTF-8 out, at most 12 times as long (ordinary text no longer than it was). Idempotent. */
struct str text_fold(struct arena *arena, struct str text);

/* The same, remembering where each byte came from. */
struct folded {
    struct str text;
    const uint32_t *origins; /* for byte i of `text`, the offset in the original; one more entry: its end */
};
struct folded text_fold_mapped(struct arena *arena, struct str text);

/* What the tokeniser needs to know of a code point, so that ICU stays in one file. */
bool point_is_letter(uint32_t point); /* letters and the marks that belong to them */
bool point_is_symbol(uint32_t point); /* emoji and other pictures */
