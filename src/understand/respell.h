#pragma once

/* Words as people text and mistype them: what each is read as too. The letters as typed stay what they are.
 */

#include "understand/heard.h"

#define SLIP_WORD_LETTERS 5 /* shorter words are too like other words */

/* Fills heard->spellings: the lexicon's `spellings`, and the word before 's. */
void respell_texted(struct heard *heard);

/* heard->spellings with those of unknown words that are one slip of the finger away from a word of a date, a
 * time or a command; NULL when there are none. */
struct str *respell_slips(const struct heard *heard);
