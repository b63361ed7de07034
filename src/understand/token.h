#pragma once

/* Text as words, numbers and marks, each knowing where it stood. */

#include "understand/normalise.h"

enum token_kind { TOKEN_WORD, TOKEN_NUMBER, TOKEN_MARK, TOKEN_SYMBOL };

struct token {
    enum token_kind kind;
    bool is_glued;     /* no white space before it */
    uint8_t digits;    /* of a number: how many were written (at most 255) */
    int32_t number;    /* of a number; -1 when it has more than 9 digits */
    struct str text;   /* folded; words without apostrophes and the dots of abbreviations ("a.m." is am) */
    uint32_t from, to; /* bytes of the original */
    uint32_t fold_from, fold_to; /* bytes of the folded text */
};

struct tokens {
    struct folded folded;
    struct token *list;
    size_t count;
};

/* "15aug1990" is three tokens, "O'Brien" one, "l5/O8/199O" the numbers 15, 8, 1990 and two marks. */
struct tokens tokens_of(struct arena *arena, struct str text);
