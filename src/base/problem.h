#pragma once

/* What is wrong with the files an operator wrote: collected, so that all of it can be said at once. */

#include "base/arena.h"

struct problem {
    const struct problem *next; /* in the order found */
    struct str file;
    int line;   /* from 1; 0 when the whole file is meant */
    int column; /* from 1 */
    struct str message;
};

struct problems {
    struct arena *arena; /* holds the problems */
    struct problem *first;
    struct problem *last;
    size_t count;
};

/* What was told already is not told again. */
void problem_add(struct problems *problems, struct str file, int line, int column, const char *format, ...)
    __attribute__((format(printf, 5, 6)));
/* "file:line:column: message\n" for each. */
struct str problems_text(const struct problems *problems, struct arena *arena);
