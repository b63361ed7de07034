#pragma once

/* One HTTP/1.1 connection, kept alive, on epoll: bytes gather until a whole message is there. Both sides use
 * it, the people who write and the provider who is called. What can't go on ends the program. */

#include <stdbool.h>
#include <stddef.h>

#define LINE_BYTES 16384

struct line {
    int epoll;
    int fd;
    char in[LINE_BYTES + 1]; /* what came and was not taken; ends in NUL */
    size_t in_len;
    char out[LINE_BYTES]; /* what is still to leave */
    size_t out_len;
    bool waits_to_write;
    /* `message` is whole: head, then body; both end in NUL while it is looked at. */
    void (*take)(struct line *line, const char *head, const char *body);
    void (*ended)(struct line *line); /* the other side closed */
    void *arg;
};

/* Says why on standard error and ends the program. */
_Noreturn void give_up(const char *why);

void line_open(struct line *line, int epoll, int fd);
void line_send(struct line *line, const char *bytes, size_t len);
void line_ready(struct line *line); /* epoll says so; may call take and ended */
