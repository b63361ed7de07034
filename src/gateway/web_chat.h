#pragma once

/* The web chat: a conversation by WebSocket, in as many tabs as somebody likes (docs/web-chat.md).
 *
 *   web_chat_open (the upgrade request) → hello → welcome → message … → a turn → ack, once it is durable
 *
 * What the session says comes to the socket through web_audience.h. */

#include "gateway/gateway.h"
#include "gateway/routes.h"

struct web_chat *web_chat_new(struct gateway *gateway); /* NULL when the library cannot begin */
/* Answers what was received, then closes every socket with 1001. */
void web_chat_drain(struct web_chat *web);
size_t web_chat_sockets(const struct web_chat *web); /* that are open, or still being closed */
/* In two halves: after the store was closed, and when nothing else is left on the loop. */
void web_chat_close(struct web_chat *web);
void web_chat_free(struct web_chat *web);

struct transcripts *web_chat_transcripts(struct web_chat *web);
/* A turn of that session was committed. */
void web_chat_news(struct web_chat *web, struct uuid session);

HANDLER(web_chat_open);
