#pragma once

/* Inside the dashboard's pages of one session: GET shows it (…/person: how much an erasure would take), POST
 * does something to it, see admin_session.c. */

#include "gateway/admin_call.h"

struct admin_session {
    struct admin_call *call;
    struct str id;
    struct uuid uuid;
    bool reveals;
    const struct json *found; /* of sessions_show, or of desk_standing */
    const struct session_deed *deed;
    int64_t version; /* of the conversation that the operator saw */
};

void admin_session_show(struct admin_session *session);
void admin_session_count(struct admin_session *session);
void admin_session_erase(struct admin_session *session);
/* Resend, move, fail, hand over. */
void admin_session_help(struct admin_session *session, struct str deed);
/* ERR_NONE: there is no such session (any more). */
void admin_session_refuse(struct admin_session *session, enum err err);
