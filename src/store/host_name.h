#pragma once

/* From a server's host name to socket addresses, while the loop goes on. Inside src/store only. */

#include "base/err.h"
#include "net/loop.h"

#include <netinet/in.h>
#include <sys/socket.h>

#define ENDPOINTS_MAX 4

struct endpoint {
    struct sockaddr_storage address;
    socklen_t len;
};

struct host_name;

/* `found` is called from the loop, once for each host_name_ask that was not stopped, with what there is;
 * count 0: nothing, or not in time. `host` must outlive it. */
struct host_name *host_name_new(struct loop *loop, struct str host, int port,
                                void (*found)(void *arg, const struct endpoint *endpoints, size_t count),
                                void *arg);
void host_name_ask(struct host_name *name);  /* not while one is asked already, unless stopped */
void host_name_stop(struct host_name *name); /* `found` is not called any more */
void host_name_free(struct host_name *name); /* NULL is fine */
