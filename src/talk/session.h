#pragma once

/* One conversation's state, as the store loads and commits it. */

#include "base/json.h"
#include "base/uuid.h"
#include "message.h"

/* In the order of the database's enum session_status. Only talk.c changes a status. */
enum session_status {
    SESSION_STARTED,
    SESSION_COLLECTING_DATA,
    SESSION_GENERATING_CHART,
    SESSION_COMPLETED,
    SESSION_FAILED
};

static inline struct str session_status_name(enum session_status status)
{
    static const struct str names[] = {STR_INIT("started"), STR_INIT("collecting_data"),
                                       STR_INIT("generating_chart"), STR_INIT("completed"),
                                       STR_INIT("failed")};
    return names[status];
}

static inline bool session_is_finished(enum session_status status)
{
    return status == SESSION_COMPLETED || status == SESSION_FAILED;
}

struct session {
    /* The public row, instant_onboarding_sessions. */
    struct uuid id;
    struct str key;
    enum channel_kind channel;
    enum session_status status;
    struct str language;
    const struct json *data; /* collected_data: an object, keys of the contract's collect */
    int current_step;        /* index of the open step; the flow's step_count at the confirmation and after */
    const struct json *steps_completed; /* a list of step ids, in the order they were answered */
    /* frontdesk.conversations. */
    struct str flow;
    struct str flow_version;
    int64_t version; /* grows by one with each turn */
    /* Talk's own: open question's number and kind, misses, candidates …; NULL at first. */
    const struct json *memory;
};
