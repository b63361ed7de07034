#pragma once

/* While an answer takes longer than a moment, a WhatsApp user sees that their message was read and that we
 * are typing. */

#include "gateway/gateway.h"

struct typing;

/* Waits a moment, then marks the message as read and shows the indicator, unless typing_end came first. NULL
 * where the channel has no such thing. Failures don't matter and are not reported. */
struct typing *typing_begin(struct gateway *gateway, const struct channel_conf *conf, struct str message_id);
void typing_end(struct typing *typing); /* NULL is fine */
