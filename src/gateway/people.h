#pragma once

/* One person at a time: whoever comes while a turn of the same person is under way waits for its end, in
 * order of arrival. A person is known here by their lane, a hash of brand and address or of the session key.
 */

#include "base/arena.h"

struct people;

struct place_in_line {
    int64_t lane;
    void (*turn_comes)(void *arg); /* may be called from within person_enter */
    void *arg;
    bool has_waited; /* came while another turn of the person was under way */
    struct place_in_line *next;
    struct place_in_line *waiting; /* who waits behind, where this one is under way */
    struct place_in_line *last;
};

struct people *people_new(void);
void people_free(struct people *people);
void person_enter(struct people *people, struct place_in_line *place);
void person_leave(struct people *people, struct place_in_line *place); /* the next one's turn comes */
/* Of one that is under way: does the person's next one wait already? */
static inline bool person_is_awaited(const struct place_in_line *place)
{
    return place->waiting != NULL;
}

/* The lane of a text that names somebody. */
int64_t lane_of(struct str brand, struct str address, struct arena *arena);
