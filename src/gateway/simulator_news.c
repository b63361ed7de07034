/* What have the simulated person's phones received, what became of their conversation, and how did it go?
 *
 * Each message of the outbox is composed once more for its provider: that is what arrived there, in every
 * worker's view alike. */

#include "base/clock.h"
#include "base/form.h"
#include "gateway/payload.h"
#include "gateway/respond.h"
#include "gateway/routes.h"
#include "gateway/simulator.h"
#include "store/simulated.h"
#include "understand/understand.h"

struct news {
    struct gateway *gateway;
    struct http_exchange *exchange;
    const struct http_request *request;
    struct arena *arena;
    struct simulated_person person;
};

static struct json *copy_members(const struct json *object, struct arena *arena)
{
    struct json *copy = json_new_object(arena);
    void *at = NULL;
    struct str key;
    const struct json *value;
    while (json_each(object, &at, &key, &value))
        json_set(arena, copy, arena_cstring(arena, key), value);
    return copy;
}

/* The bodies that the provider got, and how much room they take as SMS. */
static void put_composed(const struct news *news, const struct channel_conf *conf, struct outbound *say,
                         struct json *row)
{
    struct arena *arena = news->arena;
    struct composed *composed = arena_new(arena, struct composed);
    struct json *bodies = json_new_list(arena);
    channel_of(conf->kind)->compose(conf, say, arena, composed);
    for (size_t i = 0; i < composed->count; i++)
        json_add_str(arena, bodies, composed->requests[i]->body);
    json_set(arena, row, "bodies", bodies);
    if (composed->encoding) {
        json_set_int(arena, row, "segments", (int64_t)composed->segments);
        json_set_str(arena, row, "encoding", str_from(composed->encoding));
    }
}

static const struct json *shown(const struct news *news, const struct json *row)
{
    struct arena *arena = news->arena;
    struct json *copy = copy_members(row, arena);
    struct outbound say;
    enum channel_kind kind = CHANNEL_WEB;
    channel_kind_from(json_text(json_get(row, "channel")), &kind);
    struct str account = json_text(json_get(row, "account"));
    const struct channel_conf *conf = channel_find(news->gateway->config->channels[kind], account);
    bool is_sent = kind == CHANNEL_WHATSAPP || kind == CHANNEL_SMS;
    if (conf && is_sent && payload_read(arena, json_print(arena, json_get(row, "payload")), &say)) {
        recipient_read(arena, json_print(arena, json_get(row, "recipient")), &say);
        say.id = json_scalar(arena, json_get(row, "id"));
        say.from = account;
        put_composed(news, conf, &say, copy);
    }
    return copy;
}

/* Which phones can be used, and which number of ours they reach. */
static const struct json *doors(const struct config *config, struct arena *arena)
{
    struct json *list = json_new_object(arena);
    for (int kind = 0; kind < CHANNEL_KINDS; kind++)
        if (config->channels[kind])
            json_set_str(arena, list, arena_cstring(arena, channel_kind_name((enum channel_kind)kind)),
                         config->channels[kind]->number);
    return list;
}

/* What the providers took lately, whether or not the outbox still knows of it. */
static const struct json *taken(const struct news *news)
{
    struct arena *arena = news->arena;
    struct simulator_message *messages =
        arena_new_array(arena, struct simulator_message, SIMULATOR_TAKEN_MAX);
    struct str digits =
        str_slice(news->person.number, news->person.number.data[0] == '+', news->person.number.len);
    size_t count = simulator_kept(&news->gateway->shared->simulator, digits, arena, messages);
    struct json *list = json_new_list(arena);
    for (size_t i = 0; i < count; i++) {
        struct json *message = json_new_object(arena);
        json_set_str(arena, message, "channel", channel_kind_name(messages[i].channel));
        json_set_str(arena, message, "id", messages[i].id);
        json_set_int(arena, message, "at_ms", messages[i].at_ms);
        json_set_str(arena, message, "body", text_clean(arena, messages[i].body));
        json_add(arena, list, message);
    }
    return list;
}

/* Their process ids; 0 where one died and is not there again yet. */
static const struct json *workers(const struct news *news)
{
    struct json *list = json_new_list(news->arena);
    const struct shared *shared = news->gateway->shared;
    for (uint32_t i = 0; i < shared->workers; i++) {
        struct json *worker = json_new_object(news->arena);
        json_set_int(news->arena, worker, "pid", shared->slots[i].pid);
        json_add(news->arena, list, worker);
    }
    return list;
}

static void found(void *arg, enum err err, struct str document)
{
    struct news *news = arg;
    const struct json *known = NULL;
    if (err == ERR_NONE && json_parse(news->arena, document, &known) != ERR_NONE)
        err = ERR_INTERNAL;
    if (err != ERR_NONE) {
        respond_problem(news->gateway, news->exchange, news->request, err, (struct str){0}, NULL, 0);
        return;
    }
    struct json *body = json_new_object(news->arena);
    struct json *rows = json_new_list(news->arena);
    const struct json *outbox = json_get(known, "outbox");
    for (size_t i = 0; i < json_count(outbox); i++)
        json_add(news->arena, rows, shown(news, json_at(outbox, i)));
    json_set(news->arena, body, "doors", doors(news->gateway->config, news->arena));
    json_set(news->arena, body, "session", json_get(known, "session"));
    json_set(news->arena, body, "outbox", rows);
    json_set(news->arena, body, "taken", taken(news));
    json_set(news->arena, body, "trouble", simulator_trouble_json(news->gateway, news->arena));
    json_set(news->arena, body, "workers", workers(news));
    json_set_int(news->arena, body, "restarts", (int64_t)news->gateway->shared->restarts);
    respond_json(news->gateway, news->exchange, news->request, 200, body);
}

/* Whose phones, and whose web chat? False when it was refused. */
static bool read_person(struct news *news)
{
    struct form query;
    struct simulated_person *person = &news->person;
    if (!simulator_admit(news->gateway, news->exchange, news->request))
        return false;
    if (form_parse(news->arena, news->request->query, &query))
        person->number = form_get(&query, "number");
    person->web_key = http_header_of(news->request, "X-Session-Key");
    if (!utf8_is_valid(person->web_key))
        person->web_key = (struct str){0};
    if (simulator_is_person(person->number))
        return true;
    respond_problem(news->gateway, news->exchange, news->request, ERR_INVALID,
                    STR("Give a simulated person's number: ?number=%2B15550100123, from +1 555 01x xxxx."),
                    NULL, 0);
    return false;
}

HANDLER(simulator_news)
{
    struct news *news = arena_new(arena, struct news);
    *news = (struct news){.gateway = gateway, .exchange = exchange, .request = request, .arena = arena};
    if (read_person(news))
        store_find_simulated(gateway->store, &news->person, arena, found, news);
}

/* ---- The whole conversation: that of the phones, or with X-Session-Key that of the web chat ---- */

/* The day on which it began, as the conversation counted days: "2026-11-26". */
static struct str day_of_first(const struct json *known, const struct channel_conf *conf, struct arena *arena)
{
    int64_t at_ms = clock_now_ms();
    json_to_int64(json_get(json_at(json_get(known, "turns"), 0), "at_ms"), &at_ms);
    struct date day = date_of_ms(at_ms, conf ? conf->utc_offset_s : 0);
    return arena_printf(arena, "%04d-%02d-%02d", day.year, day.month, day.day);
}

static void recording_found(void *arg, enum err err, struct str document)
{
    struct news *news = arg;
    const struct config *config = news->gateway->config;
    const struct json *known = NULL;
    if (err == ERR_NONE && json_parse(news->arena, document, &known) != ERR_NONE)
        err = ERR_INTERNAL;
    if (err != ERR_NONE) {
        respond_problem(news->gateway, news->exchange, news->request, err, (struct str){0}, NULL, 0);
        return;
    }
    enum channel_kind kind = CHANNEL_WHATSAPP;
    channel_kind_from(json_text(json_get(json_get(known, "first"), "channel")), &kind);
    const struct channel_conf *conf = config->channels[kind];
    struct str region = phone_region(news->person.number, news->arena);
    struct json *body = copy_members(known, news->arena);
    json_set_str(news->arena, body, "region", region.len || !conf ? region : conf->region);
    json_set_str(news->arena, body, "title", conf ? conf->title : (struct str){0});
    json_set_str(news->arena, body, "today", day_of_first(known, conf, news->arena));
    respond_json(news->gateway, news->exchange, news->request, 200, body);
}

HANDLER(simulator_recording)
{
    struct news *news = arena_new(arena, struct news);
    *news = (struct news){.gateway = gateway, .exchange = exchange, .request = request, .arena = arena};
    if (!read_person(news))
        return;
    if (news->person.web_key.len)
        news->person.number = (struct str){0};
    store_find_recording(gateway->store, &news->person, arena, recording_found, news);
}
