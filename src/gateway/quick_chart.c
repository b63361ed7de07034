/* How does a program get a session's chart in one call?
 *
 * (Idempotency-Key: looked_back →) loaded → (all is said, and only the confirmation is missing: confirmed →
 * loaded) → (the chart is being made: waits, looks again) → link_found → opened → answered
 *
 * A finished session gives the same profile each time. */

#include "gateway/quick_chart.h"

#include "base/clock.h"
#include "gateway/chart_link.h"
#include "gateway/chart_page.h"
#include "gateway/idempotency.h"
#include "gateway/qr.h"
#include "gateway/respond.h"
#include "gateway/turn.h"

#define KEY_LEAST 22
#define KEY_MOST  255
#define LOOK_MS   100

struct quick {
    struct quick_call call;
    struct str key;
    struct turn_load load;
    struct loop_timer *again; /* NULL until it has to wait */
    uint64_t began_ns;
    bool has_confirmed;
    struct idempotency idempotency;
    struct str message_id; /* of the turn that confirms */
    bool has_looked_back;  /* whether the Idempotency-Key was used before */
};

/* ---- The answer ---- */

static void set_text(struct quick_call *call, struct json *body, const char *key, struct str text)
{
    if (text.len)
        json_set_str(call->arena, body, key, text);
    else
        json_set_null(call->arena, body, key);
}

static struct str moment(int64_t us, struct arena *arena)
{
    int64_t seconds = us / 1000000;
    struct date date = date_of_ms(seconds * 1000, 0);
    int of_day = (int)(seconds % 86400);
    return arena_printf(arena, "%04d-%02d-%02dT%02d:%02d:%02dZ", date.year, date.month, date.day,
                        of_day / 3600, of_day / 60 % 60, of_day % 60);
}

static void set_links(struct quick_call *call, struct json *body, const struct chart_record *record)
{
    const struct chart_link *link = &record->link;
    struct arena *arena = call->arena;
    bool is_kept = !uuid_is_nil(link->profile);
    struct str own = is_kept ? chart_url(call->gateway->config, link->profile, link->owner_token, "", arena)
                             : (struct str){0};
    struct str shared = is_kept && link->shared_token.len
                            ? chart_url(call->gateway->config, link->profile, link->shared_token, "", arena)
                            : (struct str){0};
    set_text(call, body, "session_id", is_kept ? uuid_text(arena, record->session) : (struct str){0});
    set_text(call, body, "profile_id", is_kept ? uuid_text(arena, link->profile) : (struct str){0});
    set_text(call, body, "chart_url", own);
    set_text(call, body, "shareable_link", shared);
    set_text(call, body, "qr_code", shared.len ? qr_data_uri(shared, arena) : (struct str){0});
}

void quick_chart_respond(struct quick_call *call, const struct telling *telling,
                         const struct chart_record *record)
{
    static const char *const signs[] = {"sun_sign", "moon_sign", "ascendant"};
    struct json *body = json_new_object(call->arena);
    struct json *insights = json_new_list(call->arena);
    struct str told[3];
    set_links(call, body, record);
    set_text(call, body, "summary", tell_chart_lines(telling, record->chart));
    for (enum chart_sign sign = CHART_SUN; sign < CHART_SIGNS; sign++)
        set_text(call, body, signs[sign], tell_chart_sign(telling, record->chart, sign));
    size_t count = tell_chart_insights(telling, record->chart, told, 3);
    for (size_t i = 0; i < count; i++)
        json_add_str(call->arena, insights, told[i]);
    json_set(call->arena, body, "top_insights", insights);
    set_text(call, body, "name", json_text(json_get(record->data, "name")));
    set_text(call, body, "birth_date", json_text(json_get(record->data, "birth_date")));
    set_text(call, body, "generated_at", moment(record->made_at_us, call->arena));
    respond_json(call->gateway, call->exchange, call->request, 200, body);
}

/* ---- Steps ---- */

static void load(struct quick *quick);

static void end(struct quick *quick)
{
    loop_timer_free(quick->again);
    quick->again = NULL;
}

static void fail(struct quick *quick, enum err err, struct str detail)
{
    end(quick);
    respond_problem(quick->call.gateway, quick->call.exchange, quick->call.request, err, detail, NULL, 0);
}

static void opened(void *arg, enum err err, const struct chart_record *record)
{
    struct quick *quick = arg;
    if (err != ERR_NONE) {
        fail(quick, err == ERR_NOT_FOUND ? ERR_CONFLICT : err,
             err == ERR_NOT_FOUND ? STR("This session ended without a chart.") : (struct str){0});
        return;
    }
    const struct phrasebook *phrases = quick->call.gateway->script->phrases;
    struct str language = phrasebook_language(phrases, record->language);
    struct telling telling = {
        .phrases = phrases,
        .language = language.len ? language : quick->call.gateway->config->default_language,
        .flow = record->flow,
        .manner = MANNER_WRITTEN,
        .arena = quick->call.arena,
    };
    end(quick);
    quick_chart_respond(&quick->call, &telling, record);
}

static void link_found(void *arg, enum err err, const struct chart_link *link)
{
    struct quick *quick = arg;
    if (err != ERR_NONE)
        fail(quick, err, (struct str){0});
    else
        store_open_chart(quick->call.gateway->store, link->profile, quick->call.arena, opened, quick);
}

static void look_again(void *arg)
{
    load(arg);
}

static void wait_or_leave(struct quick *quick)
{
    struct gateway *gateway = quick->call.gateway;
    if (clock_monotonic_ns() - quick->began_ns < QUICK_CHART_WAIT_MS * UINT64_C(1000000)) {
        if (!quick->again)
            quick->again = loop_timer_new(gateway->loop, look_again, quick);
        loop_timer_start(quick->again, LOOK_MS, 0);
        return;
    }
    struct arena *arena = quick->call.arena;
    struct json *body = json_new_object(arena);
    json_set_str(arena, body, "session_id", uuid_text(arena, quick->load.session.id));
    json_set_str(arena, body, "status", session_status_name(quick->load.session.status));
    struct http_response response = {.status = 202, .body = json_print(arena, body)};
    http_add_header(arena, &response, "Content-Type", STR("application/json"));
    http_add_header(arena, &response, "Cache-Control", STR("no-store"));
    http_add_header(arena, &response, "Retry-After", STR("2"));
    end(quick);
    respond(gateway, quick->call.exchange, quick->call.request, &response);
}

/* The chart is found anew each time; of the first request only the digest of its body is kept. */
static struct str keep_request(void *arg, const struct flow *flow, const struct outcome *outcome,
                               struct arena *arena)
{
    const struct quick *quick = arg;
    (void)flow;
    (void)outcome;
    return idempotency_keep(&quick->idempotency, json_new_object(arena), arena);
}

/* False, and answered: the key came with another body before. */
static bool is_same_request(struct quick *quick, struct str kept)
{
    struct str answer;
    if (kept.len == 0 || idempotency_read(&quick->idempotency, kept, &answer, quick->call.arena))
        return true;
    fail(quick, ERR_INVALID,
         STR("This Idempotency-Key was used for a request with another body. Take a new key for a new "
             "request."));
    return false;
}

static void confirmed(void *arg, const struct turn_result *result)
{
    struct quick *quick = arg;
    if (result->err != ERR_NONE)
        fail(quick, result->err, (struct str){0});
    else if (!result->is_duplicate || is_same_request(quick, result->answer))
        load(quick);
}

/* Asking for the chart says that everything is right. */
static void confirm(struct quick *quick)
{
    struct arena *arena = quick->call.arena;
    const struct channel_conf *conf = quick->call.gateway->config->channels[CHANNEL_WEB];
    struct json *fields = json_new_object(arena);
    json_set_bool(arena, fields, "confirm", true);
    quick->has_confirmed = true;
    struct turn_ask ask = {
        .channel = CHANNEL_WEB,
        .session_key = quick->key,
        .message_id = quick->message_id,
        .body = quick->call.request->body,
        .input = {.kind = INPUT_FIELDS,
                  .fields = fields,
                  .today = date_of_ms(clock_now_ms(), conf ? conf->utc_offset_s : 0),
                  .region = conf ? conf->region : (struct str){0}},
        .answer = keep_request,
        .done = confirmed,
        .arg = quick,
    };
    turn_start(quick->call.gateway, &ask);
}

static void ask_for_missing(struct quick *quick, const struct str *missing, size_t count)
{
    struct invalid_field fields[FLOW_STEPS_MAX];
    for (size_t i = 0; i < count; i++)
        fields[i] =
            (struct invalid_field){missing[i], STR("missing"),
                                   STR("The session doesn't know this yet; give it with session/collect.")};
    end(quick);
    respond_problem(quick->call.gateway, quick->call.exchange, quick->call.request, ERR_INVALID,
                    STR("For a chart some answers are still missing; see errors."), fields, count);
}

static void go_on(struct quick *quick)
{
    const struct session *session = &quick->load.session;
    struct str flow_name = quick->load.has_conversation ? session->flow : quick->load.flow;
    const struct flow *flow = flow_find(quick->call.gateway->script->flows, flow_name);
    struct str missing[FLOW_STEPS_MAX];
    size_t count = flow ? talk_missing(flow, session, missing, FLOW_STEPS_MAX) : 0;
    if (!flow || !flow->ends_with_chart)
        fail(quick, ERR_CONFLICT, STR("The flow of this session makes no chart."));
    else if (count)
        ask_for_missing(quick, missing, count);
    else if (quick->has_confirmed)
        fail(quick, ERR_CONFLICT, STR("The session has a question open; see GET session."));
    else
        confirm(quick);
}

/* The clocks skipped or repeated the time of birth: waiting won't help, only an answer. */
static bool has_doubt(struct quick *quick)
{
    struct str code = {0};
    switch (talk_clock_doubt(&quick->load.session)) {
    case CLOCK_CLEAR:
        return false;
    case CLOCK_SKIPPED:
        code = STR("time_did_not_exist");
        break;
    case CLOCK_CAME_TWICE:
        code = STR("time_came_twice");
        break;
    }
    end(quick);
    return quick_chart_refuse(&quick->call, code,
                              STR("The session asks which time is meant: answer \"first\" or \"second\" with "
                                  "session/collect as text, then ask again."));
}

static void loaded(void *arg, enum err err)
{
    struct quick *quick = arg;
    if (err != ERR_NONE) {
        fail(quick, err, (struct str){0});
        return;
    }
    if (quick->load.is_duplicate) {
        if (is_same_request(quick, quick->load.answer))
            load(quick);
        return;
    }
    if (!quick->load.has_session || turn_session_is_expired(&quick->load, clock_now_ms())) {
        fail(quick, ERR_NOT_FOUND,
             STR("This session is unknown or has expired. Start a new one with POST "
                 "/api/v2/instant-onboarding/session/start."));
        return;
    }
    switch (quick->load.session.status) {
    case SESSION_STARTED:
    case SESSION_COLLECTING_DATA:
        go_on(quick);
        break;
    case SESSION_GENERATING_CHART:
        if (!has_doubt(quick))
            wait_or_leave(quick);
        break;
    case SESSION_COMPLETED:
        store_find_chart_link(quick->call.gateway->store, quick->load.session.id, quick->call.arena,
                              link_found, quick);
        break;
    case SESSION_FAILED:
        fail(quick, ERR_CONFLICT, STR("The chart of this session could not be made. Start a new session."));
        break;
    }
}

static void load(struct quick *quick)
{
    bool looks_back = quick->idempotency.key.len > 0 && !quick->has_looked_back;
    quick->has_looked_back = true;
    quick->load = (struct turn_load){
        .message_key = looks_back ? turn_key_of_api(quick->message_id, quick->call.arena) : uuid_random(),
        .brand = STR("default"),
        .flow = STR("instant_onboarding"),
        .session_key = quick->key,
        .arena = quick->call.arena,
        .done = loaded,
        .arg = quick,
    };
    store_load_turn(quick->call.gateway->store, &quick->load);
}

HANDLER(api_quick_chart)
{
    struct quick *quick = arena_new(arena, struct quick);
    quick->call = (struct quick_call){gateway, exchange, request, arena, NULL};
    quick->began_ns = clock_monotonic_ns();
    if (json_parse(arena, request->body, &quick->call.body) != ERR_NONE ||
        json_kind(quick->call.body) != JSON_MEMBERS) {
        fail(quick, ERR_MALFORMED, STR("The body must be a JSON object."));
        return;
    }
    const struct json *key = json_get(quick->call.body, "session_key");
    if (json_is_nothing(key)) {
        quick_chart_of_birth(&quick->call);
        return;
    }
    quick->key = json_text(key);
    static const struct invalid_field wrong = {STR_INIT("session_key"), STR_INIT("wrong_type"),
                                               STR_INIT("This must be text.")};
    quick->idempotency = idempotency_of(request, arena);
    quick->message_id = idempotency_message_id(&quick->idempotency, "quick", quick->key, arena);
    if (json_kind(key) != JSON_TEXT)
        respond_problem(gateway, exchange, request, ERR_INVALID,
                        STR("A value is not acceptable; see errors."), &wrong, 1);
    else if (quick->key.len < KEY_LEAST || quick->key.len > KEY_MOST)
        fail(quick, ERR_NOT_FOUND, STR("This session is unknown or has expired."));
    else
        load(quick);
}
