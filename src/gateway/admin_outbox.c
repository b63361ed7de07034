/* What waits to be said and why, what was given up, and shall it be tried again or dropped? */

#include "base/form.h"
#include "gateway/admin_call.h"
#include "gateway/outbox.h"

#define PAGE_ROWS 100
#define NO_CODE   (-1) /* as sql/queries/desk_outbox.sql has it */

/* ---- Looking ---- */

static void pending_found(void *arg, enum err err, const struct json *found)
{
    struct admin_call *call = arg;
    struct arena *arena = call->arena;
    if (err != ERR_NONE) {
        admin_call_refuse(call, err, NULL);
        return;
    }
    struct json *body = json_new_object(arena);
    struct json *messages = json_new_list(arena);
    const struct json *rows = json_get(found, "messages");
    for (size_t i = 0; i < json_count(rows); i++)
        json_add(arena, messages, admin_masked(json_at(rows, i), "to", NULL, arena));
    json_set(arena, body, "groups", json_get(found, "groups"));
    json_set(arena, body, "messages", messages);
    json_set_bool(arena, body, "has_more", json_count(rows) == PAGE_ROWS);
    admin_call_answer(call, body);
}

static bool is_number(struct str text)
{
    int64_t number;
    return text.len == 0 || str_to_int64(text, &number);
}

static bool is_state(struct str text)
{
    return text.len == 0 || str_eq(text, STR("waiting")) || str_eq(text, STR("leased")) ||
           str_eq(text, STR("failed"));
}

HANDLER(admin_outbox)
{
    struct form form;
    struct admin_call *call = admin_call_new(gateway, exchange, request, arena, ROLE_VIEWER);
    if (!call)
        return;
    if (!form_parse(arena, request->query, &form) || !is_state(form_get(&form, "state")) ||
        (form_has(&form, "channel") && !admin_is_channel(form_get(&form, "channel"))) ||
        !is_number(form_get(&form, "code")) || !is_number(form_get(&form, "before"))) {
        admin_call_refuse(call, ERR_INVALID, "There is no such state, channel, error code or page.");
        return;
    }
    admin_call_ask(call,
                   &(struct document_query){.name = "desk_pending",
                                            .params = {form_get(&form, "state"), form_get(&form, "channel"),
                                                       form_get(&form, "code"), form_get(&form, "before"),
                                                       ROWS_TEXT(PAGE_ROWS)},
                                            .param_count = 5,
                                            .is_slow = true},
                   pending_found, call);
}

/* ---- Doing ---- */

struct deed {
    struct admin_call *call;
    struct str expected;
};

static void deed_done(void *arg, enum err err, const struct json *result)
{
    struct deed *deed = arg;
    struct admin_call *call = deed->call;
    int64_t count = 0;
    bool is_done = json_truth(json_get(result, "is_done"));
    json_to_int64(json_get(result, "count"), &count);
    if (err != ERR_NONE) {
        admin_call_refuse(call, err, NULL);
    } else if (deed->expected.len && !is_done) {
        struct str words =
            arena_printf(call->arena,
                         "There are %lld such messages now, not %.*s, so nothing was done. Look again, "
                         "then decide.",
                         (long long)count, STR_ARG(deed->expected));
        admin_call_refuse(call, ERR_CONFLICT, words.data);
    } else {
        if (is_done)
            outbox_wake(call->gateway->outbox);
        admin_call_answer(call, result);
    }
}

/* A whole number of the body as text; empty where it is absent. False: it is none. */
static bool read_number(const struct admin_call *call, const char *member, struct str *out)
{
    int64_t number;
    const struct json *value = json_get(call->body, member);
    *out = (struct str){0};
    if (json_is_nothing(value))
        return true;
    if (!json_to_int64(value, &number))
        return false;
    *out = arena_printf(call->arena, "%lld", (long long)number);
    return true;
}

/* Which ones: by `id`, or by `code` ("none": those without), or by `channel`, or both of these. */
static bool read_choice(const struct admin_call *call, struct str *id, struct str *code, struct str *channel)
{
    *channel = json_text(json_get(call->body, "channel"));
    bool is_good = read_number(call, "id", id) && (channel->len == 0 || admin_is_channel(*channel));
    if (str_eq(json_text(json_get(call->body, "code")), STR("none")))
        *code = arena_printf(call->arena, "%d", NO_CODE);
    else
        is_good = read_number(call, "code", code) && is_good;
    return is_good && (id->len || code->len || channel->len);
}

static void begin_deed(struct gateway *gateway, struct http_exchange *exchange,
                       const struct http_request *request, struct arena *arena, struct str name)
{
    struct str id;
    struct str code;
    struct str channel;
    struct deed *deed = arena_new(arena, struct deed);
    deed->call = admin_call_new(gateway, exchange, request, arena, ROLE_OPERATOR);
    if (!deed->call)
        return;
    if (!read_choice(deed->call, &id, &code, &channel) ||
        !read_number(deed->call, "count", &deed->expected)) {
        admin_call_refuse(
            deed->call, ERR_INVALID,
            "Say which messages: `id`, or `code` (a number, or none) and `channel`; and how many you "
            "have seen as `count`. Without it they are only counted.");
        return;
    }
    if (deed->expected.len && !admin_call_has_why(deed->call))
        return;
    admin_call_ask(deed->call,
                   &(struct document_query){.name = "desk_outbox",
                                            .params = {name, id, code, channel, deed->expected,
                                                       deed->call->who.name, deed->call->why},
                                            .param_count = 7,
                                            .is_slow = true},
                   deed_done, deed);
}

HANDLER(admin_outbox_retry)
{
    begin_deed(gateway, exchange, request, arena, STR("retry"));
}

HANDLER(admin_outbox_drop)
{
    begin_deed(gateway, exchange, request, arena, STR("drop"));
}
