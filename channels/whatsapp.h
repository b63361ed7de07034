#pragma once

/* WhatsApp by Meta's Cloud API. */

#include "channels/channel.h"

extern const struct channel channel_whatsapp;

/* The request that marks a person's message as read and, if asked, shows them that we are typing (for at most
 * 25 s or until our reply). Its failure must not matter. */
void whatsapp_compose_read(const struct channel_conf *conf, struct str message_id, bool is_typing,
                           struct arena *arena, struct http_request *out);

#define WHATSAPP_SIGNATURE_HEADER "X-Hub-Signature-256"
/* What it says of a webhook with that body. */
struct str whatsapp_sign(const struct channel_conf *conf, struct str body, struct arena *arena);

/* Shared by the files of this channel. */
enum err whatsapp_parse(const struct channel_conf *confs, const struct channel_conf *matched,
                        const struct http_request *request, struct arena *arena, struct batch *out);
void whatsapp_compose(const struct channel_conf *conf, const struct outbound *say, struct arena *arena,
                      struct composed *out);
/* A POST to the number's messages endpoint; `from` is its phone_number_id, or empty for the setting's. */
void whatsapp_request(const struct channel_conf *conf, struct str from, struct str body, struct arena *arena,
                      struct http_request *out);
