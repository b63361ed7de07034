/* Who waits for a person, and what have they said?
 *
 * Everybody at the dashboard sees that somebody waits, masked. What was said is read by the operator who has
 * taken the ticket, which is written to the audit log: they need it to answer, and until it is closed. */

#include "base/form.h"
#include "gateway/admin_ticket.h"
#include "gateway/session_view.h"

/* ---- The list ---- */

static void listed(void *arg, enum err err, const struct json *found)
{
    struct admin_call *call = arg;
    struct json *rows = json_new_list(call->arena);
    struct json *body = json_new_object(call->arena);
    if (err != ERR_NONE) {
        admin_call_refuse(call, err, NULL);
        return;
    }
    for (size_t i = 0; i < json_count(found); i++)
        json_add(call->arena, rows, admin_masked(json_at(found, i), "address", "name", call->arena));
    json_set(call->arena, body, "tickets", rows);
    json_set_bool(call->arena, body, "is_on", call->gateway->config->tickets.is_on);
    admin_call_answer(call, body);
}

HANDLER(admin_tickets)
{
    struct form form;
    struct admin_call *call = admin_call_new(gateway, exchange, request, arena, ROLE_VIEWER);
    if (!call)
        return;
    bool is_good = form_parse(arena, request->query, &form);
    struct str which = is_good ? form_get(&form, "which") : STR("?");
    if (which.len && !str_eq(which, STR("open")) && !str_eq(which, STR("closed"))) {
        admin_call_refuse(call, ERR_INVALID, "Tickets are open or closed: ?which=closed shows the latter.");
        return;
    }
    admin_call_ask(call,
                   &(struct document_query){.name = "tickets_list", .params = {which}, .param_count = 1},
                   listed, call);
}

/* ---- One ticket ---- */

struct search {
    struct admin_ticket *ticket;
    void (*done)(struct admin_ticket *ticket);
};

static void found(void *arg, enum err err, const struct json *document)
{
    struct search *search = arg;
    search->ticket->found = document;
    if (err == ERR_NONE && document)
        search->done(search->ticket);
    else
        admin_call_refuse(search->ticket->call, err == ERR_NONE ? ERR_NOT_FOUND : err,
                          err == ERR_NONE ? "There is no such ticket, or its person had everything erased."
                                          : NULL);
}

void admin_ticket_find(struct admin_ticket *ticket, void (*done)(struct admin_ticket *ticket))
{
    struct search *search = arena_new(ticket->call->arena, struct search);
    *search = (struct search){ticket, done};
    admin_call_ask(ticket->call,
                   &(struct document_query){.name = "ticket_find", .params = {ticket->id}, .param_count = 1},
                   found, search);
}

bool admin_ticket_is_mine(const struct admin_ticket *ticket)
{
    struct str who = json_text(json_get(ticket->found, "operator"));
    return who.len && str_eq(who, ticket->call->who.name);
}

static void answer_ticket(const struct admin_ticket *ticket, const struct json *session)
{
    static const char *const shown[] = {"id",        "session_id",   "channel",          "opened_at",
                                        "heard_at",  "operator",     "answered_at",      "closed_at",
                                        "closed_by", "window_until", "is_window_closed", "is_opted_out"};
    struct arena *arena = ticket->call->arena;
    struct json *body = json_new_object(arena);
    for (size_t i = 0; i < sizeof shown / sizeof *shown; i++)
        json_set(arena, body, shown[i], json_get(ticket->found, shown[i]));
    json_set_bool(arena, body, "is_mine", admin_ticket_is_mine(ticket));
    if (session)
        json_set(arena, body, "session", session);
    admin_call_answer(ticket->call, body);
}

static void session_found(void *arg, enum err err, const struct json *document)
{
    struct admin_ticket *ticket = arg;
    if (err != ERR_NONE)
        admin_call_refuse(ticket->call, err, NULL);
    else
        answer_ticket(ticket, document ? session_view(document, true, ticket->call->arena) : NULL);
}

/* The ticket, and the transcript as far as the operator may read it. */
static void show(struct admin_ticket *ticket)
{
    bool is_closed = json_text(json_get(ticket->found, "closed_at")).len > 0;
    if (is_closed || !admin_ticket_is_mine(ticket)) {
        answer_ticket(ticket, NULL);
        return;
    }
    struct str session = json_text(json_get(ticket->found, "session_id"));
    admin_call_ask(
        ticket->call,
        &(struct document_query){.name = "sessions_show", .params = {session, STR("")}, .param_count = 2},
        session_found, ticket);
}

static bool is_deed(struct str name, bool is_post)
{
    static const struct str names[] = {STR_INIT("take"), STR_INIT("answer"), STR_INIT("hand_back"),
                                       STR_INIT("close"), STR_INIT("count")};
    if (!is_post)
        return name.len == 0;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (str_eq(name, names[i]))
            return true;
    return false;
}

HANDLER(admin_ticket)
{
    struct str rest = str_slice(request->path, sizeof ADMIN_TICKETS, request->path.len);
    size_t slash = str_find_char(rest, '/');
    struct uuid id;
    bool is_post = str_eq(request->method, STR("POST"));
    struct admin_ticket *ticket = arena_new(arena, struct admin_ticket);
    *ticket = (struct admin_ticket){
        .call = admin_call_new(gateway, exchange, request, arena, is_post ? ROLE_OPERATOR : ROLE_VIEWER),
        .deed = slash == STR_NONE ? (struct str){0} : str_slice(rest, slash + 1, rest.len),
    };
    if (!ticket->call)
        return;
    if (!is_deed(ticket->deed, is_post) || !uuid_from_text(str_slice(rest, 0, slash), &id)) {
        admin_call_refuse(ticket->call, ERR_NOT_FOUND, "There is no such ticket.");
        return;
    }
    ticket->id = uuid_text(arena, id);
    admin_ticket_find(ticket, is_post ? admin_ticket_act : show);
}
