/* What have the simulated person's phones received, and what became of their conversation?
 *
 * Each message of the outbox is composed once more for its provider: that is what arrived there, in every
 * worker's view alike. */

#include "base/form.h"
#include "gateway/payload.h"
#include "gateway/respond.h"
#include "gateway/routes.h"
#include "gateway/simulator.h"
#include "store/simulated.h"

struct news {
    struct gateway *gateway;
    struct http_exchange *exchange;
    const struct http_request *request;
    struct arena *arena;
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
    respond_json(news->gateway, news->exchange, news->request, 200, body);
}

HANDLER(simulator_news)
{
    struct form query;
    if (!simulator_admit(gateway, exchange, request))
        return;
    if (!form_parse(arena, request->query, &query) || !simulator_is_person(form_get(&query, "number"))) {
        respond_problem(
            gateway, exchange, request, ERR_INVALID,
            STR("Give a simulated person's number: ?number=%2B15550100123, from +1 555 01x xxxx."), NULL, 0);
        return;
    }
    struct news *news = arena_new(arena, struct news);
    *news = (struct news){gateway, exchange, request, arena};
    store_find_simulated(gateway->store, form_get(&query, "number"), arena, found, news);
}
