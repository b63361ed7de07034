/* Who waits for the connection, and who has waited too long? */

#include "store/pg_queue.h"

void pg_queue_put(struct pg_queue *queue, struct pg_waiting *waiting)
{
    if (queue->last)
        queue->last->next = waiting;
    else
        queue->first = waiting;
    queue->last = waiting;
}

struct pg_waiting *pg_queue_take(struct pg_queue *queue)
{
    struct pg_waiting *first = queue->first;
    queue->first = first->next;
    if (!queue->first)
        queue->last = NULL;
    return first;
}

uint64_t pg_queue_next_deadline_ns(const struct pg_queue *queue)
{
    uint64_t next_ns = 0;
    for (const struct pg_waiting *waiting = queue->first; waiting; waiting = waiting->next)
        if (!next_ns || waiting->deadline_ns < next_ns)
            next_ns = waiting->deadline_ns;
    return next_ns;
}

struct pg_waiting *pg_queue_cut_expired(struct pg_queue *queue, bool is_first_running, uint64_t now_ns)
{
    struct pg_waiting *before = is_first_running ? queue->first : NULL;
    struct pg_waiting *waiting = before ? before->next : queue->first;
    while (waiting && waiting->deadline_ns > now_ns) {
        before = waiting;
        waiting = waiting->next;
    }
    if (!waiting)
        return NULL;
    if (before)
        before->next = waiting->next;
    else
        queue->first = waiting->next;
    if (queue->last == waiting)
        queue->last = before;
    return waiting;
}
