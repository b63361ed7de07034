/* Whatever happened to a spool's file, is it read to its end, and are whole records in it found? The first
 * byte says where a record of ours stands between the strange bytes. */

#include "store/spool_frame.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool good)
{
    if (!good)
        abort();
}

/* How often the record was found among them. */
static size_t count_record(struct str segment, const struct spool_record *record, struct arena *arena)
{
    struct str rest = str_slice(segment, SPOOL_HEAD_BYTES, segment.len);
    size_t found = 0;
    for (;;) {
        struct spool_record read;
        struct str damaged = {0};
        size_t before = rest.len;
        switch (spool_frame_next(&rest, segment.data, arena, &read, &damaged)) {
        case SPOOL_FRAME_END:
        case SPOOL_FRAME_TORN:
            return found;
        case SPOOL_FRAME_DAMAGED:
            must(damaged.len > 0 && damaged.len <= before);
            break;
        case SPOOL_FRAME_WHOLE:
            found += str_eq(read.text, record->text) && read.owner_count == record->owner_count &&
                     memcmp(read.owners, record->owners, sizeof *read.owners) == 0;
            break;
        }
        must(rest.len < before);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    struct arena arena = {0};
    char head[SPOOL_HEAD_BYTES];
    struct str bytes = {(const char *)data + 1, size - 1};
    size_t at = data[0] % size;
    int64_t owner = 7;
    struct spool_record record = {.text = bytes, .owners = &owner, .owner_count = 1};
    struct buf segment = {.arena = &arena};
    spool_head_make(head);
    buf_put(&segment, (struct str){head, sizeof head});
    buf_put(&segment, str_slice(bytes, 0, at));
    spool_frame_put(&segment, head, &record);
    buf_put(&segment, str_slice(bytes, at, bytes.len));
    must(count_record(buf_str(&segment), &record, &arena) == 1);
    arena_free(&arena);
    return 0;
}
