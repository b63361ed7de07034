/* The REST API of a session: start it, give answers, look at it.
 *
 * Each call is a turn like any other, with the same commit; only its reply is this response. */

#include "base/clock.h"
#include "gateway/coordinates.h"
#include "gateway/idempotency.h"
#include "gateway/limits.h"
#include "gateway/respond.h"
#include "gateway/routes.h"
#include "gateway/turn.h"

#define TEXT_BYTES  4096
#define KEY_LEAST   22
#define KEY_MOST    255
#define FIELDS_MAX  8
#define PHONE_BYTES 64

struct call {
    struct gateway *gateway;
    struct http_exchange *exchange;
    const struct http_request *request;
    struct arena *arena;
    const struct json *body;
    struct invalid_field invalid[FIELDS_MAX];
    size_t invalid_count;
    struct idempotency idempotency;
    bool is_start;
};

static void refuse_field(struct call *call, const char *field, const char *code, const char *detail)
{
    if (call->invalid_count < FIELDS_MAX)
        call->invalid[call->invalid_count++] =
            (struct invalid_field){str_from(field), str_from(code), str_from(detail)};
}

/* A member that must be text where it is given. */
static struct str text_member(struct call *call, const char *name, size_t most)
{
    const struct json *value = json_get(call->body, name);
    struct str text = json_text(value);
    if (json_kind(value) != JSON_ABSENT && json_kind(value) != JSON_NULL_VALUE &&
        json_kind(value) != JSON_TEXT)
        refuse_field(call, name, "wrong_type", "This must be text.");
    else if (text.len > most)
        refuse_field(call, name, "too_long", "This is too long.");
    return text;
}

static bool begin_call(struct call *call)
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

static bool end_checks(struct call *call)
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

static struct str start_answer(void *arg, const struct flow *flow, const struct outcome *outcome,
                               struct arena *arena)
{
    const struct call *call = arg;
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

static struct str collect_answer(void *arg, const struct flow *flow, const struct outcome *outcome,
                                 struct arena *arena)
{
    const struct call *call = arg;
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
    return idempotency_keep(&call->idempotency, body, arena);
}

static void answer_kept(struct call *call, struct str kept)
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

static void answered(void *arg, const struct turn_result *result)
{
    struct call *call = arg;
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
static void set_place_and_time(const struct call *call, struct turn_ask *ask)
{
    const struct channel_conf *conf = conf_of(call->gateway, ask->channel);
    int64_t now_ms = clock_now_ms();
    ask->input.today = date_of_ms(now_ms, conf ? conf->utc_offset_s : 0);
    ask->input.region = conf ? conf->region : (struct str){0};
}

static void check_language(struct call *call, struct turn_ask *ask)
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
        refuse_field(call, "language", "unknown", list.data);
    }
    ask->language = known;
}

static struct call *new_call(struct gateway *gateway, struct http_exchange *exchange,
                             const struct http_request *request, struct arena *arena)
{
    struct call *call = arena_new(arena, struct call);
    *call = (struct call){
        .gateway = gateway,
        .exchange = exchange,
        .request = request,
        .arena = arena,
        .idempotency = idempotency_of(request, arena),
    };
    return call;
}

HANDLER(api_start)
{
    struct call *call = new_call(gateway, exchange, request, arena);
    call->is_start = true;
    if (!begin_call(call))
        return;
    struct turn_ask ask = {
        .channel = CHANNEL_WEB,
        .is_start = true,
        .language = text_member(call, "language", 35),
        .flow = text_member(call, "flow", 64),
        .phone_note = text_member(call, "phone_number", PHONE_BYTES),
        .body = request->body,
        .input = {.kind = INPUT_BEGIN},
        .answer = start_answer,
        .done = answered,
        .arg = call,
    };
    struct str channel = text_member(call, "channel", 16);
    if (channel.len && !channel_kind_from(channel, &ask.channel))
        refuse_field(call, "channel", "unknown", "This is one of whatsapp, web, voice, sms.");
    if (ask.flow.len && !flow_find(gateway->script->flows, ask.flow))
        refuse_field(call, "flow", "unknown", "There is no such flow here.");
    check_language(call, &ask);
    if (!end_checks(call))
        return;
    int wait_s = limit_take(gateway->limits, LIMIT_START, request->client, clock_monotonic_ns());
    if (wait_s) {
        respond_too_many(gateway, exchange, request, wait_s);
        return;
    }
    set_place_and_time(call, &ask);
    ask.message_id = idempotency_message_id(&call->idempotency, "start", request->client, arena);
    turn_start(gateway, &ask);
}

HANDLER(api_collect)
{
    struct call *call = new_call(gateway, exchange, request, arena);
    if (!begin_call(call))
        return;
    struct turn_ask ask = {
        .channel = CHANNEL_WEB,
        .session_key = text_member(call, "session_key", KEY_MOST),
        .body = request->body,
        .input = {.kind = INPUT_WORDS, .text = text_member(call, "text", TEXT_BYTES)},
        .answer = collect_answer,
        .done = answered,
        .arg = call,
    };
    const struct json *data = json_get(call->body, "data");
    if (call->invalid_count == 0 && json_kind(json_get(call->body, "session_key")) == JSON_ABSENT)
        refuse_field(call, "session_key", "missing", "This is needed: the key that the start gave.");
    if (json_kind(data) == JSON_MEMBERS) {
        ask.input.kind = INPUT_FIELDS;
        ask.input.fields = data;
        call->invalid_count += coordinates_check(data, &call->invalid[call->invalid_count]);
    } else if (json_kind(data) != JSON_ABSENT) {
        refuse_field(call, "data", "wrong_type", "This must be an object of answers by field.");
    } else if (json_kind(json_get(call->body, "text")) == JSON_ABSENT) {
        refuse_field(call, "data", "missing", "Give data (answers by field) or text (what the person said).");
    }
    if (!end_checks(call))
        return;
    /* A key that no session can have is answered like one that none has. */
    if (ask.session_key.len < KEY_LEAST) {
        struct turn_result unknown = {.err = ERR_NOT_FOUND};
        answered(call, &unknown);
        return;
    }
    set_place_and_time(call, &ask);
    ask.message_id = idempotency_message_id(&call->idempotency, "collect", ask.session_key, arena);
    turn_start(gateway, &ask);
}

HANDLER(api_info)
{
    struct json *body = json_new_object(arena);
    struct json *channels = json_new_list(arena);
    struct json *languages = json_new_list(arena);
    struct json *flows = json_new_list(arena);
    struct str names[16];
    size_t count = phrasebook_languages(gateway->script->phrases, names, 16);
    for (size_t i = 0; i < count; i++)
        json_add_str(arena, languages, names[i]);
    for (int kind = 0; kind < CHANNEL_KINDS; kind++)
        if (gateway->config->channels[kind])
            json_add_str(arena, channels, channel_kind_name((enum channel_kind)kind));
    for (const struct flow *flow = gateway->script->flows; flow; flow = flow->next)
        json_add_str(arena, flows, flow->id);
    json_set_str(arena, body, "feature", STR("instant_onboarding"));
    json_set_str(arena, body, "description",
                 STR("Name, date, time and place of birth, asked on any channel, and a birth chart in under "
                     "90 seconds."));
    json_set_bool(arena, body, "enabled", true);
    json_set(arena, body, "channels", channels);
    json_set(arena, body, "languages", languages);
    json_set(arena, body, "flows", flows);
    respond_json(gateway, exchange, request, 200, body);
}
