/* How does a page hear of news without asking?
 *
 * The connection is taken from the HTTP server, and everything on it from then on is the answer. Whatever the
 * client still sends is thrown away. */

#include "net/event_stream.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* A client that takes nothing for so long has gone. */
#define PATIENCE_MS 20000
#define HEAD                                                                                                 \
    "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nCache-Control: no-store\r\n"                      \
    "X-Content-Type-Options: nosniff\r\nX-Accel-Buffering: no\r\nConnection: close\r\n\r\n"

struct event_stream {
    struct loop *loop;
    struct event_stream_conf conf;
    int fd;
    struct loop_watch *watch;
    struct loop_timer *patience;
    char *pending; /* the rest of an event that the client has not yet taken; NULL: none */
    size_t pending_len;
    size_t pending_at;
};

void event_stream_close(struct event_stream *stream)
{
    loop_watch_free(stream->watch);
    loop_timer_free(stream->patience);
    if (stream->fd >= 0)
        close(stream->fd);
    free(stream->pending);
    free(stream);
}

static void end(struct event_stream *stream)
{
    struct event_stream_conf conf = stream->conf;
    event_stream_close(stream);
    conf.ended(conf.arg);
}

static void run_out_of_patience(void *arg)
{
    end(arg);
}

/* False: the client has gone. */
static bool push(struct event_stream *stream)
{
    while (stream->pending_at < stream->pending_len) {
        ssize_t sent = send(stream->fd, stream->pending + stream->pending_at,
                            stream->pending_len - stream->pending_at, MSG_NOSIGNAL);
        if (sent >= 0) {
            stream->pending_at += (size_t)sent;
        } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
            loop_watch_set(stream->watch, true, true);
            return true;
        } else if (errno != EINTR) {
            return false;
        }
    }
    free(stream->pending);
    stream->pending = NULL;
    loop_timer_stop(stream->patience);
    loop_watch_set(stream->watch, true, false);
    return true;
}

static void on_ready(void *arg, bool readable, bool writable)
{
    struct event_stream *stream = arg;
    char thrown_away[512];
    ssize_t got = readable ? recv(stream->fd, thrown_away, sizeof thrown_away, 0) : 1;
    bool has_gone = got == 0 || (got < 0 && errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR);
    if (has_gone || (writable && stream->pending && !push(stream)))
        end(stream);
}

/* An error shows at the next readiness of the socket: whoever sends need not expect the stream's end. */
static void put(struct event_stream *stream, struct str before, struct str data, struct str after)
{
    if (stream->pending)
        return;
    size_t len = before.len + data.len + after.len;
    stream->pending = malloc(len);
    if (!stream->pending)
        abort();
    memcpy(stream->pending, before.data, before.len);
    if (data.len)
        memcpy(stream->pending + before.len, data.data, data.len);
    memcpy(stream->pending + before.len + data.len, after.data, after.len);
    stream->pending_len = len;
    stream->pending_at = 0;
    loop_timer_start(stream->patience, PATIENCE_MS, 0);
    if (!push(stream))
        loop_watch_set(stream->watch, true, true);
}

void event_stream_send(struct event_stream *stream, struct str data)
{
    put(stream, STR("data: "), data, STR("\n\n"));
}

void event_stream_keep(struct event_stream *stream)
{
    put(stream, STR(":"), (struct str){0}, STR("\n\n"));
}

static void taken(void *arg, int fd, struct str first)
{
    (void)first;
    struct event_stream *stream = arg;
    if (fd < 0) {
        struct event_stream_conf conf = stream->conf;
        free(stream);
        conf.opened(conf.arg, NULL);
        return;
    }
    stream->fd = fd;
    stream->watch = loop_watch_new(stream->loop, fd, on_ready, stream);
    stream->patience = loop_timer_new(stream->loop, run_out_of_patience, stream);
    loop_watch_set(stream->watch, true, false);
    put(stream, STR(HEAD), STR("retry: 2000"), STR("\n\n"));
    stream->conf.opened(stream->conf.arg, stream);
}

bool event_stream_open(struct loop *loop, struct http_exchange *exchange,
                       const struct event_stream_conf *conf)
{
    struct event_stream *stream = calloc(1, sizeof *stream);
    if (!stream)
        abort();
    stream->loop = loop;
    stream->conf = *conf;
    stream->fd = -1;
    if (http_upgrade(exchange, taken, stream))
        return true;
    free(stream);
    return false;
}
