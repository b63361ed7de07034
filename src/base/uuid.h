#pragma once

/* Ids of 128 bits (RFC 9562). The nil id stands for none. */

#include "base/arena.h"

struct uuid {
    uint8_t bytes[16];
};

struct uuid uuid_random(void); /* version 4 */
/* Version 7: begins with the time, so that new rows lie together in an index. */
struct uuid uuid_ordered(int64_t now_ms);
struct str uuid_text(struct arena *arena, struct uuid id); /* 36 characters, lower case */
bool uuid_from_text(struct str text, struct uuid *out);
bool uuid_eq(struct uuid a, struct uuid b);
bool uuid_is_nil(struct uuid id);
