/* How is JSON read and written without anybody having to free it?
 *
 * jansson does the work; its allocator is pointed at the arena of the call under way and its free does
 * nothing, so that a value lives exactly as long as the arena. A worker has one thread. */

#include "base/json.h"

#include "base/digest.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
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

static json_t *native(const struct json *value)
{
    return (json_t *)(uintptr_t)value;
}

static struct json *ours(json_t *value)
{
    return (struct json *)value;
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
    *out = ours(root);
    return ERR_NONE;
}

enum json_kind json_kind(const struct json *value)
{
    if (!value)
        return JSON_ABSENT;
    switch (json_typeof(native(value))) {
    case JSON_OBJECT:
        return JSON_MEMBERS;
    case JSON_ARRAY:
        return JSON_LIST;
    case JSON_STRING:
        return JSON_TEXT;
    case JSON_INTEGER:
    case JSON_REAL:
        return JSON_NUMBER;
    case JSON_TRUE:
    case JSON_FALSE:
        return JSON_BOOL;
    case JSON_NULL:
        return JSON_NULL_VALUE;
    }
    return JSON_ABSENT;
}

const struct json *json_get(const struct json *object, const char *key)
{
    return ours(json_object_get(native(object), key));
}

const struct json *json_at(const struct json *list, size_t index)
{
    return ours(json_array_get(native(list), index));
}

size_t json_count(const struct json *value)
{
    return json_is_object(native(value)) ? json_object_size(native(value)) : json_array_size(native(value));
}

bool json_each(const struct json *object, void **iterator, struct str *key, const struct json **value)
{
    json_t *members = native(object);
    *iterator = *iterator ? json_object_iter_next(members, *iterator) : json_object_iter(members);
    if (!*iterator)
        return false;
    *key = (struct str){json_object_iter_key(*iterator), json_object_iter_key_len(*iterator)};
    *value = ours(json_object_iter_value(*iterator));
    return true;
}

struct str json_text(const struct json *value)
{
    if (!json_is_string(native(value)))
        return (struct str){0};
    return (struct str){json_string_value(native(value)), json_string_length(native(value))};
}

struct str json_scalar(struct arena *arena, const struct json *value)
{
    if (json_is_integer(native(value)))
        return arena_printf(arena, "%lld", (long long)json_integer_value(native(value)));
    if (json_is_real(native(value)))
        return arena_printf(arena, "%.17g", json_real_value(native(value)));
    return json_text(value);
}

bool json_to_int64(const struct json *value, int64_t *out)
{
    if (json_is_integer(native(value))) {
        *out = json_integer_value(native(value));
        return true;
    }
    return str_to_int64(json_text(value), out);
}

bool json_to_double(const struct json *value, double *out)
{
    if (json_is_number(native(value))) {
        *out = json_number_value(native(value));
        return isfinite(*out);
    }
    return str_to_double(json_text(value), out);
}

bool json_truth(const struct json *value)
{
    return json_is_true(native(value));
}

struct json *json_new_object(struct arena *arena)
{
    use(arena);
    return ours(json_object());
}

struct json *json_new_list(struct arena *arena)
{
    use(arena);
    return ours(json_array());
}

/* A key is a literal of ours, or comes out of another object. */
static void put(struct json *object, const char *key, json_t *value)
{
    json_object_set_new_nocheck(native(object), key, value);
}

void json_set(struct arena *arena, struct json *object, const char *key, const struct json *value)
{
    use(arena);
    put(object, key, native(value));
}

/* Checked here: jansson would look at every character once more. */
static json_t *text_value(struct str text)
{
    return utf8_is_valid(text) ? json_stringn_nocheck(text.data ? text.data : "", text.len) : NULL;
}

void json_set_str(struct arena *arena, struct json *object, const char *key, struct str text)
{
    use(arena);
    put(object, key, text_value(text));
}

void json_set_int(struct arena *arena, struct json *object, const char *key, int64_t number)
{
    use(arena);
    put(object, key, json_integer(number));
}

void json_set_double(struct arena *arena, struct json *object, const char *key, double number)
{
    use(arena);
    put(object, key, json_real(number));
}

void json_set_bool(struct arena *arena, struct json *object, const char *key, bool truth)
{
    use(arena);
    put(object, key, json_boolean(truth));
}

void json_set_null(struct arena *arena, struct json *object, const char *key)
{
    use(arena);
    put(object, key, json_null());
}

void json_add(struct arena *arena, struct json *list, const struct json *value)
{
    use(arena);
    json_array_append_new(native(list), native(value));
}

void json_add_str(struct arena *arena, struct json *list, struct str text)
{
    use(arena);
    json_array_append_new(native(list), text_value(text));
}

/* Quotes, and what JSON does not allow in them, escaped; everything else as it is, a run at a time. */
static void put_text(struct buf *text, struct str value)
{
    static const char brief[] = "btn.fr"; /* of the characters from 8 on; vertical tab has none */
    size_t begin = 0;
    buf_put_char(text, '"');
    for (size_t i = 0; i < value.len; i++) {
        unsigned char c = (unsigned char)value.data[i];
        if (c >= ' ' && c != '"' && c != '\\')
            continue;
        buf_put(text, str_slice(value, begin, i));
        begin = i + 1;
        if (c >= '\b' && c <= '\r' && c != '\v')
            buf_put(text, (struct str){(const char[]){'\\', brief[c - '\b']}, 2});
        else if (c < ' ')
            buf_printf(text, "\\u%04X", c);
        else
            buf_put(text, (struct str){(const char[]){'\\', (char)c}, 2});
    }
    buf_put(text, str_slice(value, begin, value.len));
    buf_put_char(text, '"');
}

/* The fewest digits that a person wrote, and a point even where it is whole: it stays a real number. */
static void put_real(struct buf *text, double number)
{
    char digits[40];
    int len = snprintf(digits, sizeof digits, "%.15g", number);
    buf_put(text, (struct str){digits, (size_t)len});
    if (!strpbrk(digits, ".e"))
        buf_put(text, STR(".0"));
}

static void put_value(struct buf *text, json_t *value);

static void put_members(struct buf *text, json_t *object)
{
    const char *key;
    size_t key_len;
    json_t *value;
    bool is_first = true;
    buf_put_char(text, '{');
    json_object_keylen_foreach(object, key, key_len, value)
    {
        if (!is_first)
            buf_put_char(text, ',');
        is_first = false;
        put_text(text, (struct str){key, key_len});
        buf_put_char(text, ':');
        put_value(text, value);
    }
    buf_put_char(text, '}');
}

static void put_list(struct buf *text, json_t *list)
{
    buf_put_char(text, '[');
    for (size_t i = 0; i < json_array_size(list); i++) {
        if (i)
            buf_put_char(text, ',');
        put_value(text, json_array_get(list, i));
    }
    buf_put_char(text, ']');
}

static void put_value(struct buf *text, json_t *value)
{
    switch (json_typeof(value)) {
    case JSON_OBJECT:
        put_members(text, value);
        break;
    case JSON_ARRAY:
        put_list(text, value);
        break;
    case JSON_STRING:
        put_text(text, (struct str){json_string_value(value), json_string_length(value)});
        break;
    case JSON_INTEGER:
        buf_put_int(text, json_integer_value(value));
        break;
    case JSON_REAL:
        put_real(text, json_real_value(value));
        break;
    case JSON_TRUE:
        buf_put(text, STR("true"));
        break;
    case JSON_FALSE:
        buf_put(text, STR("false"));
        break;
    case JSON_NULL:
        buf_put(text, STR("null"));
        break;
    }
}

/* jansson's own writer calls back for every few bytes and checks the encoding of each text again: half the
 * time of a turn's JSON. */
struct str json_print(struct arena *arena, const struct json *value)
{
    struct buf text = {.arena = arena};
    if (value)
        put_value(&text, native(value));
    return buf_str(&text);
}
