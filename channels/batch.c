/* How does a parse hand over what it found, however much that is? */

#include "channels/batch.h"

#include "base/json.h"

#include <string.h>

/* Room for one more: arrays double whenever their count reaches a power of two. */
static void *grow(struct arena *arena, void *items, size_t count, size_t bytes)
{
    if (count & (count - 1))
        return items;
    if (count == 0)
        return arena_alloc(arena, bytes);
    void *larger = arena_alloc_array(arena, count * 2, bytes);
    return memcpy(larger, items, count * bytes);
}

void batch_add_message(struct batch *batch, struct arena *arena, const struct inbound *message)
{
    batch->messages = grow(arena, batch->messages, batch->message_count, sizeof *message);
    batch->messages[batch->message_count++] = *message;
}

void batch_add_receipt(struct batch *batch, struct arena *arena, const struct receipt *receipt)
{
    batch->receipts = grow(arena, batch->receipts, batch->receipt_count, sizeof *receipt);
    batch->receipts[batch->receipt_count++] = *receipt;
}

void batch_ignore(struct batch *batch, struct arena *arena, struct str what, struct str why)
{
    batch->ignored = grow(arena, batch->ignored, batch->ignored_count, sizeof *batch->ignored);
    batch->ignored[batch->ignored_count++] = (struct ignored){what, why};
}

/* Cut before cleaning, so that a megabyte costs nothing; an invalid byte may grow to three, so cut again. */
static struct str bounded(struct arena *arena, struct str raw, size_t max_bytes)
{
    struct str clean = text_clean(arena, utf8_truncate_bytes(raw, max_bytes));
    return utf8_truncate_bytes(clean, max_bytes);
}

struct str inbound_text(struct arena *arena, struct str raw)
{
    return bounded(arena, raw, INBOUND_TEXT_BYTES);
}

struct str inbound_name(struct arena *arena, struct str raw)
{
    return bounded(arena, raw, INBOUND_NAME_BYTES);
}
