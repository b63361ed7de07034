/* How do commands get to Redis, and its replies back, without anybody waiting?
 *
 *   closed → naming → connecting → open */

#include "store/redis_connection.h"

#include "store/host_name.h"
#include "store/redis_socket.h"
#include "store/redis_wire.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define READ_BYTES ((size_t)16 * 1024)

enum state { CLOSED, NAMING, CONNECTING, OPEN };

struct redis_connection {
    struct loop *loop;
    struct redis_connection_conf conf;
    enum state state;
    int fd;                 /* -1 while CLOSED or NAMING */
    struct host_name *name; /* NULL for a Unix socket */
    size_t attempts;
    struct loop_watch *watch;
    struct redis_reader *reader; /* while OPEN */
    char *unsent;                /* allocated */
    size_t unsent_len;
};

static void lose(struct redis_connection *connection, struct str why)
{
    connection->conf.lost(connection->conf.arg, why);
}

static void lose_by_errno(struct redis_connection *connection, int why)
{
    lose(connection, str_from(strerror(why)));
}

static void watch_socket(struct redis_connection *connection)
{
    bool is_connecting = connection->state == CONNECTING;
    loop_watch_set(connection->watch, !is_connecting, is_connecting || connection->unsent_len > 0);
}

/* ---- Sending ---- */

void redis_connection_send(struct redis_connection *connection, const struct str *words, size_t count)
{
    size_t len;
    char *bytes = redis_words(words, count, &len);
    char *unsent = realloc(connection->unsent, connection->unsent_len + len);
    if (!unsent)
        abort();
    memcpy(unsent + connection->unsent_len, bytes, len);
    redis_words_free(bytes);
    connection->unsent = unsent;
    connection->unsent_len += len;
    watch_socket(connection);
}

size_t redis_connection_unsent(const struct redis_connection *connection)
{
    return connection->unsent_len;
}

/* False when the connection was lost. */
static bool flush(struct redis_connection *connection)
{
    ssize_t sent = send(connection->fd, connection->unsent, connection->unsent_len, MSG_NOSIGNAL);
    if (sent < 0 && errno != EAGAIN && errno != EINTR) {
        lose_by_errno(connection, errno);
        return false;
    }
    if (sent > 0) {
        connection->unsent_len -= (size_t)sent;
        memmove(connection->unsent, connection->unsent + sent, connection->unsent_len);
    }
    watch_socket(connection);
    return true;
}

/* ---- Receiving ---- */

static void take_bytes(struct redis_connection *connection, struct str bytes)
{
    if (!redis_reader_feed(connection->reader, bytes)) {
        lose(connection, STR("it sends more than was asked for"));
        return;
    }
    while (connection->state == OPEN) {
        struct redis_reply reply;
        switch (redis_reader_next(connection->reader, &reply)) {
        case REDIS_READ_REPLY:
            connection->conf.replied(connection->conf.arg, &reply);
            break;
        case REDIS_READ_MORE:
            return;
        case REDIS_READ_NONSENSE:
            lose(connection, STR("it does not speak as Redis does"));
            return;
        }
    }
}

/* One read a turn of the loop: a server that never stops talking must not stop the rest. */
void redis_connection_receive(struct redis_connection *connection)
{
    char bytes[READ_BYTES];
    ssize_t len = recv(connection->fd, bytes, sizeof bytes, 0);
    if (len > 0)
        take_bytes(connection, (struct str){bytes, (size_t)len});
    else if (len == 0)
        lose(connection, STR("it closed the connection"));
    else if (errno != EAGAIN && errno != EINTR)
        lose_by_errno(connection, errno);
}

/* ---- Connecting ---- */

static void take_connected(struct redis_connection *connection)
{
    int why = redis_socket_error(connection->fd);
    if (why) {
        lose_by_errno(connection, why);
        return;
    }
    connection->state = OPEN;
    connection->reader = redis_reader_new();
    connection->conf.opened(connection->conf.arg);
}

static void socket_ready(void *arg, bool readable, bool writable)
{
    struct redis_connection *connection = arg;
    if (connection->state == CONNECTING) {
        take_connected(connection);
        return;
    }
    if (writable && connection->unsent_len && !flush(connection))
        return;
    if (readable)
        redis_connection_receive(connection);
}

static void open_socket(struct redis_connection *connection, int fd)
{
    if (fd < 0) {
        lose_by_errno(connection, errno);
        return;
    }
    connection->fd = fd;
    connection->state = CONNECTING;
    connection->watch = loop_watch_new(connection->loop, fd, socket_ready, connection);
    watch_socket(connection);
}

/* A name may stand for several addresses; each attempt takes the next. */
static void named(void *arg, const struct endpoint *endpoints, size_t count)
{
    struct redis_connection *connection = arg;
    if (count == 0)
        lose(connection, STR("its host was not found"));
    else
        open_socket(connection, redis_socket_to(&endpoints[connection->attempts++ % count]));
}

void redis_connection_open(struct redis_connection *connection)
{
    connection->state = NAMING;
    if (connection->name)
        host_name_ask(connection->name);
    else
        open_socket(connection, redis_socket_to_path(connection->conf.address->path));
}

void redis_connection_close(struct redis_connection *connection)
{
    loop_watch_free(connection->watch);
    connection->watch = NULL;
    if (connection->fd >= 0)
        close(connection->fd);
    connection->fd = -1;
    redis_reader_free(connection->reader);
    connection->reader = NULL;
    free(connection->unsent);
    connection->unsent = NULL;
    connection->unsent_len = 0;
    if (connection->name)
        host_name_stop(connection->name);
    connection->state = CLOSED;
}

struct redis_connection *redis_connection_new(struct loop *loop, const struct redis_connection_conf *conf)
{
    struct redis_connection *connection = calloc(1, sizeof *connection);
    const struct redis_address *address = conf->address;
    if (!connection)
        abort();
    connection->loop = loop;
    connection->conf = *conf;
    connection->fd = -1;
    if (address->path.len == 0)
        connection->name = host_name_new(loop, address->host, address->port, named, connection);
    return connection;
}

void redis_connection_free(struct redis_connection *connection)
{
    redis_connection_close(connection);
    host_name_free(connection->name);
    free(connection);
}
