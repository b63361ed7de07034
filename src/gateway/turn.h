#pragma once

/* A turn: one thing said, from the moment it is understood who said it to the moment its consequences are
 * durable.
 *
 *   turn_start → (the person's turn comes) → turn_loaded → step → [places_found → step] → [link_found]
 *     → turn_committed → turn_end
 *
 * Each step starts exactly one operation or ends the chain. A turn that lost against another worker is taken
 * again from the load. */

#include "gateway/gateway.h"

struct turn_result;
struct door;

/* What is asked of a turn. Texts must live until `done`. */
struct turn_ask {
    const struct channel_conf *conf; /* the number or page it came by; NULL: the API */
    enum channel_kind channel;
    struct str message_id;      /* unique in its channel: the dedupe key */
    const struct inbound *said; /* a webhook's message; NULL: `input` says it (the API) */
    struct input input;         /* for the API */
    /* What nobody said but we ourselves have to say (a chart is ready, a person is silent): of which session,
     * and where it is said, since there is nothing that it answers. `conf` then is the door's, NULL where it
     * is none of ours any more. */
    struct uuid session_id;
    int64_t version; /* … and only as long as its conversation has this version; 0: whichever it has */
    const struct door *door;
    /* Of what an operator does: {operator, action, why, detail}, for the audit log, in the same commit. */
    const struct json *audit;
    /* While something that this person said before waits in the spool, this must too: it then ends with
     * ERR_UNAVAILABLE, to be spooled. */
    bool can_wait;
    bool is_by_api; /* no response waits for it: what it is answered leaves by API */
    bool is_replay; /* it comes from the spool; is_by_api too */
    /* The API names its session by key; a start makes one. */
    struct str session_key;
    /* Of the request: what a repetition without a key of its own is known by, should it kill us. */
    struct str body;
    bool is_start;
    struct str language; /* of a start; empty: the default */
    struct str flow;     /* of a start; empty: the conf's */
    struct str phone_note;
    /* The response to be kept for a repetition of this very request: JSON, made before the commit. May be
     * NULL. */
    struct str (*answer)(void *arg, const struct flow *flow, const struct outcome *outcome,
                         struct arena *arena);
    void (*done)(void *arg, const struct turn_result *result);
    void *arg;
};

/* What came of it; valid during `done`. */
struct turn_result {
    enum err err; /* ERR_NONE: durable (or taken before, or rightly ignored) */
    bool is_duplicate;
    struct str answer;       /* of a duplicate: the response kept then; of a new turn: `answer`'s */
    const struct flow *flow; /* NULL where no conversation was moved */
    const struct outcome *outcome;
    /* To be said in the response (delivery IN_REPLY), ids filled in, and settled once it was written. Of a
     * duplicate, what was said then: its worker may have died before it was written or settled. */
    struct outbound *says; /* TURN_OUTS_MAX at most */
    size_t say_count;
    struct arena *arena;
};

void turn_start(struct gateway *gateway, const struct turn_ask *ask);

/* Under which key a turn of the API with this message id is recorded. */
struct uuid turn_key_of_api(struct str message_id, struct arena *arena);

/* The lane of somebody who writes to this number: their turns, and what they have in the spool, share it. */
int64_t turn_lane(const struct channel_conf *conf, const struct inbound *said);

/* A key opens its session for a week after the last activity, a completed one's for a month. */
bool turn_session_is_expired(const struct turn_load *load, int64_t now_ms);
