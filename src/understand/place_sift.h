#pragma once

/* Inside src/understand only: which tokens of an answer may belong to the name of a place? */

#include "understand/heard.h"

enum fate {
    KEPT,
    GAP,      /* ends a stretch and is no part of a name */
    DOUBTED,  /* may belong to a landmark */
    LANDMARK, /* its words and those before it */
    NEARBY,   /* says where the place lies, and is not the place */
    DROPPED
};

struct sifting {
    const struct heard *heard;
    enum fate *fates;  /* of each token */
    bool looks_nearby; /* the town behind "near" is what is looked for */
};

/* Gives each token its fate; all are KEPT at first. */
void place_sift(struct sifting *sifting);
/* "Not sure, maybe Patna": drops what stands before the place; false: there is none. */
bool place_drop_unknown(struct sifting *sifting);
/* "Pune, no sorry Satara", "Bombay, I mean Baroda": what stands before words that take it back is not meant.
 */
void place_drop_taken_back(struct sifting *sifting);
/* A mark that joins no words, or the end. */
bool place_is_break(const struct sifting *sifting, size_t at);
