/* What was a worker sending when it died? See in_hand.h. */

#include "gateway/in_hand.h"

#include "base/log.h"
#include "gateway/sending.h"

/* Ids come one after the other, so those under way together hardly ever share a place. */
static struct in_hand_note *place_of(struct in_hand *own, int64_t id)
{
    return &own->notes[(uint64_t)id % IN_HAND_MAX];
}

static struct in_hand_note *find(struct in_hand *own, int64_t id)
{
    struct in_hand_note *note = place_of(own, id);
    return note->id == id ? note : NULL;
}

/* A worker can die between any two of these lines: the id comes last. */
void in_hand_note(struct in_hand *own, int64_t id, int attempts)
{
    struct in_hand_note *note = place_of(own, id);
    if (note->id && note->id != id)
        return;
    note->id = 0;
    note->attempts = attempts;
    note->is_taken = false;
    note->id = id;
}

void in_hand_taken(struct in_hand *own, int64_t id)
{
    struct in_hand_note *note = find(own, id);
    if (note)
        note->is_taken = true;
}

void in_hand_strike(struct in_hand *own, int64_t id)
{
    struct in_hand_note *note = find(own, id);
    if (note)
        note->id = 0;
}

/* Settling says nothing of a message that somebody else has got hold of meanwhile: it asks for the same try.
 * The first try is repeated at once; what may have killed more than one worker takes its time. */
static void settle(const struct in_hand_note *note, struct store *store)
{
    struct settlement settlement = {
        .id = note->id,
        .attempts = note->attempts,
        .settled = note->is_taken ? SETTLED_SENT : SETTLED_LATER,
        .delay_ms = note->attempts > 1 ? backoff_ms(note->attempts, (uint32_t)note->id) : 0,
    };
    store_settle_outbox(store, &settlement);
}

void in_hand_take_over(struct in_hand *own, struct store *store)
{
    int64_t count = 0;
    for (size_t i = 0; i < IN_HAND_MAX; i++) {
        if (!own->notes[i].id)
            continue;
        settle(&own->notes[i], store);
        count++;
    }
    if (count)
        log_event(LOG_WARN, "what the worker before was sending is taken over", log_int("messages", count));
}
