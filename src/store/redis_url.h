#pragma once

/* Where Redis is: what REDIS_URL says, taken apart.
 *
 *   redis://[[user]:password@]host[:port][/db]      host: a name, an IPv4 address, or [an IPv6 address]
 *   unix://[[user]:password@]/path/to/socket[?db=n]
 *
 * User, password and path are percent-decoded. Pure. */

#include "base/arena.h"

struct redis_address {
    struct str path; /* of a Unix socket; empty: host and port */
    struct str host;
    int port;
    struct str user;     /* empty: Redis' default user */
    struct str password; /* empty: none is asked for */
    int db;
};

/* False when it is no such URL; `*why` is then a constant sentence for the operator, without the URL: it may
 * hold a password. Texts in `out` live in the arena. */
bool redis_address_from(struct str url, struct arena *arena, struct redis_address *out, const char **why);
