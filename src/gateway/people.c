/* Who waits for whom? */

#include "gateway/people.h"

#include "base/digest.h"

#include <stdlib.h>

#define BUCKETS 4096

struct people {
    struct place_in_line *under_way[BUCKETS]; /* one a lane, chained by `next` */
};

struct people *people_new(void)
{
    struct people *people = calloc(1, sizeof *people);
    if (!people)
        abort();
    return people;
}

void people_free(struct people *people)
{
    free(people);
}

static struct place_in_line **bucket_of(struct people *people, int64_t lane)
{
    return &people->under_way[(uint64_t)lane % BUCKETS];
}

void person_enter(struct people *people, struct place_in_line *place)
{
    struct place_in_line **bucket = bucket_of(people, place->lane);
    place->next = NULL;
    place->waiting = NULL;
    place->last = NULL;
    place->has_waited = false;
    for (struct place_in_line *other = *bucket; other; other = other->next) {
        if (other->lane != place->lane)
            continue;
        if (other->last)
            other->last->next = place;
        else
            other->waiting = place;
        other->last = place;
        place->has_waited = true;
        return;
    }
    place->next = *bucket;
    *bucket = place;
    place->turn_comes(place->arg);
}

void person_leave(struct people *people, struct place_in_line *place)
{
    struct place_in_line **at = bucket_of(people, place->lane);
    while (*at != place)
        at = &(*at)->next;
    struct place_in_line *heir = place->waiting;
    if (!heir) {
        *at = place->next;
        return;
    }
    heir->waiting = heir->next;
    heir->last = heir->waiting ? place->last : NULL;
    heir->next = place->next;
    *at = heir;
    heir->turn_comes(heir->arg);
}

int64_t lane_of(struct str brand, struct str address, struct arena *arena)
{
    return (int64_t)siphash(arena_join(arena, brand, STR("\n"), address));
}
