/* What do statistics, the funnel and the audit log say? */

#include "store/documents.h"

#include "base/clock.h"
#include "base/form.h"
#include "gateway/operator.h"
#include "gateway/respond.h"
#include "gateway/routes.h"

/* Nobody looks longer at a page that shows nothing. */
#define PATIENCE_MS      30000
#define FUNNEL_DAYS      28
#define FUNNEL_DAYS_MOST 400

struct ask {
    struct gateway *gateway;
    struct http_exchange *exchange;
    const struct http_request *request;
};

static void found(void *arg, enum err err, struct str document)
{
    struct ask *ask = arg;
    if (err == ERR_NONE && document.len)
        respond_json_text(ask->gateway, ask->exchange, ask->request, 200, document);
    else
        respond_problem(ask->gateway, ask->exchange, ask->request, err == ERR_NONE ? ERR_NOT_FOUND : err,
                        (struct str){0}, NULL, 0);
}

/* 200 with what that query finds, 404 where that is nothing, or why it could not be asked. */
static void respond_document(struct gateway *gateway, struct http_exchange *exchange,
                             const struct http_request *request, const struct document_query *query)
{
    struct arena *arena = http_exchange_arena(exchange);
    struct ask *ask = arena_new(arena, struct ask);
    *ask = (struct ask){gateway, exchange, request};
    store_find_document(gateway->store, query, arena, found, ask);
}

HANDLER(admin_stats)
{
    struct operator_identity who;
    (void)arena;
    if (operator_admit(gateway, exchange, request, ROLE_VIEWER, &who))
        respond_document(
            gateway, exchange, request,
            &(struct document_query){.name = "stats", .is_slow = true, .patience_ms = PATIENCE_MS});
}

/* ---- The funnel ---- */

static struct str day_text(int64_t days, struct arena *arena)
{
    struct date day = date_from_days(days);
    return arena_printf(arena, "%04d-%02d-%02d", day.year, day.month, day.day);
}

/* Empty where the question makes no sense. */
static struct str period(const struct form *query, struct str days[static 2], struct arena *arena)
{
    int64_t today = clock_now_ms() / DAY_MS;
    int64_t numbers[2] = {today - FUNNEL_DAYS + 1, today};
    const char *const names[] = {"from", "to"};
    for (int i = 0; i < 2; i++) {
        struct date day;
        struct str text = form_get(query, names[i]);
        if (text.len && !date_from_iso(text, &day))
            return STR("from and to are days such as 2026-11-26.");
        if (text.len)
            numbers[i] = date_to_days(day);
        days[i] = day_text(numbers[i], arena);
    }
    if (numbers[0] > numbers[1] || numbers[1] - numbers[0] >= FUNNEL_DAYS_MOST)
        return arena_printf(arena, "from comes before to, by at most %d days.", FUNNEL_DAYS_MOST);
    return (struct str){0};
}

static struct str steps_of(const struct flow *flow, struct arena *arena)
{
    struct buf steps = {.arena = arena};
    for (size_t i = 0; i < flow->step_count; i++) {
        if (i)
            buf_put_char(&steps, ',');
        buf_put(&steps, flow->steps[i].id);
    }
    return buf_str(&steps);
}

HANDLER(admin_funnel)
{
    struct form query;
    struct operator_identity who;
    struct str days[2];
    if (!operator_admit(gateway, exchange, request, ROLE_VIEWER, &who))
        return;
    bool is_read = form_parse(arena, request->query, &query);
    struct str id = is_read ? form_get(&query, "flow") : (struct str){0};
    const struct flow *flow = flow_find(gateway->script->flows, id.len ? id : STR("instant_onboarding"));
    struct str problem = is_read ? period(&query, days, arena) : STR("The address can't be read.");
    if (!flow)
        problem = STR("There is no flow of that name.");
    if (problem.len) {
        respond_problem(gateway, exchange, request, ERR_INVALID, problem, NULL, 0);
        return;
    }
    respond_document(
        gateway, exchange, request,
        &(struct document_query){.name = "admin_funnel",
                                 .params = {flow->id, steps_of(flow, arena), days[0], days[1],
                                            form_get(&query, "channel"), form_get(&query, "language")},
                                 .param_count = 6,
                                 .is_slow = true,
                                 .patience_ms = PATIENCE_MS});
}

HANDLER(admin_flows)
{
    struct operator_identity who;
    if (!operator_admit(gateway, exchange, request, ROLE_VIEWER, &who))
        return;
    struct json *body = json_new_object(arena);
    struct json *flows = json_new_list(arena);
    struct json *languages = json_new_list(arena);
    struct str names[LANGUAGES_MAX];
    size_t count = phrasebook_languages(gateway->script->phrases, names, LANGUAGES_MAX);
    for (size_t i = 0; i < count; i++)
        json_add_str(arena, languages, names[i]);
    for (const struct flow *flow = gateway->script->flows; flow; flow = flow->next)
        json_add_str(arena, flows, flow->id);
    json_set(arena, body, "flows", flows);
    json_set(arena, body, "languages", languages);
    respond_json(gateway, exchange, request, 200, body);
}

/* ---- The audit log ---- */

HANDLER(admin_audit)
{
    struct form query;
    struct operator_identity who;
    struct uuid session;
    int64_t before;
    if (!operator_admit(gateway, exchange, request, ROLE_OPERATOR, &who))
        return;
    bool is_good = form_parse(arena, request->query, &query);
    struct str from = is_good ? form_get(&query, "before") : (struct str){0};
    struct str id = is_good ? form_get(&query, "session") : (struct str){0};
    if (!is_good || (from.len && !str_to_int64(from, &before)) || (id.len && !uuid_from_text(id, &session))) {
        respond_problem(gateway, exchange, request, ERR_INVALID,
                        STR("A session is named by its whole id: 36 characters, such as "
                            "01234567-89ab-cdef-0123-456789abcdef."),
                        NULL, 0);
        return;
    }
    respond_document(gateway, exchange, request,
                     &(struct document_query){
                         .name = "admin_audit",
                         .params = {from, form_get(&query, "operator"), form_get(&query, "action"), id},
                         .param_count = 4,
                         .is_slow = true,
                         .patience_ms = PATIENCE_MS});
}
