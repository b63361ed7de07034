/* How does somebody who waits see that we are at it? */

#include "gateway/typing.h"

#include "channels/whatsapp.h"

#include <stdlib.h>

/* Below this nobody wonders; most answers are far faster. */
#define MOMENT_MS   700
#define DEADLINE_MS 5000

struct typing {
    struct gateway *gateway;
    const struct channel_conf *conf;
    struct loop_timer *moment;
    struct arena arena;
    struct str message_id;
};

static void ignore_answer(void *arg, enum err err, const struct http_response *response, struct arena *arena)
{
    (void)arg;
    (void)err;
    (void)response;
    (void)arena;
}

static void moment_passed(void *arg)
{
    struct typing *typing = arg;
    struct http_request request;
    whatsapp_compose_read(typing->conf, typing->message_id, true, &typing->arena, &request);
    http_call(typing->gateway->client, &request, DEADLINE_MS, ignore_answer, NULL);
}

struct typing *typing_begin(struct gateway *gateway, const struct channel_conf *conf, struct str message_id)
{
    if (!conf || conf->kind != CHANNEL_WHATSAPP)
        return NULL;
    struct typing *typing = calloc(1, sizeof *typing);
    if (!typing)
        abort();
    typing->gateway = gateway;
    typing->conf = conf;
    typing->message_id = arena_copy(&typing->arena, message_id);
    typing->moment = loop_timer_new(gateway->loop, moment_passed, typing);
    loop_timer_start(typing->moment, MOMENT_MS, 0);
    return typing;
}

void typing_end(struct typing *typing)
{
    if (!typing)
        return;
    loop_timer_free(typing->moment);
    arena_free(&typing->arena);
    free(typing);
}
