/* What is asked of one session, and may this operator ask it? */

#include "gateway/admin_session.h"

static const struct deed {
    struct str name; /* what stands behind the session's id */
    bool is_post;
    enum operator_role minimum;
} deeds[] = {
    {STR_INIT(""), false, ROLE_VIEWER},        {STR_INIT("person"), false, ROLE_PRIVACY},
    {STR_INIT("reveal"), true, ROLE_PRIVACY},  {STR_INIT("erase"), true, ROLE_PRIVACY},
    {STR_INIT("resend"), true, ROLE_OPERATOR}, {STR_INIT("move"), true, ROLE_OPERATOR},
    {STR_INIT("fail"), true, ROLE_OPERATOR},   {STR_INIT("hand_over"), true, ROLE_OPERATOR},
};

void admin_session_refuse(struct admin_session *session, enum err err)
{
    admin_call_refuse(session->call, err == ERR_NONE ? ERR_NOT_FOUND : err,
                      err == ERR_NONE ? "There is no such session, or not any more." : NULL);
}

static const struct deed *find_deed(struct str name, bool is_post)
{
    for (size_t i = 0; i < sizeof deeds / sizeof *deeds; i++)
        if (deeds[i].is_post == is_post && str_eq(deeds[i].name, name))
            return &deeds[i];
    return NULL;
}

static void do_deed(struct admin_session *session, struct str name)
{
    if (name.len == 0)
        admin_session_show(session);
    else if (str_eq(name, STR("person")))
        admin_session_count(session);
    else if (!admin_call_has_why(session->call))
        return;
    else if (str_eq(name, STR("reveal"))) {
        session->reveals = true;
        admin_session_show(session);
    } else if (str_eq(name, STR("erase")))
        admin_session_erase(session);
    else
        admin_session_help(session, name);
}

HANDLER(admin_session)
{
    struct str rest = str_slice(request->path, sizeof ADMIN_SESSIONS, request->path.len);
    size_t slash = str_find_char(rest, '/');
    struct str id = str_slice(rest, 0, slash);
    struct str name = slash < rest.len ? str_slice(rest, slash + 1, rest.len) : (struct str){0};
    const struct deed *deed = find_deed(name, str_eq(request->method, STR("POST")));
    struct admin_session *session = arena_new(arena, struct admin_session);
    session->call = admin_call_new(gateway, exchange, request, arena, deed ? deed->minimum : ROLE_VIEWER);
    if (!session->call)
        return;
    if (!deed || !uuid_from_text(id, &session->uuid)) {
        admin_session_refuse(session, ERR_NONE);
        return;
    }
    session->id = uuid_text(arena, session->uuid);
    do_deed(session, name);
}
