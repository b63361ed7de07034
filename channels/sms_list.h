#pragma once

/* Texts that came while nobody heard Twilio's webhooks: Twilio doesn't repeat them, but lists them. Pure. */

#include "channels/channel.h"

/* Asks for what was sent to the setting's number (to its whole account where it has a Messaging Service only)
 * since then, the newest first. */
void sms_list_request(const struct channel_conf *conf, int64_t since_ms, struct arena *arena,
                      struct http_request *out);
/* Asks for a further page: `next` is as sms_list_read gave it. */
void sms_list_page(const struct channel_conf *conf, struct str next, struct arena *arena,
                   struct http_request *out);
/* Adds what came in to `out`, as the webhooks would have brought it; `*next` is empty on the last page.
 * ERR_MALFORMED when it is no such list. */
enum err sms_list_read(const struct channel_conf *confs, const struct channel_conf *conf, struct str body,
                       struct arena *arena, struct batch *out, struct str *next);
