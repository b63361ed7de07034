/* How is JSON read that a stranger wrote?
 *
 * What people's text may do to it is mended first: bytes that are no UTF-8, emoji cut in half, NULs. Then it
 * is read as strictly as ours. */

#include "base/encoding.h"
#include "base/json_value.h"

/* The code unit of an escape \uXXXX that stands at `at`; false where there is none. */
static bool read_escape(struct str bytes, size_t at, unsigned *unit)
{
    uint8_t pair[2];
    if (at + 6 > bytes.len || bytes.data[at] != '\\' || bytes.data[at + 1] != 'u' ||
        !hex_decode(str_slice(bytes, at + 2, at + 6), pair, 2))
        return false;
    *unit = (unsigned)pair[0] << 8 | pair[1];
    return true;
}

/* Backslashes are rare, and found faster than a pair of characters. */
static bool has_unit(struct str bytes)
{
    unsigned unit;
    for (size_t at; (at = str_find_char(bytes, '\\')) != STR_NONE;
         bytes = str_slice(bytes, at + 2, bytes.len))
        if (read_escape(bytes, at, &unit))
            return true;
    return false;
}

/* One emoji cut in half, or one NUL, must not make a whole batch of messages unreadable: half pairs become
 * U+FFFD, escaped NULs vanish. Only escapes are touched, so the structure stays what it was. */
static struct str mend_escapes(struct arena *arena, struct str bytes)
{
    if (!has_unit(bytes))
        return bytes;
    struct buf mended = {.arena = arena};
    for (size_t i = 0; i < bytes.len;) {
        unsigned unit;
        unsigned low;
        size_t len = bytes.data[i] == '\\' && i + 1 < bytes.len ? 2 : 1;
        bool is_unit = read_escape(bytes, i, &unit);
        bool is_pair = is_unit && unit >= 0xD800 && unit < 0xDC00 && read_escape(bytes, i + 6, &low) &&
                       low >= 0xDC00 && low < 0xE000;
        if (is_unit)
            len = is_pair ? 12 : 6;
        if (is_unit && !is_pair && unit >= 0xD800 && unit < 0xE000)
            buf_put(&mended, STR("\\ufffd"));
        else if (!is_unit || unit != 0)
            buf_put(&mended, str_slice(bytes, i, i + len));
        i += len;
    }
    return buf_str(&mended);
}

enum err json_parse(struct arena *arena, struct str bytes, const struct json **out)
{
    struct str mended = mend_escapes(arena, text_clean(arena, bytes));
    /* The values point into the text that was read. */
    if (mended.data == bytes.data)
        mended = arena_copy(arena, bytes);
    return json_read_valid(arena, mended, JSON_BY_A_STRANGER, out);
}
