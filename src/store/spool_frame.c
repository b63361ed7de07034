/* Which bytes of a spool's file are a record, whatever happened to the file? */

#include "store/spool_frame.h"

#include "base/digest.h"

#include <string.h>

#define MAGIC        "\xF7SP\x01"
#define MAGIC_BYTES  4
#define DIGEST_BYTES 8
#define FRAME_BYTES  (MAGIC_BYTES + DIGEST_BYTES + 4 + 4)

static const struct str kind = STR_INIT("FDSPOOL1");

void spool_head_make(char head[static SPOOL_HEAD_BYTES])
{
    memcpy(head, kind.data, kind.len);
    random_bytes(head + kind.len, SPOOL_SALT_BYTES);
}

bool spool_head_is_ours(struct str segment)
{
    return segment.len >= SPOOL_HEAD_BYTES && str_starts(segment, kind);
}

size_t spool_frame_size(const struct spool_record *record)
{
    return FRAME_BYTES + record->owner_count * sizeof *record->owners + record->text.len;
}

/* Over everything behind the digest. */
static void digest_of(const char head[static SPOOL_HEAD_BYTES], struct str covered,
                      uint8_t digest[static SHA256_BYTES])
{
    hmac_sha256((struct str){head + kind.len, SPOOL_SALT_BYTES}, covered, digest);
}

void spool_frame_put(struct buf *out, const char head[static SPOOL_HEAD_BYTES],
                     const struct spool_record *record)
{
    uint32_t lengths[2] = {(uint32_t)record->text.len, (uint32_t)record->owner_count};
    uint8_t digest[SHA256_BYTES];
    struct buf covered = {.arena = out->arena};
    buf_put(&covered, (struct str){(const char *)lengths, sizeof lengths});
    buf_put(&covered,
            (struct str){(const char *)record->owners, record->owner_count * sizeof *record->owners});
    buf_put(&covered, record->text);
    digest_of(head, buf_str(&covered), digest);
    buf_put(out, (struct str){MAGIC, MAGIC_BYTES});
    buf_put(out, (struct str){(const char *)digest, DIGEST_BYTES});
    buf_put(out, buf_str(&covered));
}

/* How long the frame at the front says that it is; 0 when it is none. */
static size_t claimed_size(struct str rest, uint32_t lengths[static 2])
{
    if (rest.len < FRAME_BYTES || memcmp(rest.data, MAGIC, MAGIC_BYTES) != 0)
        return 0;
    memcpy(lengths, rest.data + MAGIC_BYTES + DIGEST_BYTES, 2 * sizeof *lengths);
    if (lengths[0] > SPOOL_TEXT_BYTES || lengths[1] > SPOOL_OWNERS_MAX)
        return 0;
    return FRAME_BYTES + lengths[1] * sizeof(int64_t) + lengths[0];
}

static bool is_whole(struct str rest, size_t size, const char head[static SPOOL_HEAD_BYTES])
{
    uint8_t digest[SHA256_BYTES];
    if (size == 0 || size > rest.len)
        return false;
    digest_of(head, str_slice(rest, MAGIC_BYTES + DIGEST_BYTES, size), digest);
    return memcmp(digest, rest.data + MAGIC_BYTES, DIGEST_BYTES) == 0;
}

static void take(struct str frame, const uint32_t lengths[static 2], struct arena *arena,
                 struct spool_record *record)
{
    *record = (struct spool_record){.owner_count = lengths[1]};
    record->owners = arena_new_array(arena, int64_t, lengths[1]);
    if (lengths[1])
        memcpy(record->owners, frame.data + FRAME_BYTES, lengths[1] * sizeof *record->owners);
    record->text = str_slice(frame, frame.len - lengths[0], frame.len);
}

/* A write that did not come to its end: too short, or (after a power cut) nothing but zeros. */
static bool is_torn(struct str rest, size_t size)
{
    size_t zeros = 0;
    while (zeros < rest.len && rest.data[zeros] == 0)
        zeros++;
    return rest.len < FRAME_BYTES || size > rest.len || zeros == rest.len;
}

enum spool_frame spool_frame_next(struct str *rest, const char head[static SPOOL_HEAD_BYTES],
                                  struct arena *arena, struct spool_record *record, struct str *damaged)
{
    uint32_t lengths[2];
    if (rest->len == 0)
        return SPOOL_FRAME_END;
    size_t size = claimed_size(*rest, lengths);
    if (is_whole(*rest, size, head)) {
        take(str_slice(*rest, 0, size), lengths, arena, record);
        *rest = str_slice(*rest, size, rest->len);
        return SPOOL_FRAME_WHOLE;
    }
    /* Where the next whole frame begins; what only looks like one is passed over. */
    struct str from = *rest;
    size_t at;
    while ((at = str_find(str_slice(from, 1, from.len), (struct str){MAGIC, MAGIC_BYTES})) != STR_NONE) {
        from = str_slice(from, 1 + at, from.len);
        if (is_whole(from, claimed_size(from, lengths), head))
            break;
    }
    if (at == STR_NONE && is_torn(*rest, size)) {
        *rest = (struct str){0};
        return SPOOL_FRAME_TORN;
    }
    *damaged = at == STR_NONE ? *rest : str_slice(*rest, 0, rest->len - from.len);
    *rest = at == STR_NONE ? (struct str){0} : from;
    return SPOOL_FRAME_DAMAGED;
}
