#pragma once

/* Lines from a pipe, one at a time, never more than a fixed length of them in memory. */

#include "base/arena.h"

/* A job takes some 300 bytes. */
#define LINE_BYTES 8192

enum line_kind {
    LINE_WHOLE,
    LINE_TOO_LONG, /* it was skipped to its end */
    LINE_END,      /* nothing more will come */
    LINE_FAILED    /* the descriptor can't be read; errno says why */
};

/* A zeroed struct with a descriptor is a reader at the beginning. */
struct line_reader {
    int descriptor;
    size_t begins;
    size_t ends; /* unread bytes are data[begins, ends) */
    char data[LINE_BYTES];
};

/* `*out` is without its line feed and valid until the next call. A last line without line feed counts as one.
 */
enum line_kind line_read(struct line_reader *reader, struct str *out);

/* Writes everything and a line feed; false when the other side is gone. */
bool line_write(struct arena *arena, int descriptor, struct str line);
