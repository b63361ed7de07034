#pragma once

/* From Redis' host name to socket addresses, while the loop goes on. For the files of Redis only. */

#include "base/err.h"
#include "net/loop.h"

#include <netinet/in.h>
#include <sys/socket.h>

#define REDIS_ENDPOINTS_MAX 4

struct redis_endpoint {
    struct sockaddr_storage address;
    socklen_t len;
};

struct redis_name;

/* `found` is called from the loop, once for each redis_name_ask that was not stopped, with what there is;
 * count 0: nothing, or not in time. `host` must outlive it. */
struct redis_name *
redis_name_new(struct loop *loop, struct str host, int port,
               void (*found)(void *arg, const struct redis_endpoint *endpoints, size_t count), void *arg);
void redis_name_ask(struct redis_name *name);  /* not while one is asked already, unless stopped */
void redis_name_stop(struct redis_name *name); /* `found` is not called any more */
void redis_name_free(struct redis_name *name); /* NULL is fine */
