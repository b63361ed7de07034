/* How do HTTP messages get over a socket that never blocks? */

#include "line.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

void give_up(const char *why)
{
    fprintf(stderr, "load: %s\n", why);
    exit(1);
}

static void watch(struct line *line, int operation)
{
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = line};
    if (line->waits_to_write)
        event.events |= EPOLLOUT;
    if (epoll_ctl(line->epoll, operation, line->fd, &event) != 0)
        give_up("epoll_ctl fails");
}

void line_open(struct line *line, int epoll, int fd)
{
    int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    fcntl(fd, F_SETFL, O_NONBLOCK);
    line->epoll = epoll;
    line->fd = fd;
    watch(line, EPOLL_CTL_ADD);
}

static void flush_out(struct line *line)
{
    ssize_t sent = write(line->fd, line->out, line->out_len);
    if (sent < 0 && errno != EAGAIN)
        give_up("a connection broke while writing");
    if (sent > 0) {
        line->out_len -= (size_t)sent;
        memmove(line->out, line->out + sent, line->out_len);
    }
    bool waits = line->out_len != 0;
    if (waits != line->waits_to_write) {
        line->waits_to_write = waits;
        watch(line, EPOLL_CTL_MOD);
    }
}

void line_send(struct line *line, const char *bytes, size_t len)
{
    if (len > sizeof line->out - line->out_len)
        give_up("a message is larger than its buffer");
    memcpy(line->out + line->out_len, bytes, len);
    line->out_len += len;
    flush_out(line);
}

/* Hands over the first message and gives its length; 0 while it is not whole. */
static size_t take_first(struct line *line)
{
    char *end = strstr(line->in, "\r\n\r\n");
    if (!end)
        return 0;
    char *body = end + 4;
    *end = '\0';
    const char *field = strcasestr(line->in, "\r\nContent-Length:");
    size_t body_len = field ? strtoul(field + 17, NULL, 10) : 0;
    size_t len = (size_t)(body - line->in) + body_len;
    if (len > line->in_len) {
        *end = '\r';
        return 0;
    }
    char after = body[body_len];
    body[body_len] = '\0';
    line->take(line, line->in, body);
    body[body_len] = after;
    return len;
}

void line_ready(struct line *line)
{
    if (line->waits_to_write)
        flush_out(line);
    ssize_t got = read(line->fd, line->in + line->in_len, LINE_BYTES - line->in_len);
    if (got < 0 && errno == EAGAIN)
        return;
    if (got <= 0) {
        close(line->fd);
        line->ended(line);
        return;
    }
    line->in_len += (size_t)got;
    line->in[line->in_len] = '\0';
    size_t taken;
    while ((taken = take_first(line)) > 0) {
        line->in_len -= taken;
        memmove(line->in, line->in + taken, line->in_len + 1);
    }
    if (line->in_len == LINE_BYTES)
        give_up("a message is larger than its buffer");
}
