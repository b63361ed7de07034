#pragma once

/* From the hosts of a database's URL to addresses, while the loop goes on: libpq itself would wait for DNS,
 * and everybody with it. For pg_connection.c only. */

#include "net/loop.h"

#include <stdbool.h>

/* As libpq takes them: comma separated, one entry an address. Valid during `found`. */
struct pg_hosts_found {
    const char *hosts; /* the names, which certificates are checked against; NULL: none was found */
    const char *addresses;
    const char *ports; /* NULL: libpq's own */
};

struct pg_hosts;

/* `hosts` and `ports` as the URL has them; may be NULL. NULL when nobody has to be asked: there are only
 * addresses and Unix sockets, or what libpq will refuse. */
struct pg_hosts *pg_hosts_new(struct loop *loop, const char *hosts, const char *ports,
                              void (*found)(void *arg, const struct pg_hosts_found *found), void *arg);
void pg_hosts_ask(struct pg_hosts *hosts); /* `found` is called once, from the loop; not while one is asked */
void pg_hosts_free(struct pg_hosts *hosts); /* NULL is fine */
