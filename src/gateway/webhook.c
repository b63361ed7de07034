/* What did a provider bring, and when may we say that we have it?
 *
 * authenticated → parsed → a turn for each message, receipts in one batch → all durable → answered
 *                                    | PostgreSQL is away, or was lost on the way
 *                                    ↓
 *                                  spooled → flushed → answered
 *
 * The answer comes here and nowhere else: 200 only when everything is durable, 503 when something could not
 * be. */

#include "gateway/webhook.h"

#include "base/digest.h"
#include "channels/errors.h"
#include "gateway/outbox.h"
#include "gateway/respond.h"
#include "gateway/routes.h"
#include "gateway/simulator.h"
#include "gateway/spooling.h"
#include "gateway/turn.h"
#include "gateway/typing.h"
#include "store/outbox.h"

#include <string.h>

#define IDS_MAX TURN_OUTS_MAX

struct webhook {
    struct gateway *gateway;
    struct http_exchange *exchange;
    const struct http_request *request;
    struct arena *arena;
    const struct channel *channel;
    const struct channel_conf *conf;
    struct batch batch;
    struct spooling_webhook waiting;
    size_t owed;            /* turns and receipt batches not yet ended */
    enum err err;           /* the first that failed */
    bool is_away;           /* something failed because PostgreSQL is away */
    struct replied replied; /* the response that says something, when one does */
    bool has_reply;
    struct str said_ids[IDS_MAX]; /* replies in it that are to be settled once it was written */
    size_t said_count;
};

/* One message of it. */
struct item {
    struct webhook *webhook;
    struct typing typing;
};

/* What to settle when the response has left. */
struct said {
    struct gateway *gateway;
    struct str ids[IDS_MAX];
    size_t count;
};

static void written(void *arg, enum err err)
{
    const struct said *said = arg;
    /* Not written: the lease runs out and the outbox says it by the API. */
    for (size_t i = 0; err == ERR_NONE && i < said->count; i++)
        outbox_said(said->gateway->outbox, said->ids[i]);
}

void webhook_say(struct gateway *gateway, struct http_exchange *exchange,
                 const struct http_response *response, const struct str *ids, size_t count)
{
    struct arena *arena = http_exchange_arena(exchange);
    struct said *said = arena_new(arena, struct said);
    said->gateway = gateway;
    for (size_t i = 0; i < count && i < IDS_MAX; i++)
        said->ids[said->count++] = arena_copy(arena, ids[i]);
    metric_add(gateway->metrics, METRIC_REQUESTS, 1);
    http_respond(exchange, response, written, said);
}

static void answer(struct webhook *webhook)
{
    if (webhook->err != ERR_NONE) {
        respond_problem(webhook->gateway, webhook->exchange, webhook->request, webhook->err, (struct str){0},
                        NULL, 0);
        return;
    }
    if (!webhook->has_reply)
        webhook->channel->reply(webhook->conf, NULL, 0, webhook->arena, &webhook->replied);
    webhook_say(webhook->gateway, webhook->exchange, &webhook->replied.response, webhook->said_ids,
                webhook->said_count);
}

static void spooled(void *arg, enum err err)
{
    struct webhook *webhook = arg;
    webhook->err = err == ERR_NONE ? ERR_NONE : ERR_UNAVAILABLE;
    answer(webhook);
}

/* All of it waits, also what was committed: its second time changes nothing. What that has to say leaves by
 * API when its lease on this response runs out. */
static void spool(struct webhook *webhook)
{
    webhook->has_reply = false;
    webhook->said_count = 0;
    spooling_put(webhook->gateway, &webhook->waiting);
}

static void one_ended(struct webhook *webhook, enum err err)
{
    if (err != ERR_NONE && webhook->err == ERR_NONE)
        /* Whatever it was, a provider must only hear that it should come again. */
        webhook->err = ERR_UNAVAILABLE;
    if (webhook->gateway->spooling && (err == ERR_UNAVAILABLE || err == ERR_TIMEOUT)) {
        webhook->is_away = true;
        spooling_hold(webhook->gateway, &webhook->waiting);
    }
    if (--webhook->owed)
        return;
    if (webhook->is_away)
        spool(webhook);
    else
        answer(webhook);
}

static void turn_done(void *arg, const struct turn_result *result)
{
    struct item *item = arg;
    struct webhook *webhook = item->webhook;
    typing_end(webhook->gateway->typing, &item->typing);
    if (result->say_count) {
        webhook->channel->reply(webhook->conf, result->says, result->say_count, webhook->arena,
                                &webhook->replied);
        webhook->has_reply = true;
        for (size_t i = 0; i < result->say_count && webhook->said_count < IDS_MAX; i++)
            webhook->said_ids[webhook->said_count++] = arena_copy(webhook->arena, result->says[i].id);
    }
    one_ended(webhook, result->err);
}

static void receipts_done(void *arg, enum err err)
{
    one_ended(arg, err);
}

static void start_turn(struct webhook *webhook, const struct inbound *said)
{
    struct gateway *gateway = webhook->gateway;
    struct item *item = arena_new(webhook->arena, struct item);
    struct turn_ask ask = {
        .conf = channel_find(gateway->config->channels[webhook->channel->kind], said->to),
        .channel = webhook->channel->kind,
        .message_id = said->provider_id,
        .said = said,
        .can_wait = true,
        .done = turn_done,
        .arg = item,
    };
    item->webhook = webhook;
    const struct channel_conf *door =
        ask.conf ? simulator_door(gateway->config, ask.conf, said->from, webhook->arena) : NULL;
    typing_begin(gateway->typing, &item->typing, door, said->provider_id);
    turn_start(gateway, &ask);
}

static void start_turns(struct webhook *webhook)
{
    struct batch *batch = &webhook->batch;
    /* One more is owed until all have been started: a turn may end before the next begins. */
    webhook->owed = batch->message_count + 1 + (batch->receipt_count != 0);
    metric_add(webhook->gateway->metrics, METRIC_IGNORED, batch->ignored_count);
    metric_add(webhook->gateway->metrics, METRIC_RECEIPTS, batch->receipt_count);
    if (batch->receipt_count)
        store_take_receipts(webhook->gateway->store, webhook->channel->kind, batch->receipts,
                            batch->receipt_count, receipts_done, webhook);
    for (size_t i = 0; i < batch->message_count; i++)
        start_turn(webhook, &batch->messages[i]);
    one_ended(webhook, ERR_NONE);
}

static void handle(struct webhook *webhook)
{
    struct gateway *gateway = webhook->gateway;
    bool says_something = webhook->batch.message_count || webhook->batch.receipt_count;
    webhook->waiting = (struct spooling_webhook){
        .conf = webhook->conf,
        .request = webhook->request,
        .batch = &webhook->batch,
        .arena = webhook->arena,
        .done = spooled,
        .arg = webhook,
    };
    if (says_something && spooling_must_wait(gateway, &webhook->waiting))
        spool(webhook);
    else if (says_something && gateway->is_away)
        one_ended(webhook, ERR_UNAVAILABLE);
    else
        start_turns(webhook);
}

/* A webhook that kills the worker while it is read is not read a third time. It is known by its signature;
 * one from the disk, where that is not kept, by its body. */
static bool is_poison(struct gateway *gateway, const struct channel *channel,
                      const struct http_request *request, uint8_t key[static 16])
{
    struct str known = http_find_header(request->headers, request->header_count, channel->signature_header);
    if (known.len == 0)
        known = request->body;
    uint64_t name[2] = {siphash(known), known.len};
    memcpy(key, name, sizeof name);
    return shared_is_poison(gateway->shared, key);
}

bool webhook_is_poison(struct gateway *gateway, const struct http_request *request, enum channel_kind kind)
{
    uint8_t key[16];
    return is_poison(gateway, channel_of(kind), request, key);
}

/* What is wrong with an account or a number often shows only in the fate of a message that was taken. */
static void tell_alarms(const struct channel *channel, const struct batch *batch)
{
    for (size_t i = 0; i < batch->receipt_count; i++) {
        const struct delivery_error *error = &batch->receipts[i].error;
        if (error->is_alarming)
            log_event(LOG_ERROR, "a provider no longer delivers for our account or number",
                      log_cstr("channel", channel->name), log_int("code", error->code),
                      log_str("title", error->title));
    }
}

/* Why, but not what: a message's id holds its sender's number. */
static void tell_ignored(const struct channel *channel, const struct batch *batch, struct arena *arena)
{
    for (size_t i = 0; i < batch->ignored_count; i++)
        log_event(LOG_INFO, "part of a webhook is ignored", log_cstr("channel", channel->name),
                  log_str("why", error_title(arena, batch->ignored[i].why)));
}

enum err webhook_parse(struct gateway *gateway, const struct http_request *request,
                       const struct channel_conf *conf, struct arena *arena, struct batch *batch)
{
    const struct channel *channel = channel_of(conf->kind);
    uint8_t key[16];
    if (is_poison(gateway, channel, request, key)) {
        metric_add(gateway->metrics, METRIC_POISON, 1);
        log_event(LOG_ERROR, "a webhook on which workers died is set aside",
                  log_cstr("channel", channel->name));
        return ERR_NONE;
    }
    memcpy(gateway->metrics->current_input, key, sizeof key);
    enum err err = channel->parse(gateway->config->channels[conf->kind], conf, request, arena, batch);
    memset(gateway->metrics->current_input, 0, sizeof key);
    if (err != ERR_NONE) {
        log_event(LOG_WARN, "an authentic webhook can't be read", log_cstr("channel", channel->name),
                  log_int("bytes", (int64_t)request->body.len));
        metric_add(gateway->metrics, METRIC_MALFORMED, 1);
    }
    tell_alarms(channel, batch);
    tell_ignored(channel, batch, arena);
    return err;
}

enum err webhook_read(struct gateway *gateway, const struct http_request *request, enum channel_kind kind,
                      struct arena *arena, const struct channel_conf **conf, struct batch *batch)
{
    const struct channel *channel = channel_of(kind);
    const struct channel_conf *confs = gateway->config->channels[kind];
    const char *reason = "";
    if (channel->authenticate(confs, request, arena, conf, &reason) != ERR_NONE) {
        log_event(LOG_WARN, "a webhook is refused", log_cstr("channel", channel->name),
                  log_cstr("why", reason), log_str("client", request->client));
        metric_add(gateway->metrics, METRIC_UNAUTHENTIC, 1);
        gateway->metrics->refused_by_channel[kind]++;
        return ERR_UNAUTHENTIC;
    }
    return webhook_parse(gateway, request, *conf, arena, batch);
}

/* Meta would only bring the same bytes again for days. */
static void take_malformed(struct webhook *webhook)
{
    if (webhook->channel->kind == CHANNEL_WHATSAPP)
        answer(webhook);
    else
        respond_problem(webhook->gateway, webhook->exchange, webhook->request, ERR_MALFORMED, (struct str){0},
                        NULL, 0);
}

static void receive(struct gateway *gateway, struct http_exchange *exchange,
                    const struct http_request *request, struct arena *arena, enum channel_kind kind)
{
    struct webhook *webhook = arena_new(arena, struct webhook);
    webhook->gateway = gateway;
    webhook->exchange = exchange;
    webhook->request = request;
    webhook->arena = arena;
    webhook->channel = channel_of(kind);
    webhook->owed = 1;
    if (!gateway->config->channels[kind]) {
        respond_problem(gateway, exchange, request, ERR_NOT_FOUND, (struct str){0}, NULL, 0);
        return;
    }
    enum err err = webhook_read(gateway, request, kind, arena, &webhook->conf, &webhook->batch);
    if (err == ERR_UNAUTHENTIC) {
        respond_problem(gateway, exchange, request, err, (struct str){0}, NULL, 0);
        return;
    }
    if (err != ERR_NONE) {
        take_malformed(webhook);
        return;
    }
    if (webhook->batch.is_challenge)
        respond_text(gateway, exchange, request, STR("text/plain"), webhook->batch.challenge);
    else
        handle(webhook);
}

HANDLER(webhook_whatsapp)
{
    receive(gateway, exchange, request, arena, CHANNEL_WHATSAPP);
}

/* Messages, and what became of ours. */
HANDLER(webhook_sms)
{
    receive(gateway, exchange, request, arena, CHANNEL_SMS);
}
