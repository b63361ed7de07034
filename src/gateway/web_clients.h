#pragma once

/* How many web chats has one client open? Counted in memory that the workers share, each in a table of its
 * own, so that a worker that died takes its counts with it. */

#include "base/str.h"

#include <stdint.h>

/* In each worker's table; more clients than fit are not counted. */
#define WEB_CLIENTS 4096

struct web_client {
    uint64_t name; /* hash of the address */
    uint64_t sockets;
};

struct web_clients {
    struct web_client table[WEB_CLIENTS]; /* touched only where used */
};

void web_clients_clear(struct web_clients *own); /* by a worker, at its start */

uint64_t web_client_name(struct str address);
/* One more of that client; false when it has as many as it may, in all workers together. */
bool web_client_enter(struct web_clients *all, size_t workers, struct web_clients *own, uint64_t name,
                      uint64_t most);
void web_client_leave(struct web_clients *own, uint64_t name);
