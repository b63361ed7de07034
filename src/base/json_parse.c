/* How is JSON read that a stranger wrote?
 *
 * jansson reads it, since strangers' bytes deserve a parser that many have attacked; the values are then made
 * ours. Its allocator is pointed at the arena of the call under way and its free does nothing, so its texts
 * stay where they are. A worker has one thread. */

#include "base/digest.h"
#include "base/json_value.h"

#include <jansson.h>
#include <string.h>

static struct arena *current;

static void *allocate(size_t bytes)
{
    return arena_alloc(current, bytes);
}

static void keep(void *memory)
{
    (void)memory;
}

static void use(struct arena *arena)
{
    static bool is_set;
    if (!is_set) {
        json_set_alloc_funcs(allocate, keep);
        is_set = true;
    }
    current = arena;
}

/* jansson recurses once a level: the depth is checked before it starts. */
static bool is_too_deep(struct str bytes)
{
    int depth = 0;
    bool in_text = false;
    for (size_t i = 0; i < bytes.len; i++) {
        char c = bytes.data[i];
        if (in_text) {
            if (c == '\\')
                i++;
            else if (c == '"')
                in_text = false;
        } else if (c == '"') {
            in_text = true;
        } else if (c == '{' || c == '[') {
            if (++depth > JSON_MAX_DEPTH)
                return true;
        } else if (c == '}' || c == ']') {
            depth--;
        }
    }
    return false;
}

struct str text_clean(struct arena *arena, struct str text)
{
    if (utf8_is_valid(text) && str_find_char(text, '\0') == STR_NONE)
        return text;
    struct buf clean = {.arena = arena};
    while (text.len) {
        uint32_t point = utf8_next(&text);
        if (point)
            buf_put_point(&clean, point);
    }
    return buf_str(&clean);
}

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

/* One emoji cut in half, or one NUL, must not make a whole batch of messages unreadable: half pairs become
 * U+FFFD, escaped NULs vanish. Only escapes are touched, so the structure stays what it was. */
static struct str mend_escapes(struct arena *arena, struct str bytes)
{
    if (str_find(bytes, STR("\\u")) == STR_NONE)
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

static const struct json *ours(struct arena *arena, const json_t *value);

static const struct json *our_object(struct arena *arena, json_t *from)
{
    struct json *object = json_new_object(arena);
    const char *key;
    size_t len;
    json_t *value;
    json_object_keylen_foreach(from, key, len, value)
        json_append(arena, object, (struct str){key, len}, ours(arena, value));
    return object;
}

static const struct json *our_list(struct arena *arena, const json_t *from)
{
    struct json *list = json_new_list(arena);
    for (size_t i = 0; i < json_array_size(from); i++)
        json_add(arena, list, ours(arena, json_array_get(from, i)));
    return list;
}

static const struct json *ours(struct arena *arena, const json_t *value)
{
    switch (json_typeof(value)) {
    case JSON_OBJECT:
        return our_object(arena, (json_t *)(uintptr_t)value);
    case JSON_ARRAY:
        return our_list(arena, value);
    case JSON_STRING:
        return json_new_text(arena, (struct str){json_string_value(value), json_string_length(value)});
    case JSON_INTEGER:
        return json_new_integer(arena, json_integer_value(value));
    case JSON_REAL:
        return json_new_real(arena, json_real_value(value));
    case JSON_TRUE:
        return &json_yes;
    case JSON_FALSE:
        return &json_no;
    case JSON_NULL:
        break;
    }
    return &json_nothing;
}

enum err json_parse(struct arena *arena, struct str bytes, const struct json **out)
{
    *out = NULL;
    bytes = mend_escapes(arena, text_clean(arena, bytes));
    if (is_too_deep(bytes))
        return ERR_MALFORMED;
    use(arena);
    json_error_t error;
    json_t *root = json_loadb(bytes.data ? bytes.data : "", bytes.len, JSON_DECODE_ANY, &error);
    if (!root)
        return ERR_MALFORMED;
    *out = ours(arena, root);
    return ERR_NONE;
}
