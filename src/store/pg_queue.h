#pragma once

/* The queries that wait for one connection to PostgreSQL, in the order they were asked. Inside src/store
 * only. */

#include "store/pg.h"

struct pg_waiting {
    struct pg_waiting *next;
    struct pg_query query;
    uint64_t deadline_ns; /* on the monotonic clock */
    void (*done)(void *arg, enum err err, const struct pg_result *rows);
    void *arg;
};

/* A zeroed struct is an empty queue. Those in it belong to it, those taken out to who took them. */
struct pg_queue {
    struct pg_waiting *first;
    struct pg_waiting *last;
};

void pg_queue_put(struct pg_queue *queue, struct pg_waiting *waiting);
struct pg_waiting *pg_queue_take(struct pg_queue *queue); /* the first; there must be one */
/* Of all of them, for a patient one in front must not make the others wait as long; 0: nobody waits. */
uint64_t pg_queue_next_deadline_ns(const struct pg_queue *queue);
/* Takes out one whose deadline has passed; with `is_first_running` not the first. NULL when there is none. */
struct pg_waiting *pg_queue_cut_expired(struct pg_queue *queue, bool is_first_running, uint64_t now_ns);
