/* What do the calls of a session have in common? Their body is read and checked, and a turn's outcome becomes
 * their answer. */

#include "gateway/api_call.h"

#include "base/clock.h"
#include "gateway/respond.h"

void api_call_refuse(struct api_call *call, const char *field, const char *code, const char *detail)
{
    for (size_t i = 0; i < call->invalid_count; i++)
        if (str_eq(call->invalid[i].field, str_from(field)))
            return; /* one fault a field is enough to mend it */
    if (call->invalid_count < API_FIELDS_MAX)
        call->invalid[call->invalid_count++] =
            (struct invalid_field){str_from(field), str_from(code), str_from(detail)};
}

/* A member that must be text where it is given. */
struct str api_call_text(struct api_call *call, const char *name, size_t most)
{
    const struct json *value = json_get(call->body, name);
    struct str text = json_text(value);
    if (!json_is_nothing(value) && json_kind(value) != JSON_TEXT)
        api_call_refuse(call, name, "wrong_type", "This must be text.");
    else if (text.len > most)
        api_call_refuse(call, name, "too_long", "This is too long.");
    return text;
}

bool api_call_parse(struct api_call *call)
{
    struct gateway *gateway = call->gateway;
    if (json_parse(call->arena, call->request->body, &call->body) != ERR_NONE ||
        json_kind(call->body) != JSON_MEMBERS) {
        respond_problem(gateway, call->exchange, call->request, ERR_MALFORMED,
                        STR("The body must be a JSON object."), NULL, 0);
        return false;
    }
    return true;
}

bool api_call_is_sound(struct api_call *call)
{
    if (call->invalid_count == 0)
        return true;
    respond_problem(call->gateway, call->exchange, call->request, ERR_INVALID,
                    STR("One or more values are not acceptable; see errors."), call->invalid,
                    call->invalid_count);
    return false;
}

/* Said text of all that the turn says, one after the other. */
static struct str message_of(const struct outcome *outcome, struct arena *arena)
{
    struct buf text = {.arena = arena};
    for (size_t i = 0; i < outcome->say_count; i++) {
        if (i)
            buf_put(&text, STR("\n\n"));
        buf_put(&text, outcome->says[i].text);
    }
    return buf_str(&text);
}

static struct json *missing_list(const struct flow *flow, const struct session *session, struct arena *arena)
{
    struct str missing[FLOW_STEPS_MAX];
    size_t count = talk_missing(flow, session, missing, FLOW_STEPS_MAX);
    struct json *list = json_new_list(arena);
    for (size_t i = 0; i < count; i++)
        json_add_str(arena, list, missing[i]);
    return list;
}

static void set_next_step(struct json *body, const struct flow *flow, const struct session *session,
                          struct arena *arena)
{
    struct str next = talk_next_step(flow, session);
    if (next.len)
        json_set_str(arena, body, "next_step", next);
    else
        json_set_null(arena, body, "next_step");
}

static void set_choices(struct json *body, const struct outcome *outcome, struct arena *arena)
{
    const struct outbound *last = outcome->say_count ? &outcome->says[outcome->say_count - 1] : NULL;
    if (!last || last->choice_count == 0)
        return;
    struct json *list = json_new_list(arena);
    for (size_t i = 0; i < last->choice_count; i++) {
        struct json *choice = json_new_object(arena);
        json_set_str(arena, choice, "id", last->choices[i].id);
        json_set_str(arena, choice, "title", last->choices[i].title);
        if (last->choices[i].description.len)
            json_set_str(arena, choice, "description", last->choices[i].description);
        json_add(arena, list, choice);
    }
    json_set(arena, body, "choices", list);
}

struct str api_call_started(void *arg, const struct flow *flow, const struct outcome *outcome,
                            struct arena *arena)
{
    const struct api_call *call = arg;
    const struct session *session = &outcome->next;
    struct json *body = json_new_object(arena);
    json_set_str(arena, body, "session_id", uuid_text(arena, session->id));
    json_set_str(arena, body, "session_key", session->key);
    json_set_str(arena, body, "status", session_status_name(session->status));
    set_next_step(body, flow, session, arena);
    json_set_str(arena, body, "message", message_of(outcome, arena));
    set_choices(body, outcome, arena);
    return idempotency_keep(&call->idempotency, body, arena);
}

struct str api_call_collected(void *arg, const struct flow *flow, const struct outcome *outcome,
                              struct arena *arena)
{
    const struct api_call *call = arg;
    const struct session *session = &outcome->next;
    struct json *body = json_new_object(arena);
    struct json *errors = json_new_list(arena);
    json_set_str(arena, body, "session_id", uuid_text(arena, session->id));
    json_set_str(arena, body, "status", session_status_name(session->status));
    json_set_int(arena, body, "current_step", session->current_step);
    set_next_step(body, flow, session, arena);
    json_set_str(arena, body, "message", message_of(outcome, arena));
    set_choices(body, outcome, arena);
    struct json *missing = missing_list(flow, session, arena);
    json_set_bool(arena, body, "is_complete", json_count(missing) == 0);
    json_set(arena, body, "missing_fields", missing);
    for (size_t i = 0; i < outcome->error_count; i++) {
        struct invalid_field field = {outcome->errors[i].field, outcome->errors[i].code,
                                      outcome->errors[i].message};
        struct json *error = invalid_field_json(&field, arena);
        /* The name that clients of the first version read. */
        json_set_str(arena, error, "message", outcome->errors[i].message);
        json_add(arena, errors, error);
    }
    json_set(arena, body, "errors", errors);
    if (call->is_spoken)
        json_set_str(arena, body, "text", call->heard);
    return idempotency_keep(&call->idempotency, body, arena);
}

static void answer_kept(struct api_call *call, struct str kept)
{
    struct str answer;
    if (idempotency_read(&call->idempotency, kept, &answer, call->arena))
        respond_json_text(call->gateway, call->exchange, call->request, 200, answer);
    else
        respond_problem(
            call->gateway, call->exchange, call->request, ERR_INVALID,
            STR("This Idempotency-Key was used for a request with another body. Take a new key for a "
                "new request."),
            NULL, 0);
}

void api_call_answered(void *arg, const struct turn_result *result)
{
    struct api_call *call = arg;
    /* A repetition whose person was erased meanwhile has nothing left to be answered with. */
    bool is_gone = result->err == ERR_NONE && result->is_duplicate && result->answer.len == 0;
    if (result->err == ERR_NONE && !is_gone)
        answer_kept(call, result->answer);
    else if (call->is_start && result->err == ERR_NOT_FOUND)
        respond_problem(call->gateway, call->exchange, call->request, ERR_NOT_FOUND,
                        STR("There is no such flow here."), NULL, 0);
    else if (is_gone || result->err == ERR_NOT_FOUND)
        respond_unknown_session(call->gateway, call->exchange, call->request);
    else
        respond_problem(call->gateway, call->exchange, call->request, result->err, (struct str){0}, NULL, 0);
}

static const struct channel_conf *conf_of(const struct gateway *gateway, enum channel_kind kind)
{
    const struct channel_conf *conf = gateway->config->channels[kind];
    return conf ? conf : gateway->config->channels[CHANNEL_WEB];
}

/* "Today" and how dates are read follow the channel's region, as for who writes by it. */
void api_call_set_day(const struct api_call *call, struct turn_ask *ask)
{
    const struct channel_conf *conf = conf_of(call->gateway, ask->channel);
    int64_t now_ms = clock_now_ms();
    ask->input.today = date_of_ms(now_ms, conf ? conf->utc_offset_s : 0);
    ask->input.region = conf ? conf->region : (struct str){0};
}

void api_call_check_language(struct api_call *call, struct turn_ask *ask)
{
    if (ask->language.len == 0)
        return;
    const struct phrasebook *book = call->gateway->script->phrases;
    struct str known = phrasebook_language(book, ask->language);
    if (known.len == 0) {
        struct str names[16];
        size_t count = phrasebook_languages(book, names, 16);
        struct buf list = {.arena = call->arena};
        buf_put(&list, STR("This language is not spoken here. Known:"));
        for (size_t i = 0; i < count; i++)
            buf_printf(&list, "%s %.*s", i ? "," : "", STR_ARG(names[i]));
        buf_put_char(&list, '\0');
        api_call_refuse(call, "language", "unknown", list.data);
    }
    ask->language = known;
}

struct api_call *api_call_new(struct gateway *gateway, struct http_exchange *exchange,
                              const struct http_request *request, struct arena *arena)
{
    struct api_call *call = arena_new(arena, struct api_call);
    *call = (struct api_call){
        .gateway = gateway,
        .exchange = exchange,
        .request = request,
        .arena = arena,
        .idempotency = idempotency_of(request, arena),
    };
    return call;
}
