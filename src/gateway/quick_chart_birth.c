/* How is a chart made of birth data that nobody is to keep?
 *
 * limited → understood as an answer in a conversation would be (→ places_found → understood) → computed →
 * answered
 *
 * Nothing is stored, published or logged: the session in which the answers are understood is in memory only.
 */

#include "base/clock.h"
#include "gateway/chart_desk.h"
#include "gateway/chart_jobs.h"
#include "gateway/coordinates.h"
#include "gateway/input.h"
#include "gateway/limits.h"
#include "gateway/quick_chart.h"
#include "gateway/respond.h"
#include "store/places.h"

#define ERRORS_MAX (COORDINATES + FIELD_ERRORS_MAX + FLOW_STEPS_MAX)

struct birth {
    struct quick_call call;
    const struct flow *flow;
    struct telling telling;
    struct session session;
    struct input input;
    const struct json *data;
};

static void fail(struct birth *birth, enum err err, struct str detail)
{
    respond_problem(birth->call.gateway, birth->call.exchange, birth->call.request, err, detail, NULL, 0);
}

/* ---- The chart ---- */

bool quick_chart_refuse(struct quick_call *call, struct str code, struct str detail)
{
    static const struct {
        struct str code;
        struct invalid_field field;
    } faults[] = {
        {STR_INIT("date_out_of_range"),
         {STR_INIT("birth_date"), STR_INIT("too_old"),
          STR_INIT("Charts are made for births from 1900 until now.")}},
        {STR_INIT("time_did_not_exist"),
         {STR_INIT("birth_time"), STR_INIT("impossible"),
          STR_INIT("The clocks were put forward there on that day, and that time was skipped.")}},
        {STR_INIT("time_came_twice"),
         {STR_INIT("birth_time"), STR_INIT("ambiguous"),
          STR_INIT("The clocks were put back there on that day, and that time came twice.")}},
        {STR_INIT("unknown_timezone"),
         {STR_INIT("timezone"), STR_INIT("unknown"), STR_INIT("This is no IANA time zone.")}},
    };
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
        if (!str_eq(code, faults[i].code))
            continue;
        respond_problem(call->gateway, call->exchange, call->request, ERR_INVALID, detail, &faults[i].field,
                        1);
        return true;
    }
    return false;
}

static void computed(void *arg, enum err err, struct str answer)
{
    struct birth *birth = arg;
    struct arena *arena = birth->call.arena;
    const struct json *chart = NULL;
    if (err != ERR_NONE) {
        fail(birth, ERR_UNAVAILABLE, STR("The chart could not be made in time."));
        return;
    }
    json_parse(arena, arena_copy(arena, answer), &chart);
    struct str code = json_text(json_get(json_get(chart, "error"), "code"));
    if (!chart || code.len) {
        if (!quick_chart_refuse(&birth->call, code, STR("For this birth there is no chart; see errors.")))
            fail(birth, ERR_UNAVAILABLE, STR("The chart could not be made just now."));
        return;
    }
    struct chart_record record = {
        .language = birth->telling.language,
        .data = birth->data,
        .chart = chart,
        .made_at_us = clock_now_ms() * 1000,
    };
    quick_chart_respond(&birth->call, &birth->telling, &record);
}

/* ---- The answers ---- */

struct faults {
    struct invalid_field list[ERRORS_MAX];
    size_t count;
};

static void add_fault(struct faults *faults, struct str field, struct str code, struct str detail)
{
    for (size_t i = 0; i < faults->count; i++)
        if (str_eq(faults->list[i].field, field))
            return;
    faults->list[faults->count++] = (struct invalid_field){field, code, detail};
}

/* Where only coordinates were given and these are wrong, nothing is said of the name that they would have
 * had. */
static void list_faults(struct birth *birth, const struct outcome *outcome, struct faults *faults)
{
    struct str missing[FLOW_STEPS_MAX];
    faults->count = coordinates_check(birth->input.fields, faults->list);
    bool has_name = faults->count == 0 || !json_is_nothing(json_get(birth->call.body, "birth_place"));
    struct str unnamed = has_name ? (struct str){0} : STR("birth_place");
    for (size_t i = 0; i < outcome->error_count; i++)
        if (!str_eq(outcome->errors[i].field, unnamed))
            add_fault(faults, outcome->errors[i].field, outcome->errors[i].code, outcome->errors[i].message);
    size_t count = talk_missing(birth->flow, &outcome->next, missing, FLOW_STEPS_MAX);
    for (size_t i = 0; i < count; i++)
        if (!str_eq(missing[i], unnamed))
            add_fault(faults, missing[i], STR("missing"),
                      STR("This is needed; a time that nobody knows is null."));
}

static void places_found(void *arg, enum err err, const struct findings *findings);

static void understand(struct birth *birth)
{
    struct gateway *gateway = birth->call.gateway;
    struct arena *arena = birth->call.arena;
    struct faults faults;
    struct outcome *outcome = arena_new(arena, struct outcome);
    talk_step(gateway->script, birth->flow, &birth->session, &birth->input, arena, outcome);
    if (outcome->wants_places && !birth->input.findings) {
        store_find_places(gateway->store, outcome->places, arena, places_found, birth);
        return;
    }
    list_faults(birth, outcome, &faults);
    if (faults.count) {
        respond_problem(gateway, birth->call.exchange, birth->call.request, ERR_INVALID,
                        STR("One or more values are missing or not acceptable; see errors."), faults.list,
                        faults.count);
        return;
    }
    struct json *settings = json_new_object(arena);
    birth->data = outcome->next.data;
    chart_settings_put(birth->flow, settings, arena);
    chart_desk_ask(gateway->chart_desk, chart_job_line(STR("quick"), birth->data, settings, arena), computed,
                   birth);
}

static void places_found(void *arg, enum err err, const struct findings *findings)
{
    struct birth *birth = arg;
    birth->input.findings = findings;
    if (err != ERR_NONE)
        fail(birth, err, (struct str){0});
    else
        understand(birth);
}

/* ---- The request ---- */

static bool is_birth_data(const struct flow *flow, struct str key)
{
    return flow_step(flow, key, NULL) || str_eq(key, STR("latitude")) || str_eq(key, STR("longitude")) ||
           str_eq(key, STR("timezone"));
}

/* Where only coordinates are given they are the name of the place too. */
static void name_place(struct json *fields, struct arena *arena)
{
    double latitude;
    double longitude;
    if (json_is_nothing(json_get(fields, "birth_place")) &&
        json_kind(json_get(fields, "timezone")) == JSON_TEXT &&
        json_to_double(json_get(fields, "latitude"), &latitude) &&
        json_to_double(json_get(fields, "longitude"), &longitude))
        json_set_str(arena, fields, "birth_place", arena_printf(arena, "%.2f, %.2f", latitude, longitude));
}

static struct json *fields_of(const struct json *body, const struct flow *flow, struct arena *arena)
{
    struct json *fields = json_new_object(arena);
    void *at = NULL;
    struct str key;
    const struct json *value;
    while (json_each(body, &at, &key, &value))
        if (is_birth_data(flow, key))
            json_set(arena, fields, arena_cstring(arena, key), value);
    name_place(fields, arena);
    return fields;
}

static bool choose_language(struct birth *birth)
{
    static const struct invalid_field unknown = {STR_INIT("language"), STR_INIT("unknown"),
                                                 STR_INIT("This language is not spoken here.")};
    struct gateway *gateway = birth->call.gateway;
    const struct json *wanted = json_get(birth->call.body, "language");
    bool is_wanted = !json_is_nothing(wanted);
    birth->telling.language = is_wanted ? phrasebook_language(gateway->script->phrases, json_text(wanted))
                                        : gateway->config->default_language;
    if (birth->telling.language.len)
        return true;
    respond_problem(gateway, birth->call.exchange, birth->call.request, ERR_INVALID,
                    STR("A value is not acceptable; see errors."), &unknown, 1);
    return false;
}

void quick_chart_of_birth(struct quick_call *call)
{
    struct gateway *gateway = call->gateway;
    struct arena *arena = call->arena;
    const struct channel_conf *conf = gateway->config->channels[CHANNEL_WEB];
    struct birth *birth = arena_new(arena, struct birth);
    int wait_s = limit_take(gateway->limits, LIMIT_QUICK_CHART, call->request->client, clock_monotonic_ns());
    birth->call = *call;
    birth->flow = flow_find(gateway->script->flows, STR("instant_onboarding"));
    if (wait_s) {
        respond_too_many(gateway, call->exchange, call->request, wait_s);
        return;
    }
    if (!birth->flow) {
        fail(birth, ERR_NOT_FOUND, STR("There is no flow here that makes charts."));
        return;
    }
    if (!choose_language(birth))
        return;
    birth->telling = (struct telling){.phrases = gateway->script->phrases,
                                      .lexicon = gateway->script->lexicon,
                                      .language = birth->telling.language,
                                      .flow = birth->flow->id,
                                      .manner = MANNER_WRITTEN,
                                      .arena = arena};
    birth->session = talk_new_session(birth->flow, CHANNEL_WEB, birth->telling.language, uuid_random(),
                                      STR("quick-chart"), arena);
    birth->input = (struct input){
        .kind = INPUT_FIELDS,
        .fields = fields_of(call->body, birth->flow, arena),
        .now_ms = clock_now_ms(),
        .today = date_of_ms(clock_now_ms(), conf ? conf->utc_offset_s : 0),
        .region = conf ? conf->region : (struct str){0},
    };
    input_set_region(&birth->input, conf, (struct str){0}, arena);
    understand(birth);
}
