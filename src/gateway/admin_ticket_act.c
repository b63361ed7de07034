/* What does an operator do with a ticket?
 *
 * how does it stand → may this be done? → a turn by the person's door → the answer
 *
 * The turn is one like any other: it takes its place in the person's line, its reply goes through the outbox
 * and the channel, and its commit moves the ticket and writes the audit log. Who called the bot back in the
 * meantime is not answered any more, and the operator is told so. The page names each answer by an id of its
 * own, so that one sent twice is said once. */

#include "base/clock.h"
#include "base/digest.h"
#include "base/encoding.h"
#include "channels/channel.h"
#include "gateway/admin_ticket.h"
#include "gateway/turn.h"
#include "store/answers.h"

#define ANSWER_POINTS 1500
#define ID_BYTES      64
/* Somebody else moves the conversation at the same moment this often before the operator is asked to look. */
#define TRIES_MAX     5

static const char why_usual[] = "The person asked for somebody.";

static const struct act {
    struct str name;
    enum desk_act act;
    const char *action; /* in the audit log */
} acts[] = {
    {STR_INIT("take"), DESK_TAKES, "ticket_take"},
    {STR_INIT("answer"), DESK_ANSWERS, "ticket_answer"},
    {STR_INIT("hand_back"), DESK_HANDS_BACK, "ticket_hand_back"},
    {STR_INIT("close"), DESK_CLOSES, "ticket_close"},
};

static const struct act *act_of(const struct admin_ticket *ticket)
{
    for (size_t i = 0; i < sizeof acts / sizeof *acts; i++)
        if (str_eq(acts[i].name, ticket->deed))
            return &acts[i];
    return NULL;
}

static struct str text_of(const struct admin_ticket *ticket)
{
    return str_trim(json_text(json_get(ticket->call->body, "text")));
}

/* ---- The end ---- */

static void acted(void *arg, const struct turn_result *result)
{
    struct admin_ticket *ticket = arg;
    struct admin_call *call = ticket->call;
    bool is_done = result->is_duplicate || (result->outcome && result->outcome->ticket != TICKET_UNCHANGED);
    if (result->err == ERR_CONFLICT && ++ticket->tries < TRIES_MAX) {
        admin_ticket_find(ticket, admin_ticket_act);
    } else if (result->err == ERR_CONFLICT) {
        admin_call_refuse(call, ERR_CONFLICT, "The conversation moves on just now. Look again, then decide.");
    } else if (result->err == ERR_NOT_FOUND) {
        admin_call_refuse(
            call, ERR_NOT_FOUND,
            "The conversation is gone, or was silent for so long that nothing opens it any more.");
    } else if (result->err != ERR_NONE) {
        admin_call_refuse(call, result->err, NULL);
    } else if (!is_done) {
        admin_call_refuse(call, ERR_CONFLICT,
                          "The person is with the bot again, or wants no more messages: nothing was sent.");
    } else {
        struct json *body = json_new_object(call->arena);
        json_set_bool(call->arena, body, "is_done", true);
        admin_call_answer(call, body);
    }
}

/* ---- The turn ---- */

static const struct json *audit_of(const struct admin_ticket *ticket)
{
    struct admin_call *call = ticket->call;
    struct json *audit = json_new_object(call->arena);
    struct json *detail = json_new_object(call->arena);
    json_set_str(call->arena, detail, "ticket", ticket->id);
    json_set_str(call->arena, audit, "operator", call->who.name);
    json_set_str(call->arena, audit, "action", str_from(act_of(ticket)->action));
    json_set_str(call->arena, audit, "why", call->why.len ? call->why : str_from(why_usual));
    json_set(call->arena, audit, "detail", detail);
    return audit;
}

static const struct door *door_of(const struct admin_ticket *ticket)
{
    struct door *door = arena_new(ticket->call->arena, struct door);
    *door = (struct door){
        .channel = CHANNEL_WEB,
        .account = json_text(json_get(ticket->found, "account")),
        .recipient = json_text(json_get(ticket->found, "recipient")),
    };
    channel_kind_from(json_text(json_get(ticket->found, "channel")), &door->channel);
    str_to_int64(json_text(json_get(ticket->found, "lane")), &door->lane);
    return door;
}

/* Of an answer the page's own id; what is done otherwise changes nothing when done twice. */
static struct str message_id(const struct admin_ticket *ticket)
{
    struct arena *arena = ticket->call->arena;
    struct str given = json_text(json_get(ticket->call->body, "id"));
    uint8_t bytes[16];
    random_bytes(bytes, sizeof bytes);
    if (given.len == 0)
        given = base64url_encode(arena, bytes, sizeof bytes);
    return arena_printf(arena, "desk:%.*s:%.*s", STR_ARG(ticket->id), STR_ARG(given));
}

static void start(struct admin_ticket *ticket)
{
    struct admin_call *call = ticket->call;
    const struct act *act = act_of(ticket);
    const struct door *door = door_of(ticket);
    const struct channel_conf *conf =
        channel_find(call->gateway->config->channels[door->channel], door->account);
    int64_t version = 0;
    struct uuid session;
    uuid_from_text(json_text(json_get(ticket->found, "session_id")), &session);
    json_to_int64(json_get(ticket->found, "version"), &version);
    struct turn_ask ask = {
        .message_id = message_id(ticket),
        .session_id = session,
        /* Of two who take it at once one has to look again. */
        .version = act->act == DESK_TAKES ? version : 0,
        .door = door,
        .channel = door->channel,
        .conf = conf,
        .audit = audit_of(ticket),
        .input = {.kind = INPUT_DESK,
                  .desk_act = act->act,
                  .operator_name = call->who.name,
                  .text = act->act == DESK_ANSWERS ? text_of(ticket) : (struct str){0},
                  .is_written = true,
                  .utc_offset_s = conf ? conf->utc_offset_s : 0,
                  .today = date_of_ms(clock_now_ms(), conf ? conf->utc_offset_s : 0)},
        .done = acted,
        .arg = ticket,
    };
    turn_start(call->gateway, &ask);
}

/* ---- May it be done? ---- */

static const char *complaint_of_answer(const struct admin_ticket *ticket)
{
    struct str text = text_of(ticket);
    if (text.len == 0)
        return "Write something first.";
    if (utf8_length(text) > ANSWER_POINTS)
        return "The answer is too long: at most 1500 characters. Send it in two.";
    if (json_truth(json_get(ticket->found, "is_opted_out")))
        return "The person wants no more messages, so nothing can be sent to them.";
    if (json_truth(json_get(ticket->found, "is_window_closed")))
        return "The person last wrote more than 24 hours ago: WhatsApp takes no free message until they "
               "write "
               "again. What you wrote is not sent.";
    return NULL;
}

static const char *complaint(const struct admin_ticket *ticket, const struct act *act)
{
    struct arena *arena = ticket->call->arena;
    struct str who = json_text(json_get(ticket->found, "operator"));
    bool takes_over = json_truth(json_get(ticket->call->body, "takes_over"));
    if (json_text(json_get(ticket->found, "closed_at")).len)
        return "The ticket is closed: the person is with the bot again.";
    if (act->act == DESK_TAKES)
        return who.len && !takes_over && !admin_ticket_is_mine(ticket)
                   ? arena_printf(arena, "%.*s has taken it.", STR_ARG(who)).data
                   : NULL;
    if (!admin_ticket_is_mine(ticket))
        return who.len ? arena_printf(arena, "%.*s has taken it; take it over first.", STR_ARG(who)).data
                       : "Take the ticket first, so that nobody else answers at the same time.";
    return act->act == DESK_ANSWERS ? complaint_of_answer(ticket) : NULL;
}

/* How much is that by SMS? The channel itself counts. */
static void count_segments(struct admin_ticket *ticket)
{
    struct admin_call *call = ticket->call;
    const struct door *door = door_of(ticket);
    const struct channel_conf *conf =
        channel_find(call->gateway->config->channels[door->channel], door->account);
    struct composed composed = {0};
    struct outbound say = {.text = str_trim(utf8_truncate(text_of(ticket), ANSWER_POINTS)),
                           .to = STR("+10000000000"),
                           .from = door->account,
                           .language = STR("en")};
    struct json *body = json_new_object(call->arena);
    if (conf && conf->kind == CHANNEL_SMS && say.text.len)
        channel_of(conf->kind)->compose(conf, &say, call->arena, &composed);
    json_set_int(call->arena, body, "segments", (int64_t)composed.segments);
    json_set_str(call->arena, body, "encoding", str_from(composed.encoding ? composed.encoding : ""));
    admin_call_answer(call, body);
}

void admin_ticket_act(struct admin_ticket *ticket)
{
    const struct act *act = act_of(ticket);
    if (!act) {
        count_segments(ticket);
        return;
    }
    if (json_text(json_get(ticket->call->body, "id")).len > ID_BYTES) {
        admin_call_refuse(ticket->call, ERR_INVALID, "The answer's id is at most 64 characters.");
        return;
    }
    bool is_bad_text = act->act == DESK_ANSWERS &&
                       (text_of(ticket).len == 0 || utf8_length(text_of(ticket)) > ANSWER_POINTS);
    const char *why_not = complaint(ticket, act);
    if (why_not)
        admin_call_refuse(ticket->call, is_bad_text ? ERR_INVALID : ERR_CONFLICT, why_not);
    else
        start(ticket);
}
