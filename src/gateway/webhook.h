#pragma once

/* What the webhooks of all channels have in common: how they are read, and how a response that says something
 * is written. */

#include "channels/channel.h"
#include "gateway/gateway.h"

/* Checks and reads a webhook, logs and counts what is wrong with it. `*conf` is the setting whose secret
 * fits. ERR_UNAUTHENTIC, or ERR_MALFORMED for an authentic one that can't be read; one on which workers died
 * gives an empty batch. The channel must be configured. The batch may point into the request's texts. */
enum err webhook_read(struct gateway *gateway, const struct http_request *request, enum channel_kind kind,
                      struct arena *arena, const struct channel_conf **conf, struct batch *batch);

/* The second half of it: reads one that is known to be authentic. */
enum err webhook_parse(struct gateway *gateway, const struct http_request *request,
                       const struct channel_conf *conf, struct arena *arena, struct batch *batch);
/* Workers died while they read it, twice. */
bool webhook_is_poison(struct gateway *gateway, const struct http_request *request, enum channel_kind kind);

/* Answers with a response that says these messages of the outbox: they are settled once it was written.
 * Everything is copied. */
void webhook_say(struct gateway *gateway, struct http_exchange *exchange,
                 const struct http_response *response, const struct str *ids, size_t count);
