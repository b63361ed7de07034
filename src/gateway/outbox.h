#pragma once

/* Sends what waits in the outbox, through the channels' providers: in order for each person, at the rate a
 * number is allowed, again with growing pauses when the world fails, until it is sent or given up.
 *
 *   leased (by the commit, or by a sweep) → its number's queue → composed → called → judged → settled */

#include "gateway/gateway.h"

struct outbox *outbox_new(struct gateway *gateway);
/* What was under way is sent again by whoever finds the lease run out. */
void outbox_free(struct outbox *outbox);

/* Sends a message that the commit has just leased to us. The message is copied. */
void outbox_send(struct outbox *outbox, const struct channel_conf *conf, const struct outbound *say);
/* A message waits behind an earlier one of the same person: look again soon. */
void outbox_wake(struct outbox *outbox);
/* A reply said in the response itself has left. */
void outbox_said(struct outbox *outbox, struct str id);
/* Messages, and the claim of more. */
size_t outbox_under_way(const struct outbox *outbox);
void outbox_drain(struct outbox *outbox); /* takes nothing new */
