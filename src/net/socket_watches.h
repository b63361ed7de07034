#pragma once

/* The sockets of somebody else's connections (libcurl's), watched on the loop. A socket that is opened and
 * closed through here stays watched while its connection rests between two calls: to watch it anew for each
 * would cost five system calls. */

#include "net/loop.h"

struct socket_watches;
/* `ready` is called for a socket that is watched and does not rest; it may close sockets and start to watch
 * others. */
struct socket_watches *socket_watches_new(struct loop *loop,
                                          void (*ready)(void *arg, int fd, bool readable, bool writable),
                                          void *arg);
void socket_watches_free(struct socket_watches *watches); /* closes no socket; NULL is fine */

/* As socket(2), close-on-exec; -1: no. */
int socket_watches_open(struct socket_watches *watches, int family, int type, int protocol);
int socket_watches_close(struct socket_watches *watches, int fd); /* as close(2) */

void socket_watches_set(struct socket_watches *watches, int fd, bool readable, bool writable);
/* Nothing is wanted of it for now. One that was not opened through here is forgotten, as it may be closed
 * next. */
void socket_watches_rest(struct socket_watches *watches, int fd);
