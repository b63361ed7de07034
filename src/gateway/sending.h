#pragma once

/* Inside the outbox: one number of ours, its queue and its pace. */

#include "gateway/gateway.h"

struct line;

/* `ended` is called once for every line_send, when its outcome has been handed to the store. */
struct line *line_new(struct gateway *gateway, const struct channel_conf *conf, struct line *next,
                      void (*ended)(void *arg), void *arg);
void line_free(struct line *line);
struct line *line_next(const struct line *line);
const struct channel_conf *line_conf(const struct line *line);
/* Queues a leased message (copied); `attempts` counts this try. */
void line_send(struct line *line, const struct outbound *say, int attempts);

/* Milliseconds until the next try after `attempts`: 2 s doubling up to 10 minutes, give or take a quarter. */
int64_t backoff_ms(int attempts, uint32_t random);

/* Milliseconds for which a whole number sends nothing after a provider throttled it: as long as the provider
 * asked (0: 2 s), but at most 10 minutes. Its word of days may be a mistake, or hold for one message only:
 * then the next one finds out. */
uint64_t line_pause_ms(int64_t retry_after_ms);
