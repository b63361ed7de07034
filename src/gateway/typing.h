#pragma once

/* While an answer takes longer than a moment, a WhatsApp user sees that their message was read and that we
 * are typing. */

#include "gateway/gateway.h"

/* One message whose answer is awaited. It lies with whoever awaits it, and its id's text must live as long.
 */
struct typing {
    const struct channel_conf *conf; /* NULL: nothing is shown, or has been already */
    struct str message_id;
    uint64_t due_ms; /* on the monotonic clock */
    struct typing *next;
    struct typing *previous;
};

struct typing_watch *typing_watch_new(struct gateway *gateway);
/* After the last typing_end. */
void typing_watch_free(struct typing_watch *watch);

/* Waits a moment, then marks the message as read and shows the indicator, unless typing_end came first.
 * Nothing where the channel (or NULL) has no such thing. Failures don't matter and are not reported. */
void typing_begin(struct typing_watch *watch, struct typing *typing, const struct channel_conf *conf,
                  struct str message_id);
void typing_end(struct typing_watch *watch, struct typing *typing);
