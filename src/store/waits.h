#pragma once

/* Silent sessions that asked to be looked at again. */

#include "store/store.h"

struct wait {
    struct uuid session;
    int64_t version; /* of its conversation, as it is now */
};

#define WAITS_MAX 200

/* The sessions whose time has come. Each comes again after `lease_s`, unless its turn has settled that. Valid
 * during the callback. */
void store_claim_waits(struct store *store, int lease_s,
                       void (*done)(void *arg, enum err err, const struct wait *waits, size_t count),
                       void *arg);
