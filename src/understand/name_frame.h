#pragma once

/* The sentences that people put their name in: "my name is …", "… here". */

#include "understand/heard.h"

struct range {
    size_t from, to; /* tokens */
};

/* "Will Do", but not "I will do" nor "WILL DO": a few words, each with one capital. */
bool name_is_written_as_one(const struct heard *heard, struct range range);

/* Takes off the longest frame that fits around the words; false: none does. */
bool name_unframe(const struct heard *heard, struct range *range);

/* Is this only the beginning or the end of such a sentence ("my name is")? */
bool name_is_frame(const struct heard *heard, struct range range);
