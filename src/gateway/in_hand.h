#pragma once

/* What is a worker sending? Noted in memory that the workers share, so that whoever takes the place of one
 * that died settles that at once: the people it was for would else wait until the leases run out.
 *
 *   leased → noted → (taken by the provider → noted as taken) → settled, durably → struck off
 *   said in a response, which was written → noted, as taken → settled, durably → struck off
 *
 * Only a help: what found no room here, or was leased in the very moment of death, still has its lease. */

#include "store/outbox.h"

/* In each worker's table: more than a worker has under way (see outbox.c). */
#define IN_HAND_MAX 1024

struct in_hand_note {
    _Atomic int64_t id; /* 0: free. Atomic, so that the rest is written before it makes this a note */
    int attempts;
    bool is_taken;
};

struct in_hand {
    struct in_hand_note notes[IN_HAND_MAX]; /* touched only where used */
};

void in_hand_note(struct in_hand *own, int64_t id, int attempts);
void in_hand_taken(struct in_hand *own, int64_t id); /* a provider took it */
void in_hand_strike(struct in_hand *own, int64_t id);

/* By a worker, at its start: what a provider had taken is settled as sent, the rest is tried again. */
void in_hand_take_over(struct in_hand *own, struct store *store);
