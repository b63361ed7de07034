/* Whose answer comes next? Redis answers in the order in which it was asked. */

#include "store/redis_queue.h"

#include <stdlib.h>

void redis_queue_put(struct redis_queue *queue, struct redis_waiting waiting)
{
    struct redis_waiting *last = malloc(sizeof *last);
    if (!last)
        abort();
    *last = waiting;
    last->next = NULL;
    if (queue->last)
        queue->last->next = last;
    else
        queue->first = last;
    queue->last = last;
    queue->count++;
}

void redis_queue_finish_first(struct redis_queue *queue, enum err err, const struct redis_reply *reply)
{
    struct redis_waiting *first = queue->first;
    queue->first = first->next;
    if (!queue->first)
        queue->last = NULL;
    queue->count--;
    if (first->done)
        first->done(first->arg, err, reply);
    free(first);
}
