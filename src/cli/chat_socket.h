#pragma once

/* A WebSocket from the client's side, for texts only; without TLS. Calls wait. */

#include "base/arena.h"

struct chat_socket;

/* Opens ws://HOST:PORT/ws of the gateway at `url` (http://…). NULL and *why (constant) on failure. */
struct chat_socket *chat_socket_open(struct str url, const char **why);
void chat_socket_close(struct chat_socket *socket);
int chat_socket_descriptor(const struct chat_socket *socket);
bool chat_socket_send(struct chat_socket *socket, struct str text);
/* The next text, waiting at most `patience_ms`. */
enum chat_heard { CHAT_HEARD_TEXT, CHAT_HEARD_NOTHING, CHAT_HEARD_END };
enum chat_heard chat_socket_hear(struct chat_socket *socket, int patience_ms, struct arena *arena,
                                 struct str *text);
