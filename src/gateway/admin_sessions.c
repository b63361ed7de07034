/* Which sessions are there, and what is known of one of them? Masked, unless an operator of role privacy has
 * said why it is to be shown. */

#include "base/form.h"
#include "gateway/admin_call.h"
#include "gateway/admin_session.h"
#include "gateway/session_search.h"
#include "gateway/session_view.h"
#include "talk/flow_map.h"

#define PAGE_ROWS 50

/* ---- Looking for sessions ---- */

static void sessions_found(void *arg, enum err err, const struct json *found)
{
    struct admin_call *call = arg;
    struct arena *arena = call->arena;
    if (err != ERR_NONE) {
        admin_call_refuse(call, err, NULL);
        return;
    }
    struct json *body = json_new_object(arena);
    struct json *rows = json_new_list(arena);
    for (size_t i = 0; i < json_count(found); i++)
        json_add(arena, rows, admin_masked(json_at(found, i), "address", "name", arena));
    json_set(arena, body, "sessions", rows);
    json_set_bool(arena, body, "has_more", json_count(found) == PAGE_ROWS);
    admin_call_answer(call, body);
}

static bool fits(struct str text, bool (*is_one)(struct str text))
{
    return text.len == 0 || is_one(text);
}

HANDLER(admin_sessions)
{
    struct form form;
    struct session_search search = {0};
    struct uuid last;
    struct admin_call *call = admin_call_new(gateway, exchange, request, arena, ROLE_VIEWER);
    if (!call)
        return;
    bool is_good = form_parse(arena, request->query, &form);
    struct str typed = is_good ? form_get(&form, "q") : (struct str){0};
    if (is_good && typed.len && !session_search_read(typed, arena, &search)) {
        admin_call_refuse(
            call, ERR_INVALID,
            "Look for a session by its id, its key, a whole number (+919812345670), or a masked one as "
            "it is shown here (+919…70).");
        return;
    }
    struct str last_id = is_good ? form_get(&form, "before_id") : (struct str){0};
    if (!is_good || !fits(form_get(&form, "status"), admin_is_status) ||
        !fits(form_get(&form, "channel"), admin_is_channel) ||
        !fits(form_get(&form, "before"), admin_is_moment) ||
        (last_id.len && !uuid_from_text(last_id, &last))) {
        admin_call_refuse(call, ERR_INVALID, "There is no such status, channel or page.");
        return;
    }
    admin_call_ask(call,
                   &(struct document_query){.name = "desk_sessions",
                                            .params = {search.id, search.key, search.phone, search.mask_start,
                                                       search.mask_end, form_get(&form, "status"),
                                                       form_get(&form, "channel"), form_get(&form, "before"),
                                                       last_id, ROWS_TEXT(PAGE_ROWS)},
                                            .param_count = 10,
                                            .is_slow = true},
                   sessions_found, call);
}

/* ---- One session ---- */

/* Where it can be moved to: each question of its flow, and the confirmation. */
static const struct json *stops_of(const struct admin_session *session, struct str flow_id)
{
    const struct admin_call *call = session->call;
    struct arena *arena = call->arena;
    struct json *stops = json_new_list(arena);
    const struct flow *flow = flow_find(call->gateway->script->flows, flow_id);
    const struct flow_map *map = flow ? flow_map_of(flow, call->gateway->script->phrases, arena) : NULL;
    for (size_t i = 0; map && i < map->place_count; i++) {
        const struct flow_place *place = &map->places[i];
        bool is_confirmation = str_eq(place->id, STR("confirm"));
        if (!place->step && !is_confirmation)
            continue;
        struct json *stop = json_new_object(arena);
        json_set_str(arena, stop, "id", place->step ? place->step->id : STR("confirm"));
        json_set_str(arena, stop, "label", place->label);
        json_add(arena, stops, stop);
    }
    return stops;
}

static void answer_session(const struct admin_session *session, bool reveals)
{
    struct arena *arena = session->call->arena;
    struct json *body = json_new_object(arena);
    json_set(arena, body, "session", session_view(session->found, reveals, arena));
    json_set(arena, body, "stops", stops_of(session, json_text(json_get(session->found, "flow"))));
    json_set_bool(arena, body, "is_revealed", reveals);
    admin_call_answer(session->call, body);
}

static void noted(void *arg, enum err err, const struct json *document)
{
    struct admin_session *session = arg;
    (void)document;
    if (err == ERR_NONE)
        answer_session(session, true);
    else
        admin_call_refuse(session->call, err, NULL);
}

static void session_found(void *arg, enum err err, const struct json *found)
{
    struct admin_session *session = arg;
    session->found = found;
    if (err != ERR_NONE || !found)
        admin_session_refuse(session, err);
    else if (session->reveals)
        admin_call_note(session->call, "reveal", session->id, NULL, noted, session);
    else
        answer_session(session, false);
}

void admin_session_show(struct admin_session *session)
{
    admin_call_ask(
        session->call,
        &(struct document_query){.name = "sessions_show", .params = {session->id}, .param_count = 2},
        session_found, session);
}

/* ---- Erasing ---- */

static void person_counted(void *arg, enum err err, const struct json *found)
{
    static const char *const counts[] = {"session_count", "said_count",     "outbox_count",
                                         "chart_count",   "job_count",      "contact_count",
                                         "address_count", "opted_out_count"};
    struct admin_session *session = arg;
    int64_t sessions = 0;
    json_to_int64(json_get(found, "session_count"), &sessions);
    if (err != ERR_NONE || sessions == 0) {
        admin_session_refuse(session, err);
        return;
    }
    struct json *body = json_new_object(session->call->arena);
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
        json_set(session->call->arena, body, counts[i], json_get(found, counts[i]));
    admin_call_answer(session->call, body);
}

void admin_session_count(struct admin_session *session)
{
    admin_call_ask(
        session->call,
        &(struct document_query){.name = "sessions_person", .params = {session->id}, .param_count = 4},
        person_counted, session);
}

static void erased(void *arg, enum err err, const struct json *is_erased)
{
    struct admin_session *session = arg;
    if (err != ERR_NONE || !json_truth(is_erased)) {
        admin_session_refuse(session, err);
        return;
    }
    struct json *body = json_new_object(session->call->arena);
    json_set_bool(session->call->arena, body, "is_erased", true);
    admin_call_answer(session->call, body);
}

void admin_session_erase(struct admin_session *session)
{
    struct admin_call *call = session->call;
    admin_call_ask(call,
                   &(struct document_query){.name = "desk_erase",
                                            .params = {session->id, call->who.name, call->why},
                                            .param_count = 3},
                   erased, session);
}
