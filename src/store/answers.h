#pragma once

/* What we have said before, and where. */

#include "store/store.h"

/* The payloads (JSON) of the replies to that input, in order, in `arena`. */
void store_find_answer(struct store *store, struct uuid message_key, struct arena *arena,
                       void (*done)(void *arg, enum err err, const struct str *payloads, size_t count),
                       void *arg);
/* Replies to that input which are leased to whoever committed it are anybody's again. */
void store_return_replies(struct store *store, struct uuid message_key, int64_t lane, struct arena *arena,
                          void (*done)(void *arg, enum err err), void *arg);
/* The newest thing said in a session: one payload, or none. */
void store_find_last_said(struct store *store, struct uuid session, struct arena *arena,
                          void (*done)(void *arg, enum err err, const struct str *payloads, size_t count),
                          void *arg);

/* By which number or page a session was last spoken to. */
struct door {
    enum channel_kind channel;
    struct str account;   /* our number; "api": in the response itself. Empty: nothing was said */
    struct str recipient; /* JSON */
    int64_t lane;
    int64_t version; /* of the conversation: with the next turn they may be elsewhere; 0: there is none */
};
/* In `arena`; NULL on an error only. */
void store_find_door(struct store *store, struct uuid session, struct arena *arena,
                     void (*done)(void *arg, enum err err, const struct door *door), void *arg);
