#pragma once

/* From the hosts of a database's URL to addresses, in the order in which they are to be tried, while the loop
 * goes on: libpq itself would wait for DNS, and everybody with it; and driven without waiting, it never
 * leaves a host that says nothing for the next. For pg_connection.c only. */

#include "net/loop.h"

#include <stdbool.h>

/* As libpq takes them: comma separated, one entry an address. Valid during `found`. */
struct pg_hosts_found {
    const char *hosts; /* the names, which certificates are checked against; NULL: none was found */
    const char *addresses;
    const char *ports; /* NULL: libpq's own */
};

struct pg_hosts;

/* What the URL says, each may be NULL. NULL when there is nothing to find out: one address or Unix socket, or
 * what libpq will refuse. */
struct pg_hosts *pg_hosts_new(struct loop *loop, const char *hosts, const char *addresses, const char *ports,
                              void (*found)(void *arg, const struct pg_hosts_found *found), void *arg);
void pg_hosts_ask(struct pg_hosts *hosts); /* `found` is called once, from the loop; not while one is asked */

/* The one that was being tried, as libpq names it, said nothing: from now on the others are tried before it.
 */
void pg_hosts_put_last(struct pg_hosts *hosts, const char *name, const char *port);
void pg_hosts_free(struct pg_hosts *hosts); /* NULL is fine */
