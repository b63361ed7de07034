/* How is an id made that nobody else has, and how is it written? */

#include "base/uuid.h"

#include "base/digest.h"
#include "base/encoding.h"

#include <string.h>

#define UUID_TEXT_LEN 36

static struct uuid mark_version(struct uuid id, uint8_t version)
{
    id.bytes[6] = (uint8_t)((id.bytes[6] & 0x0F) | version << 4);
    id.bytes[8] = (uint8_t)((id.bytes[8] & 0x3F) | 0x80);
    return id;
}

struct uuid uuid_random(void)
{
    struct uuid id;
    random_bytes(id.bytes, sizeof id.bytes);
    return mark_version(id, 4);
}

struct uuid uuid_ordered(int64_t now_ms)
{
    struct uuid id;
    random_bytes(id.bytes + 6, sizeof id.bytes - 6);
    for (int i = 0; i < 6; i++)
        id.bytes[i] = (uint8_t)(now_ms >> (40 - 8 * i));
    return mark_version(id, 7);
}

struct str uuid_text(struct arena *arena, struct uuid id)
{
    static const size_t groups[] = {4, 2, 2, 2, 6}; /* bytes between dashes */
    char *text = arena_alloc(arena, UUID_TEXT_LEN + 1);
    const uint8_t *bytes = id.bytes;
    for (size_t i = 0, at = 0; i < sizeof groups / sizeof *groups; i++) {
        if (i)
            text[at++] = '-';
        hex_put(text + at, bytes, groups[i]);
        at += 2 * groups[i];
        bytes += groups[i];
    }
    return (struct str){text, UUID_TEXT_LEN};
}

bool uuid_from_text(struct str text, struct uuid *out)
{
    if (text.len != UUID_TEXT_LEN)
        return false;
    char digits[32];
    size_t count = 0;
    for (size_t i = 0; i < text.len; i++) {
        bool is_dash = i == 8 || i == 13 || i == 18 || i == 23;
        if (is_dash != (text.data[i] == '-'))
            return false;
        if (!is_dash)
            digits[count++] = text.data[i];
    }
    return hex_decode((struct str){digits, count}, out->bytes, sizeof out->bytes);
}

bool uuid_eq(struct uuid a, struct uuid b)
{
    return memcmp(a.bytes, b.bytes, sizeof a.bytes) == 0;
}

bool uuid_is_nil(struct uuid id)
{
    return uuid_eq(id, (struct uuid){0});
}
