/* How is a JSON value written? */

#include "base/json_value.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static void put_escaped(struct buf *text, unsigned char c)
{
    static const char brief[] = "btn.fr"; /* of the characters from 8 on; vertical tab has none */
    if (c >= '\b' && c <= '\r' && c != '\v')
        buf_put(text, (struct str){(const char[]){'\\', brief[c - '\b']}, 2});
    else if (c < ' ')
        buf_printf(text, "\\u%04X", c);
    else
        buf_put(text, (struct str){(const char[]){'\\', (char)c}, 2});
}

static void put_mended(struct buf *text, struct str value)
{
    buf_put_char(text, '"');
    for (;;) {
        size_t plain = json_plain_len(value);
        buf_put(text, str_slice(value, 0, plain));
        if (plain == value.len)
            break;
        put_escaped(text, (unsigned char)value.data[plain]);
        value = str_slice(value, plain + 1, value.len);
    }
    buf_put_char(text, '"');
}

/* Quotes, and what JSON does not allow in them, escaped. Of hardly any text something has to be. */
static void put_text(struct buf *text, struct str value)
{
    char *at = buf_room(text, value.len + 2);
    if (!json_copy_plain(at + 1, value)) {
        put_mended(text, value);
        return;
    }
    at[0] = '"';
    at[value.len + 1] = '"';
    text->len += value.len + 2;
}

/* Rounded up to 15 digits, what is larger would be too large to be read again. */
#define LARGEST_ROUNDED 1.79769313486231e308

/* Coordinates and the like: fewer than thirteen digits, six of them behind the point, so that fifteen would
 * show no others. False: the number is none of these. */
static bool put_brief(struct buf *text, double number)
{
    double size = fabs(number);
    if (!(size >= 1e-3 && size < 1e6))
        return false;
    int64_t millionths = (int64_t)(size * 1e6 + 0.5);
    if ((double)millionths / 1e6 != size)
        return false;
    char fraction[] = ".000000";
    size_t len = sizeof fraction - 1;
    for (int64_t rest = millionths % 1000000, at = 6; rest; rest /= 10)
        fraction[at--] = (char)('0' + rest % 10);
    while (len > 2 && fraction[len - 1] == '0')
        len--;
    if (number < 0)
        buf_put_char(text, '-');
    buf_put_int(text, millionths / 1000000);
    buf_put(text, (struct str){fraction, len});
    return true;
}

/* The fewest digits that a person wrote, and a point even where it is whole: it stays a real number. */
static void put_real(struct buf *text, double number)
{
    char digits[40];
    if (put_brief(text, number))
        return;
    int precision = fabs(number) > LARGEST_ROUNDED ? 17 : 15;
    int len = snprintf(digits, sizeof digits, "%.*g", precision, number);
    buf_put(text, (struct str){digits, (size_t)len});
    if (!strpbrk(digits, ".e"))
        buf_put(text, STR(".0"));
}

static void put_bool(struct buf *text, bool truth)
{
    buf_put(text, truth ? STR("true") : STR("false"));
}

static void put_value(struct buf *text, const struct json *value);

static void put_members(struct buf *text, const struct json *object)
{
    buf_put_char(text, '{');
    for (size_t i = 0; i < object->count; i++) {
        if (i)
            buf_put_char(text, ',');
        put_text(text, object->as.pairs[i].key);
        buf_put_char(text, ':');
        put_value(text, object->as.pairs[i].value);
    }
    buf_put_char(text, '}');
}

static void put_items(struct buf *text, const struct json *list)
{
    buf_put_char(text, '[');
    for (size_t i = 0; i < list->count; i++) {
        if (i)
            buf_put_char(text, ',');
        put_value(text, list->as.items[i]);
    }
    buf_put_char(text, ']');
}

static void put_value(struct buf *text, const struct json *value)
{
    switch (value->kind) {
    case JSON_MEMBERS:
        put_members(text, value);
        break;
    case JSON_LIST:
        put_items(text, value);
        break;
    case JSON_TEXT:
        put_text(text, json_text(value));
        break;
    case JSON_NUMBER:
        if (value->is_real)
            put_real(text, value->as.real);
        else
            buf_put_int(text, value->as.integer);
        break;
    case JSON_BOOL:
        put_bool(text, value->is_true);
        break;
    case JSON_NULL_VALUE:
    case JSON_ABSENT:
        buf_put(text, STR("null"));
        break;
    }
}

/* ---- Writing straight away ---- */

/* What ends in a brace or bracket that opens is the beginning of a container: a text would end in its quotes.
 */
static void separate(struct buf *text)
{
    char last = text->len ? text->data[text->len - 1] : '{';
    if (last != '{' && last != '[')
        buf_put_char(text, ',');
}

static void put_key(struct buf *text, const char *key)
{
    separate(text);
    if (!key)
        return;
    put_text(text, str_from(key));
    buf_put_char(text, ':');
}

void json_write_open(struct buf *text, const char *key, enum json_kind kind)
{
    put_key(text, key);
    buf_put_char(text, kind == JSON_LIST ? '[' : '{');
}

void json_write_close(struct buf *text, enum json_kind kind)
{
    buf_put_char(text, kind == JSON_LIST ? ']' : '}');
}

void json_write_str(struct buf *text, const char *key, struct str value)
{
    if (!utf8_is_valid(value))
        return;
    put_key(text, key);
    put_text(text, value);
}

void json_write_int(struct buf *text, const char *key, int64_t number)
{
    put_key(text, key);
    buf_put_int(text, number);
}

void json_write_double(struct buf *text, const char *key, double number)
{
    if (!isfinite(number))
        return;
    put_key(text, key);
    put_real(text, number);
}

void json_write_bool(struct buf *text, const char *key, bool truth)
{
    put_key(text, key);
    put_bool(text, truth);
}

/* ---- Printing ---- */

struct str json_print(struct arena *arena, const struct json *value)
{
    struct buf text = {.arena = arena};
    if (value)
        put_value(&text, value);
    return buf_str(&text);
}
