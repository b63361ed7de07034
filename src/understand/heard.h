#pragma once

/* An utterance as the grammars see it: tokens, and for each the phrases of the lexicon that begin there. */

#include "understand/lexicon.h"
#include "understand/token.h"

#define MATCHES_MAX 6

struct match {
    const struct sense *senses;
    uint32_t len; /* tokens */
    bool is_by_ear;
};

/* A token looked up by itself. */
struct found_word {
    const struct word *written; /* NULL: not known */
    const struct word *sounded; /* by ear, where nothing is meant by it as it is written */
};

struct heard {
    const struct lexicon *lexicon;
    const struct utterance *said;
    struct str source; /* as it was said */
    struct str text;   /* the part of it that is looked at */
    struct tokens tokens;
    const struct token *list;             /* tokens.list */
    size_t count;                         /* tokens.count */
    struct match (*matches)[MATCHES_MAX]; /* of each token, longest first; unused ones have len 0 */
    struct class_set *classes;            /* of each token: those of all its matches */
    struct class_set all_classes;         /* of all tokens */
    struct found_word *words;             /* of each token */
    struct str *spellings; /* of each token what it is read as too (respell.h), or empty; NULL: none */
    struct str hint;       /* said->language */
    uint8_t language;      /* the same; 255 when the lexicon has no such file */
    struct arena *arena;
};

struct heard hear(const struct lexicon *lexicon, const struct utterance *said, struct arena *arena);

/* The same for an answer about dates, times or commands: slips of the finger are seen through. A name or a
 * place may be any word, so their letters count as they stand. */
struct heard hear_closely(const struct lexicon *lexicon, const struct utterance *said, struct arena *arena);

/* The token's text, respelt where that is known. */
struct str heard_word(const struct heard *heard, size_t at);

/* The longest phrase of the class that begins at token `at`: its tokens, 0 when there is none. Nearly always
 * there is none. */
size_t heard_find_phrase(const struct heard *heard, size_t at, enum word_class class,
                         const struct sense **sense);
static inline size_t heard_phrase(const struct heard *heard, size_t at, enum word_class class,
                                  const struct sense **sense)
{
    bool may_be = at < heard->count && class_set_has(&heard->classes[at], class);
    return may_be ? heard_find_phrase(heard, at, class, sense) : 0;
}
static inline size_t heard_is(const struct heard *heard, size_t at, enum word_class class)
{
    const struct sense *sense;
    return heard_phrase(heard, at, class, &sense);
}

/* The tokens of the longest phrase of any class there; 0 for an unknown word. */
size_t heard_longest(const struct heard *heard, size_t at);
/* The same of these classes only. */
size_t heard_longest_of(const struct heard *heard, size_t at, const enum word_class *classes, size_t count);
bool heard_is_known(const struct heard *heard, size_t at);
/* Any phrase of the class anywhere. */
bool heard_has(const struct heard *heard, enum word_class class);
/* Is the token this mark? */
bool heard_is_mark(const struct heard *heard, size_t at, char mark);
bool heard_is_number(const struct heard *heard, size_t at);
/* Is every token a mark, or within a phrase of one of the classes? */
bool heard_is_only(const struct heard *heard, const enum word_class *classes, size_t count);
/* "I don't know", in any words. */
bool heard_is_unknown(const struct heard *heard);

/* Results. */
struct understood understood_nothing(enum reason reason);
struct understood understood_one(struct str value);
