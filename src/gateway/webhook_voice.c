/* What does a caller hear, and when?
 *
 * read → the turn → (committed in time) the document that asks on
 *                 → (not within 800 ms, or failed) a pause and a redirect to the same turn, three times; then
 * an apology
 *
 * A caller hears silence while we think, so a call does not wait for the database as other webhooks do. The
 * turn goes on behind the pause; the redirect's request then finds it committed and is told what it said. A
 * dead line is never an answer: whatever comes, something is said. */

#include "base/form.h"
#include "channels/voice.h"
#include "channels/voice_say.h"
#include "gateway/respond.h"
#include "gateway/routes.h"
#include "gateway/turn.h"
#include "gateway/webhook.h"

#define PATIENCE_MS 800
#define ROUNDS_MAX  3

struct voice_webhook {
    struct gateway *gateway;
    struct http_exchange *exchange; /* NULL: answered already */
    struct arena arena;             /* the turn may outlive the exchange and its arena */
    const struct channel_conf *conf;
    struct inbound *said;
    struct str language; /* of the call so far; may be empty */
    int round;
    struct loop_timer *patience;
};

/* ---- What is said without a conversation ---- */

static void say_farewell(struct gateway *gateway, struct http_exchange *exchange,
                         const struct channel_conf *conf, struct str wanted, const char *name,
                         struct arena *arena)
{
    const struct script *script = gateway->script;
    struct str language = phrasebook_language(script->phrases, wanted.len ? wanted : conf->language);
    if (language.len == 0)
        language = script->default_language;
    struct outbound say = {
        .text = phrase(script->phrases, language, conf->flow, name, MANNER_SPOKEN, NULL, arena),
        .language = language,
    };
    struct replied replied;
    voice_reply(conf, &say, 1, arena, &replied);
    webhook_say(gateway, exchange, &replied.response, NULL, 0);
}

static void hold(struct voice_webhook *webhook)
{
    struct http_exchange *exchange = webhook->exchange;
    struct http_response response;
    webhook->exchange = NULL;
    if (webhook->round >= ROUNDS_MAX) {
        say_farewell(webhook->gateway, exchange, webhook->conf, webhook->language, "call.apology",
                     &webhook->arena);
        return;
    }
    voice_hold(webhook->conf, voice_turn_of(webhook->said->provider_id), webhook->round + 1,
               webhook->language, &webhook->arena, &response);
    webhook_say(webhook->gateway, exchange, &response, NULL, 0);
}

/* ---- The turn ---- */

static void patience_ended(void *arg)
{
    hold(arg);
}

static void say(struct voice_webhook *webhook, const struct turn_result *result)
{
    struct http_exchange *exchange = webhook->exchange;
    struct str ids[TURN_OUTS_MAX];
    struct replied replied;
    webhook->exchange = NULL;
    if (result->say_count == 0) {
        /* What was said then has been erased since; or nobody is served here. */
        const char *name = result->is_duplicate ? "call.bye" : "call.closed";
        say_farewell(webhook->gateway, exchange, webhook->conf, webhook->language, name, &webhook->arena);
        return;
    }
    for (size_t i = 0; i < result->say_count; i++)
        ids[i] = result->says[i].id;
    voice_reply(webhook->conf, result->says, result->say_count, &webhook->arena, &replied);
    webhook_say(webhook->gateway, exchange, &replied.response, ids, result->say_count);
}

static void turn_done(void *arg, const struct turn_result *result)
{
    struct voice_webhook *webhook = arg;
    loop_timer_free(webhook->patience);
    if (webhook->exchange && result->err != ERR_NONE)
        hold(webhook);
    else if (webhook->exchange)
        say(webhook, result);
    struct arena arena = webhook->arena;
    arena_free(&arena);
}

static void start_turn(struct voice_webhook *webhook)
{
    struct turn_ask ask = {
        .conf = webhook->conf,
        .channel = CHANNEL_VOICE,
        .message_id = webhook->said->provider_id,
        .said = webhook->said,
        .done = turn_done,
        .arg = webhook,
    };
    webhook->patience = loop_timer_new(webhook->gateway->loop, patience_ended, webhook);
    loop_timer_start(webhook->patience, PATIENCE_MS, 0);
    turn_start(webhook->gateway, &ask);
}

/* ---- The request ---- */

static void read_query(struct voice_webhook *webhook, struct str query)
{
    struct form form;
    int64_t round;
    if (!form_parse(&webhook->arena, query, &form))
        return;
    webhook->language = utf8_truncate(form_get(&form, "language"), 16);
    if (str_to_int64(form_get(&form, "round"), &round) && round > 0)
        webhook->round = round < ROUNDS_MAX ? (int)round : ROUNDS_MAX;
}

/* Not a word of a caller of ours: news of a call that has ended needs no answer, all else is somebody on the
 * line. */
static void answer_other(struct voice_webhook *webhook, const struct batch *batch, bool is_status)
{
    struct replied nothing;
    struct gateway *gateway = webhook->gateway;
    metric_add(gateway->metrics, METRIC_IGNORED, batch->ignored_count);
    metric_add(gateway->metrics, METRIC_RECEIPTS, batch->receipt_count);
    if (is_status || batch->receipt_count) {
        voice_reply(webhook->conf, NULL, 0, &webhook->arena, &nothing);
        webhook_say(gateway, webhook->exchange, &nothing.response, NULL, 0);
        return;
    }
    say_farewell(gateway, webhook->exchange, webhook->conf, webhook->language, "call.closed",
                 &webhook->arena);
}

static struct voice_webhook *webhook_new(struct gateway *gateway, struct http_exchange *exchange)
{
    struct arena arena = {0};
    struct voice_webhook *webhook = arena_new(&arena, struct voice_webhook);
    *webhook = (struct voice_webhook){.gateway = gateway, .exchange = exchange, .arena = arena};
    return webhook;
}

static void webhook_end(struct voice_webhook *webhook)
{
    struct arena arena = webhook->arena;
    arena_free(&arena);
}

HANDLER(webhook_voice)
{
    const struct channel_conf *confs = gateway->config->channels[CHANNEL_VOICE];
    (void)arena;
    if (!confs) {
        respond_problem(gateway, exchange, request, ERR_NOT_FOUND, (struct str){0}, NULL, 0);
        return;
    }
    struct voice_webhook *webhook = webhook_new(gateway, exchange);
    struct batch batch = {0};
    struct http_request kept = *request;
    kept.body = arena_copy(&webhook->arena, request->body);
    kept.query = arena_copy(&webhook->arena, request->query);
    kept.form = arena_new(&webhook->arena, struct form);
    enum err err = webhook_read(gateway, &kept, CHANNEL_VOICE, &webhook->arena, &webhook->conf, &batch);
    if (err == ERR_UNAUTHENTIC) {
        respond_problem(gateway, exchange, request, err, (struct str){0}, NULL, 0);
        webhook_end(webhook);
        return;
    }
    read_query(webhook, kept.query);
    if (err != ERR_NONE || batch.message_count == 0) {
        answer_other(webhook, &batch, str_ends(request->path, STR("/status")));
        webhook_end(webhook);
        return;
    }
    webhook->said = &batch.messages[0];
    webhook->conf = channel_find(confs, webhook->said->to);
    start_turn(webhook);
}
