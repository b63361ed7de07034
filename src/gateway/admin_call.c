/* What have all requests of the dashboard in common? */

#include "gateway/admin_call.h"

#include "base/clock.h"
#include "gateway/session_mask.h"

#include <string.h>

#define WHY_MOST 500 /* characters, as frontdesk.audit has it */

void admin_call_refuse(struct admin_call *call, enum err err, const char *detail)
{
    respond_problem(call->gateway, call->exchange, call->request, err, str_from(detail), NULL, 0);
}

void admin_call_answer(struct admin_call *call, const struct json *body)
{
    respond_json(call->gateway, call->exchange, call->request, 200, body);
}

static bool read_body(struct admin_call *call)
{
    if (json_parse(call->arena, call->request->body, &call->body) != ERR_NONE ||
        json_kind(call->body) != JSON_MEMBERS) {
        admin_call_refuse(call, ERR_MALFORMED, "The body must be a JSON object.");
        return false;
    }
    call->why = str_trim(json_text(json_get(call->body, "why")));
    if (utf8_length(call->why) > WHY_MOST) {
        admin_call_refuse(call, ERR_INVALID, "The reason is too long: at most 500 characters are kept.");
        return false;
    }
    return true;
}

struct admin_call *admin_call_new(struct gateway *gateway, struct http_exchange *exchange,
                                  const struct http_request *request, struct arena *arena,
                                  enum operator_role minimum)
{
    struct admin_call *call = arena_new(arena, struct admin_call);
    *call = (struct admin_call){.gateway = gateway, .exchange = exchange, .request = request, .arena = arena};
    if (!operator_admit(gateway, exchange, request, minimum, &call->who))
        return NULL;
    /* The list of operators may be read anew before the answer comes. */
    call->who.name = arena_copy(arena, call->who.name);
    bool is_post = str_eq(request->method, STR("POST"));
    return is_post && !read_body(call) ? NULL : call;
}

bool admin_call_has_why(struct admin_call *call)
{
    if (call->why.len == 0)
        admin_call_refuse(call, ERR_INVALID, "Say why: the reason is written to the audit log.");
    return call->why.len > 0;
}

bool admin_is_status(struct str text)
{
    for (int status = SESSION_STARTED; status <= SESSION_FAILED; status++)
        if (str_eq(text, session_status_name((enum session_status)status)))
            return true;
    return false;
}

bool admin_is_channel(struct str text)
{
    enum channel_kind kind;
    return channel_kind_from(text, &kind);
}

bool admin_is_moment(struct str text)
{
    static const char shape[] = "0000-00-00T00:00:00.000000Z";
    struct date date;
    if (text.len != sizeof shape - 1 || !date_from_iso(str_slice(text, 0, 10), &date))
        return false;
    for (size_t i = 0; i < text.len; i++)
        if (shape[i] == '0' ? text.data[i] < '0' || text.data[i] > '9' : text.data[i] != shape[i])
            return false;
    return memcmp(text.data + 11, "24", 2) < 0 && text.data[14] < '6' && text.data[17] < '6';
}

struct asked {
    struct admin_call *call;
    void (*done)(void *arg, enum err err, const struct json *document);
    void *arg;
};

static void answered(void *arg, enum err err, struct str text)
{
    struct asked *asked = arg;
    struct arena *arena = asked->call->arena;
    const struct json *document = NULL;
    if (text.len && json_parse(arena, arena_copy(arena, text), &document) != ERR_NONE)
        err = ERR_INTERNAL;
    asked->done(asked->arg, err, document);
}

void admin_call_ask(struct admin_call *call, const struct document_query *query,
                    void (*done)(void *arg, enum err err, const struct json *document), void *arg)
{
    struct asked *asked = arena_new(call->arena, struct asked);
    *asked = (struct asked){call, done, arg};
    store_find_document(call->gateway->store, query, call->arena, answered, asked);
}

void admin_call_note(struct admin_call *call, const char *action, struct str session,
                     const struct json *detail,
                     void (*done)(void *arg, enum err err, const struct json *document), void *arg)
{
    struct str more = detail ? json_print(call->arena, detail) : STR("{}");
    admin_call_ask(
        call,
        &(struct document_query){.name = "desk_note",
                                 .params = {call->who.name, str_from(action), session, call->why, more},
                                 .param_count = 5},
        done, arg);
}

/* WhatsApp's ids are numbers without their plus: shown as everywhere, so that they can be looked for. */
static struct str with_plus(struct str address, struct arena *arena)
{
    for (size_t i = 0; i < address.len; i++)
        if (address.data[i] < '0' || address.data[i] > '9')
            return address;
    return address.len ? arena_printf(arena, "+%.*s", STR_ARG(address)) : address;
}

struct json *admin_masked(const struct json *object, const char *address, const char *name,
                          struct arena *arena)
{
    struct json *copy = json_new_object(arena);
    void *at = NULL;
    struct str key;
    const struct json *value;
    while (json_each(object, &at, &key, &value)) {
        const char *member = arena_cstring(arena, key);
        if (address && str_eq(key, str_from(address)))
            json_set_str(arena, copy, member, mask_address(with_plus(json_text(value), arena), arena));
        else if (name && str_eq(key, str_from(name)))
            json_set_str(arena, copy, member, mask_name(json_text(value), arena));
        else
            json_set(arena, copy, member, value);
    }
    return copy;
}
