#pragma once

/* The outbox in the database: leased, settled, and told about by receipts. */

#include "message.h"
#include "store/store.h"

struct outbox_row {
    int64_t id;
    enum channel_kind channel;
    struct str account;
    struct str recipient; /* JSON */
    struct str payload;   /* JSON */
    int attempts;         /* this one included */
    int64_t age_s;        /* since it was written */
};

/* Leases up to `most` messages for OUTBOX_LEASE_SECONDS. The rows are valid during the callback. */
void store_claim_outbox(struct store *store, int most,
                        void (*done)(void *arg, enum err err, const struct outbox_row *rows, size_t count),
                        void *arg);

enum settled {
    SETTLED_SENT,
    SETTLED_LATER,    /* tried in vain, to be tried again */
    SETTLED_RETURNED, /* not tried: waits on, and none of its attempts is used up */
    SETTLED_FAILED,
    SETTLED_NEEDLESS /* not to be said any more */
};

struct settlement {
    int64_t id;
    int attempts; /* as leased: who comes after the lease ran out can only say that it was sent */
    enum settled settled;
    struct str provider_id; /* may be empty */
    int64_t delay_ms;       /* of SETTLED_LATER and SETTLED_RETURNED */
    struct delivery_error error;
};

/* Records what came of sending: gathered, and written as one batch as soon as the connection is free; tried
 * again until it succeeds or the store closes (then the leases run out). The texts are copied. */
void store_settle_outbox(struct store *store, const struct settlement *settlement);

/* `settled` hears of each message whose settlement is durable. */
void store_on_settled(struct store *store, void (*settled)(void *arg, int64_t id), void *arg);

bool store_is_settled(const struct store *store); /* nothing of the above is still to be written */

/* Takes delivery receipts; `done` comes when they are durable. The receipts must live until then. */
void store_take_receipts(struct store *store, enum channel_kind channel, const struct receipt *receipts,
                         size_t count, void (*done)(void *arg, enum err err), void *arg);

/* Messages by state, as of at most a few seconds ago. Valid during the callback. */
struct outbox_count {
    struct str state;
    int64_t count;
};
void store_count_outbox(struct store *store,
                        void (*done)(void *arg, enum err err, const struct outbox_count *counts,
                                     size_t count),
                        void *arg);
