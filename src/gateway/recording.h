#pragma once

/* A recording of speech: what kind of file is it? */

#include "base/str.h"

/* Longest recording taken from anywhere: two minutes uncompressed, a quarter of an hour of a voice note. */
#define RECORDING_BYTES ((size_t)4 * 1024 * 1024)

struct recording {
    struct str bytes;
    struct str type;      /* audio/ogg … */
    struct str extension; /* ogg …: some services go by the file's name */
};

/* By its first bytes, whatever anybody says it is. False: no kind of recording that we know. */
bool recording_read(struct str bytes, struct recording *out);
