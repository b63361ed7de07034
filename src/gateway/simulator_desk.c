/* How do the workers of a node share what happens at the simulator's providers?
 *
 * Everything is in shared memory, so a worker may be killed in the middle of any line: a message half written
 * keeps its odd version and is not read; its place in the ring is taken again later. */

#include "gateway/simulator_desk.h"

#include <string.h>

static const struct str names[] = {STR_INIT("none"), STR_INIT("429"), STR_INIT("500"), STR_INIT("timeout")};

struct str simulator_trouble_name(enum simulator_trouble trouble)
{
    return names[trouble];
}

bool simulator_trouble_from(struct str name, enum simulator_trouble *out)
{
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (str_eq(names[i], name)) {
            *out = (enum simulator_trouble)i;
            return true;
        }
    }
    return false;
}

/* ---- Trouble ---- */

void simulator_set_trouble(struct simulator_desk *desk, enum simulator_trouble trouble, int calls)
{
    uint32_t left = trouble == SIMULATOR_WELL || calls < 0 ? 0 : (uint32_t)calls & 255;
    atomic_store(&desk->trouble, left ? (uint32_t)trouble * 256 + left : 0);
}

enum simulator_trouble simulator_trouble_now(const struct simulator_desk *desk, int *calls)
{
    uint32_t now = atomic_load(&desk->trouble);
    *calls = (int)(now & 255);
    return (enum simulator_trouble)(now >> 8);
}

enum simulator_trouble simulator_take_trouble(struct simulator_desk *desk)
{
    uint32_t now = atomic_load(&desk->trouble);
    while (now && !atomic_compare_exchange_weak(&desk->trouble, &now, (now & 255) > 1 ? now - 1 : 0))
        ;
    return (enum simulator_trouble)(now >> 8);
}

/* ---- What was taken ---- */

static size_t put(char *room, size_t size, struct str text)
{
    size_t len = text.len < size ? text.len : size - 1;
    memcpy(room, text.data, len);
    room[len] = '\0';
    return len;
}

void simulator_keep(struct simulator_desk *desk, enum channel_kind channel, struct str to, struct str id,
                    struct str body, int64_t at_ms)
{
    if (body.len >= SIMULATOR_BODY_BYTES)
        return;
    uint32_t at = atomic_fetch_add(&desk->taken_count, 1);
    struct simulator_taken *taken = &desk->taken[at % SIMULATOR_TAKEN_MAX];
    atomic_store(&taken->version, 2 * at + 1);
    taken->channel = channel;
    taken->at_ms = at_ms;
    put(taken->to, sizeof taken->to, to);
    put(taken->id, sizeof taken->id, id);
    taken->len = put(taken->body, sizeof taken->body, body);
    atomic_store(&taken->version, 2 * at + 2);
}

/* False where it is another message by now, or somebody's else. */
static bool read_taken(const struct simulator_taken *taken, uint32_t at, struct str to, struct arena *arena,
                       struct simulator_message *out)
{
    if (atomic_load(&taken->version) != 2 * at + 2)
        return false;
    struct simulator_taken copy;
    memcpy(&copy, taken, sizeof copy);
    if (atomic_load(&taken->version) != 2 * at + 2 || !str_eq(str_from(copy.to), to))
        return false;
    *out = (struct simulator_message){
        .channel = copy.channel,
        .at_ms = copy.at_ms,
        .id = arena_copy(arena, str_from(copy.id)),
        .body = arena_copy(arena, (struct str){copy.body, copy.len}),
    };
    return true;
}

size_t simulator_kept(const struct simulator_desk *desk, struct str to, struct arena *arena,
                      struct simulator_message out[static SIMULATOR_TAKEN_MAX])
{
    uint32_t end = atomic_load(&desk->taken_count);
    uint32_t first = end > SIMULATOR_TAKEN_MAX ? end - SIMULATOR_TAKEN_MAX : 0;
    size_t count = 0;
    for (uint32_t at = first; at != end; at++)
        count += read_taken(&desk->taken[at % SIMULATOR_TAKEN_MAX], at, to, arena, &out[count]);
    return count;
}
