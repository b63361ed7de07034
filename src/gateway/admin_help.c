/* How does an operator help a conversation that is stuck?
 *
 * how does it stand → may this be done? → where did its person write last? → a turn → the answer
 *
 * The turn is one like any other: it takes its place in the person's line, is committed only if the
 * conversation still has the version that the operator saw, and carries the row of the audit log in its
 * effects. Whoever wrote meanwhile has their turn, and the operator is told to look again. */

#include "base/clock.h"
#include "base/digest.h"
#include "base/encoding.h"
#include "channels/channel.h"
#include "gateway/admin_session.h"
#include "gateway/payload.h"
#include "gateway/staff.h"
#include "gateway/turn.h"
#include "store/answers.h"

struct session_deed {
    struct str name;
    enum help help;
    const char *action; /* in the audit log */
};

static const struct session_deed deeds[] = {
    {STR_INIT("resend"), HELP_REPEAT, "resend"},
    {STR_INIT("move"), HELP_MOVE, "move"},
    {STR_INIT("fail"), HELP_FAIL, "fail"},
    {STR_INIT("hand_over"), HELP_HAND_OVER, "hand_over"},
};

static const char moved_on[] =
    "The conversation has moved on since you looked, so nothing was done. Look again, then decide.";

/* ---- The end ---- */

static void helped(void *arg, const struct turn_result *result)
{
    struct admin_session *session = arg;
    struct arena *arena = session->call->arena;
    if (result->err == ERR_CONFLICT || result->is_duplicate) {
        admin_call_refuse(session->call, ERR_CONFLICT, moved_on);
    } else if (result->err == ERR_NOT_FOUND) {
        admin_call_refuse(session->call, ERR_NOT_FOUND,
                          "The session is gone, or was silent for so long that nothing opens it any more.");
    } else if (result->err != ERR_NONE || !result->outcome) {
        admin_call_refuse(session->call, result->err == ERR_NONE ? ERR_INTERNAL : result->err, NULL);
    } else {
        struct json *body = json_new_object(arena);
        json_set_int(arena, body, "said", (int64_t)result->outcome->say_count);
        json_set_str(arena, body, "status", session_status_name(result->outcome->next.status));
        json_set_int(arena, body, "version", result->outcome->next.version);
        admin_call_answer(session->call, body);
    }
}

/* ---- The turn ---- */

static const struct json *audit_of(const struct admin_session *session)
{
    const struct admin_call *call = session->call;
    struct arena *arena = call->arena;
    struct json *audit = json_new_object(arena);
    struct json *detail = json_new_object(arena);
    json_set(arena, detail, "status", json_get(session->found, "status"));
    if (session->deed->help == HELP_MOVE)
        json_set(arena, detail, "step", json_get(call->body, "step"));
    json_set_str(arena, audit, "operator", call->who.name);
    json_set_str(arena, audit, "action", str_from(session->deed->action));
    json_set_str(arena, audit, "why", call->why);
    json_set(arena, audit, "detail", detail);
    return audit;
}

static struct str new_message_id(struct arena *arena)
{
    uint8_t bytes[16];
    random_bytes(bytes, sizeof bytes);
    return arena_printf(arena, "help:%.*s", STR_ARG(base64url_encode(arena, bytes, sizeof bytes)));
}

static bool can_be_said(const struct door *door)
{
    return door->channel != CHANNEL_VOICE && door->account.len && !str_eq(door->account, STR("api"));
}

static void door_found(void *arg, enum err err, const struct door *door)
{
    struct admin_session *session = arg;
    struct admin_call *call = session->call;
    struct arena *arena = call->arena;
    if (err != ERR_NONE) {
        admin_call_refuse(call, err, NULL);
        return;
    }
    struct outbound *last = arena_new(arena, struct outbound);
    bool repeats = session->deed->help == HELP_REPEAT;
    const struct json *payload = json_get(json_get(session->found, "last"), "payload");
    if (repeats && (!can_be_said(door) || !payload_read(arena, json_print(arena, payload), last))) {
        admin_call_refuse(
            call, ERR_INVALID,
            "It was last said into a call or in the answer to a program: there is nowhere to send it "
            "again.");
        return;
    }
    const struct channel_conf *conf =
        channel_find(call->gateway->config->channels[door->channel], door->account);
    struct turn_ask ask = {
        .message_id = new_message_id(arena),
        .session_id = session->uuid,
        .version = session->version,
        .door = door,
        .channel = door->channel,
        .conf = conf,
        .audit = audit_of(session),
        .input = {.kind = INPUT_HELP,
                  .staff = can_be_said(door) ? staff_at(call->gateway->config, clock_now_ms(), arena) : NULL,
                  .help = session->deed->help,
                  .repeated = last,
                  .moves_to = json_text(json_get(call->body, "step")),
                  .is_written = door->channel != CHANNEL_VOICE,
                  .utc_offset_s = conf ? conf->utc_offset_s : 0,
                  .today = date_of_ms(clock_now_ms(), conf ? conf->utc_offset_s : 0)},
        .done = helped,
        .arg = session,
    };
    turn_start(call->gateway, &ask);
}

/* ---- May it be done? ---- */

static bool is_finished(const struct json *standing)
{
    struct str status = json_text(json_get(standing, "status"));
    return str_eq(status, session_status_name(SESSION_COMPLETED)) ||
           str_eq(status, session_status_name(SESSION_FAILED));
}

static bool is_stop(const struct admin_session *session, struct str step)
{
    const struct flow *flow =
        flow_find(session->call->gateway->script->flows, json_text(json_get(session->found, "flow")));
    return flow && (flow_step(flow, step, NULL) || (flow->confirms && str_eq(step, STR("confirm"))));
}

static const char *complaint_of_resend(const struct json *standing)
{
    const struct json *last = json_get(standing, "last");
    struct str state = json_text(json_get(last, "state"));
    if (json_kind(last) != JSON_MEMBERS)
        return "Nothing was said in this session, or not for so long that it is not kept any more.";
    if (str_eq(state, STR("waiting")) || str_eq(state, STR("leased")))
        return "The last reply is still on its way; the outbox says why it waits.";
    return NULL;
}

/* Why not; NULL: it may. */
static const char *complaint(const struct admin_session *session)
{
    const struct json *standing = session->found;
    enum help help = session->deed->help;
    if (help != HELP_REPEAT && is_finished(standing))
        return "This session has ended. Only its last reply can be sent once more.";
    if (!is_finished(standing) && !json_truth(json_get(standing, "is_open")))
        return "Its person has begun another session since; this one is left as it is.";
    if (help != HELP_FAIL && json_truth(json_get(standing, "is_opted_out")))
        return "This person has opted out: nothing may be said to them.";
    if (help == HELP_MOVE && !is_stop(session, json_text(json_get(session->call->body, "step"))))
        return "Say as `step` which question of its flow is to be asked.";
    return help == HELP_REPEAT ? complaint_of_resend(standing) : NULL;
}

static void standing_found(void *arg, enum err err, const struct json *standing)
{
    struct admin_session *session = arg;
    session->found = standing;
    if (err != ERR_NONE || !standing) {
        admin_session_refuse(session, err);
        return;
    }
    int64_t version = -1;
    json_to_int64(json_get(standing, "version"), &version);
    const char *why_not = complaint(session);
    if (version != session->version)
        admin_call_refuse(session->call, ERR_CONFLICT, moved_on);
    else if (why_not)
        admin_call_refuse(session->call, ERR_INVALID, why_not);
    else
        store_find_door(session->call->gateway->store, session->uuid, session->call->arena, door_found,
                        session);
}

void admin_session_help(struct admin_session *session, struct str deed)
{
    for (size_t i = 0; i < sizeof deeds / sizeof *deeds; i++)
        if (str_eq(deeds[i].name, deed))
            session->deed = &deeds[i];
    if (!json_to_int64(json_get(session->call->body, "version"), &session->version) || session->version < 0) {
        admin_call_refuse(
            session->call, ERR_INVALID,
            "Say as `version` which turn of the conversation you saw last (0: there was none).");
        return;
    }
    admin_call_ask(
        session->call,
        &(struct document_query){.name = "desk_standing", .params = {session->id}, .param_count = 1},
        standing_found, session);
}
