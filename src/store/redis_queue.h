#pragma once

/* Commands that wait for their answers, oldest first. For the files of Redis only. */

#include "store/redis.h"

struct redis_waiting {
    struct redis_waiting *next; /* the queue's */
    uint64_t deadline_ns;
    void (*done)(void *arg, enum err err, const struct redis_reply *reply); /* may be NULL */
    void *arg;
};

struct redis_queue {
    struct redis_waiting *first;
    struct redis_waiting *last;
    size_t count;
};

void redis_queue_put(struct redis_queue *queue, struct redis_waiting waiting); /* copied */
/* Ends the oldest, of which there must be one. Its callback may put others: the queue is whole again before
 * it is called. */
void redis_queue_finish_first(struct redis_queue *queue, enum err err, const struct redis_reply *reply);
