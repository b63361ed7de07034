#pragma once

/* Words as people text and mistype them. Both fill heard->spellings; the letters as typed stay what they are.
 */

#include "understand/heard.h"

#define SLIP_WORD_LETTERS 5 /* shorter words are too like other words */

/* The lexicon's `spellings`, and the word before 's. */
void respell_texted(struct heard *heard);

/* Unknown words that are one slip of the finger away from a word of a date, a time or a command. True when
 * there are any. */
bool respell_slips(struct heard *heard);
