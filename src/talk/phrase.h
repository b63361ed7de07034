#pragma once

/* All words that Frontdesk says, by language: config/lang, section `phrases`.
 * A phrase is looked up by a dotted name; a flow's own (`instant_onboarding.name.ask`) before the common one
 * (`name.ask`); `.month_first` is the variant of a date's words for who writes the month first (say.c);
 * `.voice` at its end is the spoken variant where there is one. {name} in a phrase is filled
 * in. */

#include "base/problem.h"
#include "understand/understand.h"

struct phrasebook;

/* Reads `phrases` (and `name`: the language's own name) of every .yaml file in the folder. NULL when problems
 * were added. */
const struct phrasebook *phrasebook_load(const char *folder, struct arena *arena, struct problems *problems);

/* The languages that have phrases, as their files are named. */
size_t phrasebook_languages(const struct phrasebook *book, struct str *out, size_t most);
/* "hi-IN" → hi, "HI" → hi; empty when there is none. */
struct str phrasebook_language(const struct phrasebook *book, struct str wanted);
/* The same language in Latin letters, where it has phrases: "hi" → hi-Latn; else empty. */
struct str phrasebook_in_latin(const struct phrasebook *book, struct str language);
/* The same language as it is spoken: "hi-Latn" → hi. */
struct str phrasebook_spoken(const struct phrasebook *book, struct str language);
/* What the language calls itself: "English", "हिन्दी"; its code when the file does not say. */
struct str phrasebook_language_name(const struct phrasebook *book, struct str language);

struct filling {
    const char *name;
    struct str value;
};

enum manner { MANNER_WRITTEN, MANNER_SPOKEN };

/* The phrase with its gaps filled, in that language, else in English. `flow` may be empty. Never empty: a
 * phrase that nobody wrote is a mistake that `frontdesk check` finds before the start. Fillings end with a
 * NULL name; a gap without filling is left empty. */
struct str phrase(const struct phrasebook *book, struct str language, struct str flow, const char *name,
                  enum manner manner, const struct filling *fillings, struct arena *arena);
/* The same in exactly that language; empty where nobody wrote it. */
struct str phrase_if_any(const struct phrasebook *book, struct str language, struct str flow,
                         const char *name, enum manner manner, const struct filling *fillings,
                         struct arena *arena);
/* In exactly that language, the flow's own or the common one. */
bool phrase_exists(const struct phrasebook *book, struct str language, struct str flow, const char *name);

/* One phrase as it was written, for checks that point at it. */
struct phrase_entry {
    struct str name; /* dotted, with the flow's name in front where it is a flow's own */
    struct str text;
    const struct phrase_piece *pieces; /* the text, cut at its gaps */
    size_t piece_count;
    struct str file;
    int line;
    int column;
};
struct phrase_piece {
    struct str words;
    struct str gap; /* the name of what is filled in behind them; empty: nothing is */
};
/* All of a language, by name; NULL when there is no such language. */
const struct phrase_entry *phrasebook_entries(const struct phrasebook *book, struct str language,
                                              size_t *count);
/* The one that `phrase` would use, in exactly that language; NULL when nobody wrote it. */
const struct phrase_entry *phrase_find(const struct phrasebook *book, struct str language, struct str flow,
                                       const char *name);
