/* Which of somebody else's sockets are watched, and which only rest? */

#include "net/socket_watches.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct watched {
    struct socket_watches *watches;
    struct loop_watch *watch; /* NULL before anything was wanted of it */
    int fd;
    bool is_ours; /* opened here: it is told when it closes */
    bool rests;
};

struct socket_watches {
    struct loop *loop;
    void (*ready)(void *arg, int fd, bool readable, bool writable);
    void *arg;
    struct watched **by_fd; /* NULL: not known */
    size_t count;
};

struct socket_watches *socket_watches_new(struct loop *loop,
                                          void (*ready)(void *arg, int fd, bool readable, bool writable),
                                          void *arg)
{
    struct socket_watches *watches = calloc(1, sizeof *watches);
    if (!watches)
        abort();
    *watches = (struct socket_watches){.loop = loop, .ready = ready, .arg = arg};
    return watches;
}

static void forget(struct socket_watches *watches, int fd)
{
    if ((size_t)fd >= watches->count || !watches->by_fd[fd])
        return;
    loop_watch_free(watches->by_fd[fd]->watch);
    free(watches->by_fd[fd]);
    watches->by_fd[fd] = NULL;
}

void socket_watches_free(struct socket_watches *watches)
{
    if (!watches)
        return;
    for (size_t fd = 0; fd < watches->count; fd++)
        forget(watches, (int)fd);
    free(watches->by_fd);
    free(watches);
}

static void make_room(struct socket_watches *watches, int fd)
{
    if ((size_t)fd < watches->count)
        return;
    size_t count = ((size_t)fd + 1) * 2;
    struct watched **by_fd = reallocarray(watches->by_fd, count, sizeof(struct watched *));
    if (!by_fd)
        abort();
    memset(by_fd + watches->count, 0, (count - watches->count) * sizeof(struct watched *));
    watches->by_fd = by_fd;
    watches->count = count;
}

static struct watched *know(struct socket_watches *watches, int fd)
{
    make_room(watches, fd);
    struct watched *watched = watches->by_fd[fd];
    if (watched)
        return watched;
    watched = calloc(1, sizeof *watched);
    if (!watched)
        abort();
    *watched = (struct watched){.watches = watches, .fd = fd};
    watches->by_fd[fd] = watched;
    return watched;
}

int socket_watches_open(struct socket_watches *watches, int family, int type, int protocol)
{
    int fd = socket(family, type | SOCK_CLOEXEC, protocol);
    if (fd < 0)
        return -1;
    forget(watches, fd);
    know(watches, fd)->is_ours = true;
    return fd;
}

int socket_watches_close(struct socket_watches *watches, int fd)
{
    forget(watches, fd);
    return close(fd);
}

static void ready(void *arg, bool readable, bool writable)
{
    struct watched *watched = arg; /* may be gone once its owner has acted */
    /* The other side closes, or says what nobody has asked for: its owner sees that when it comes back to it.
     */
    if (watched->rests)
        loop_watch_set(watched->watch, false, false);
    else
        watched->watches->ready(watched->watches->arg, watched->fd, readable, writable);
}

void socket_watches_set(struct socket_watches *watches, int fd, bool readable, bool writable)
{
    struct watched *watched = know(watches, fd);
    if (!watched->watch)
        watched->watch = loop_watch_new(watches->loop, fd, ready, watched);
    watched->rests = false;
    loop_watch_set(watched->watch, readable, writable);
}

void socket_watches_rest(struct socket_watches *watches, int fd)
{
    struct watched *watched = (size_t)fd < watches->count ? watches->by_fd[fd] : NULL;
    if (watched && watched->is_ours)
        watched->rests = true;
    else
        forget(watches, fd);
}
