#pragma once

/* What all workers of a node know of the simulator: how its providers answer just now, and the last messages
 * that they took. It lies in the workers' shared memory and nowhere else: of somebody who had their data
 * erased, the farewell is in no table any more once it was sent, yet their phone shall show it. */

#include "base/arena.h"
#include "message.h"

#include <stdatomic.h>

enum simulator_trouble {
    SIMULATOR_WELL,
    SIMULATOR_TOO_MANY, /* 429, with the provider's own code */
    SIMULATOR_BROKEN,   /* 500 */
    SIMULATOR_SILENT    /* no answer, until the caller's patience ends */
};

#define SIMULATOR_TAKEN_MAX  64
#define SIMULATOR_BODY_BYTES 6144
#define SIMULATOR_NAME_BYTES 64
#define SIMULATOR_CALLS_MAX  99

struct simulator_taken {
    _Atomic uint32_t version; /* odd while it is written */
    enum channel_kind channel;
    int64_t at_ms;
    char to[SIMULATOR_NAME_BYTES];
    char id[SIMULATOR_NAME_BYTES];
    size_t len;
    char body[SIMULATOR_BODY_BYTES];
};

struct simulator_desk {
    _Atomic uint32_t trouble; /* which of enum simulator_trouble, times 256, and for how many calls */
    _Atomic bool
        is_death_due; /* the worker that brings the next message dies before it tells of the answer */
    _Atomic uint32_t taken_count;
    struct simulator_taken taken[SIMULATOR_TAKEN_MAX]; /* the last ones, in a ring */
};

/* "none", "429", "500", "timeout". */
struct str simulator_trouble_name(enum simulator_trouble trouble);
bool simulator_trouble_from(struct str name, enum simulator_trouble *out);

void simulator_set_trouble(struct simulator_desk *desk, enum simulator_trouble trouble, int calls);
/* How it is; `*calls`: for how many more. */
enum simulator_trouble simulator_trouble_now(const struct simulator_desk *desk, int *calls);
/* A message arrives at a provider: how it answers this one. */
enum simulator_trouble simulator_take_trouble(struct simulator_desk *desk);

/* Remembers what a provider took: `body` as it was sent. What is longer than there is room for is not kept:
 * half of it could not be read. */
void simulator_keep(struct simulator_desk *desk, enum channel_kind channel, struct str to, struct str id,
                    struct str body, int64_t at_ms);

/* A message that was taken; texts in `arena`. */
struct simulator_message {
    enum channel_kind channel;
    int64_t at_ms;
    struct str id, body;
};

/* The messages to that number (its digits), oldest first; gives how many. */
size_t simulator_kept(const struct simulator_desk *desk, struct str to, struct arena *arena,
                      struct simulator_message out[static SIMULATOR_TAKEN_MAX]);
