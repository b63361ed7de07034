/* How is JSON read?
 *
 * One pass over the bytes, texts left where they are. It is as strict as any parser of JSON, and mends
 * nothing: what it can't read is malformed (what strangers write is mended before, in json_parse.c). Every
 * step looks at a byte only while there is one; the nesting is bounded, since each level is a call. */

#include "base/encoding.h"
#include "base/json_value.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct reading {
    struct arena *arena;
    const char *at;
    const char *end;
    int depth;
    enum json_writer writer;
};

static const struct json *read_value(struct reading *reading);

static char peek(const struct reading *reading)
{
    return reading->at < reading->end ? *reading->at : '\0';
}

/* Only over what was seen. */
static void skip(struct reading *reading, size_t bytes)
{
    reading->at += bytes;
}

static struct str rest_of(const struct reading *reading)
{
    return (struct str){reading->at, (size_t)(reading->end - reading->at)};
}

static bool is_space(char c)
{
    /* Hardly anything is: one comparison tells. */
    return c <= ' ' && (c == ' ' || c == '\n' || c == '\t' || c == '\r');
}

static void skip_space(struct reading *reading)
{
    while (is_space(peek(reading)))
        skip(reading, 1);
}

static bool take(struct reading *reading, char c)
{
    if (peek(reading) != c)
        return false;
    skip(reading, 1);
    return true;
}

static const struct json *take_word(struct reading *reading, struct str word, const struct json *value)
{
    if (!str_starts(rest_of(reading), word))
        return NULL;
    skip(reading, word.len);
    return value;
}

static bool read_unit(struct reading *reading, uint32_t *unit)
{
    uint8_t pair[2];
    if (rest_of(reading).len < 4 || !hex_decode((struct str){reading->at, 4}, pair, 2))
        return false;
    skip(reading, 4);
    *unit = (uint32_t)(pair[0] << 8 | pair[1]);
    return true;
}

static bool is_low_half(uint32_t unit)
{
    return unit >= 0xDC00 && unit < 0xE000;
}

static bool read_point(struct reading *reading, struct buf *text)
{
    uint32_t unit;
    uint32_t low;
    if (!read_unit(reading, &unit) || unit == 0 || is_low_half(unit))
        return false;
    if (unit >= 0xD800 && unit < 0xDC00) {
        if (!take(reading, '\\') || !take(reading, 'u') || !read_unit(reading, &low) || !is_low_half(low))
            return false;
        unit = 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
    }
    buf_put_point(text, unit);
    return true;
}

static bool read_escape(struct reading *reading, struct buf *text)
{
    static const char names[] = "\"\\/bfnrt";
    static const char meant[] = "\"\\/\b\f\n\r\t";
    if (take(reading, 'u'))
        return read_point(reading, text);
    const char *name = memchr(names, peek(reading), sizeof names - 1);
    if (!name)
        return false;
    skip(reading, 1);
    buf_put_char(text, meant[name - names]);
    return true;
}

/* The run of characters that stand for themselves. */
static struct str take_plain(struct reading *reading)
{
    struct str plain = {reading->at, json_plain_len(rest_of(reading))};
    skip(reading, plain.len);
    return plain;
}

static bool read_text(struct reading *reading, struct str *out)
{
    if (!take(reading, '"'))
        return false;
    *out = take_plain(reading);
    if (take(reading, '"'))
        return true;
    struct buf text = {.arena = reading->arena};
    buf_put(&text, *out);
    while (take(reading, '\\')) {
        if (!read_escape(reading, &text))
            return false;
        buf_put(&text, take_plain(reading));
    }
    *out = buf_str(&text);
    return take(reading, '"');
}

static size_t take_digits(struct reading *reading)
{
    size_t count = 0;
    for (; peek(reading) >= '0' && peek(reading) <= '9'; count++)
        skip(reading, 1);
    return count;
}

static const struct json *read_number(struct reading *reading)
{
    const char *from = reading->at;
    take(reading, '-');
    bool has_zero = peek(reading) == '0';
    size_t digits = take_digits(reading);
    if (digits == 0 || (has_zero && digits > 1))
        return NULL;
    bool is_real = false;
    if (take(reading, '.')) {
        is_real = true;
        if (take_digits(reading) == 0)
            return NULL;
    }
    if (take(reading, 'e') || take(reading, 'E')) {
        is_real = true;
        if (!take(reading, '-'))
            take(reading, '+');
        if (take_digits(reading) == 0)
            return NULL;
    }
    struct str text = {from, (size_t)(reading->at - from)};
    int64_t integer;
    if (!is_real && str_to_int64(text, &integer))
        return json_new_int(reading->arena, integer);
    /* PostgreSQL's numbers have no bound, and one of them must not make a whole row unreadable. */
    double real = strtod(arena_cstring(reading->arena, text), NULL);
    return isfinite(real) ? json_new_real(reading->arena, real) : &json_nothing;
}

static bool add_member(struct reading *reading, struct json *object, struct str key, const struct json *value)
{
    if (reading->writer == JSON_BY_US) {
        json_append(reading->arena, object, key, value);
        return true;
    }
    /* Each key is compared with those before it, so a stranger may not send any number of them. */
    json_put(reading->arena, object, key, value);
    return object->count <= JSON_MAX_MEMBERS;
}

static const struct json *read_object(struct reading *reading)
{
    struct json *object = json_new_object(reading->arena);
    skip_space(reading);
    if (take(reading, '}'))
        return object;
    do {
        struct str key;
        skip_space(reading);
        if (!read_text(reading, &key))
            return NULL;
        skip_space(reading);
        const struct json *value = take(reading, ':') ? read_value(reading) : NULL;
        if (!value || !add_member(reading, object, key, value))
            return NULL;
    } while (take(reading, ','));
    return take(reading, '}') ? object : NULL;
}

static const struct json *read_list(struct reading *reading)
{
    struct json *list = json_new_list(reading->arena);
    skip_space(reading);
    if (take(reading, ']'))
        return list;
    do {
        const struct json *value = read_value(reading);
        if (!value)
            return NULL;
        json_add(reading->arena, list, value);
    } while (take(reading, ','));
    return take(reading, ']') ? list : NULL;
}

static const struct json *read_inner(struct reading *reading, const struct json *(*read)(struct reading *))
{
    if (++reading->depth > JSON_MAX_DEPTH)
        return NULL;
    skip(reading, 1);
    const struct json *value = read(reading);
    reading->depth--;
    return value;
}

static const struct json *read_any(struct reading *reading)
{
    struct str text;
    switch (peek(reading)) {
    case '{':
        return read_inner(reading, read_object);
    case '[':
        return read_inner(reading, read_list);
    case '"':
        return read_text(reading, &text) ? json_new_text(reading->arena, text) : NULL;
    case 't':
        return take_word(reading, STR("true"), &json_yes);
    case 'f':
        return take_word(reading, STR("false"), &json_no);
    case 'n':
        return take_word(reading, STR("null"), &json_nothing);
    default:
        return read_number(reading);
    }
}

/* A value and the space around it; NULL: there is none. */
static const struct json *read_value(struct reading *reading)
{
    skip_space(reading);
    const struct json *value = read_any(reading);
    skip_space(reading);
    return value;
}

enum err json_read_valid(struct arena *arena, struct str bytes, enum json_writer writer,
                         const struct json **out)
{
    const char *from = bytes.data ? bytes.data : "";
    struct reading reading = {.arena = arena, .at = from, .end = from + bytes.len, .writer = writer};
    const struct json *value = read_value(&reading);
    *out = reading.at == reading.end ? value : NULL;
    return *out ? ERR_NONE : ERR_MALFORMED;
}

enum err json_read(struct arena *arena, struct str bytes, const struct json **out)
{
    *out = NULL;
    return utf8_is_valid(bytes) ? json_read_valid(arena, bytes, JSON_BY_US, out) : ERR_MALFORMED;
}
