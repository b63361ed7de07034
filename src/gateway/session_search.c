/* Is what was typed an id, a key, a number, or a masked one? */

#include "gateway/session_search.h"

#include "base/uuid.h"

#include <string.h>

#define TYPED_BYTES_MAX 255
#define PHONE_BYTES_MAX 32
/* What mask_address leaves. */
#define MASK_START      4
#define MASK_END        2

/* "+91 98123-45670" as it is stored: a plus and digits. Empty when it is no number with its country. */
static struct str read_phone(struct str text, struct arena *arena)
{
    struct buf digits = {.arena = arena};
    if (!str_starts(text, STR("+")) || text.len > PHONE_BYTES_MAX)
        return (struct str){0};
    buf_put_char(&digits, '+');
    for (size_t i = 1; i < text.len; i++) {
        if (text.data[i] >= '0' && text.data[i] <= '9')
            buf_put_char(&digits, text.data[i]);
        else if (!strchr(" -().", text.data[i]))
            return (struct str){0};
    }
    return digits.len >= 8 && digits.len <= 16 ? buf_str(&digits) : (struct str){0};
}

/* "+919…70", also typed with dots or a star. */
static bool read_mask(struct str text, struct session_search *out)
{
    static const struct str gaps[] = {STR_INIT("…"), STR_INIT("..."), STR_INIT("*")};
    for (size_t i = 0; i < sizeof gaps / sizeof *gaps; i++) {
        if (text.len != MASK_START + gaps[i].len + MASK_END ||
            !str_eq(str_slice(text, MASK_START, MASK_START + gaps[i].len), gaps[i]))
            continue;
        out->mask_start = str_slice(text, 0, MASK_START);
        out->mask_end = str_slice(text, text.len - MASK_END, text.len);
        return utf8_is_valid(out->mask_start) && utf8_is_valid(out->mask_end);
    }
    return false;
}

bool session_search_read(struct str typed, struct arena *arena, struct session_search *out)
{
    struct uuid id;
    struct str text = str_trim(typed);
    *out = (struct session_search){0};
    if (text.len > TYPED_BYTES_MAX || !utf8_is_valid(text))
        return false;
    if (uuid_from_text(text, &id))
        out->id = uuid_text(arena, id);
    if (text.len >= SESSION_KEY_BYTES_MIN && text.data[0] != '+')
        out->key = text;
    out->phone = read_phone(text, arena);
    return read_mask(text, out) || out->id.len || out->key.len || out->phone.len;
}
