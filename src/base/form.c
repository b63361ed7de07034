/* How are forms and queries read and written? */

#include "base/form.h"

#include "base/digest.h"

#include <string.h>

#define MAX_FIELDS 256

bool url_decode(struct arena *arena, struct str text, struct str *out)
{
    char *bytes = arena_alloc(arena, text.len + 1);
    size_t len = 0;
    for (size_t i = 0; i < text.len; i++) {
        uint8_t byte = (uint8_t)text.data[i];
        if (byte == '%') {
            if (!hex_decode(str_slice(text, i + 1, i + 3), &byte, 1))
                return false;
            i += 2;
        }
        bytes[len++] = (char)byte;
    }
    *out = (struct str){bytes, len};
    return true;
}

static size_t count_fields(struct str text)
{
    size_t count = 1;
    for (size_t at; (at = str_find_char(text, '&')) != STR_NONE; count++)
        text = str_slice(text, at + 1, text.len);
    return count;
}

/* A form being read: each byte is looked at once. */
struct reading {
    struct str rest;
    char *out; /* room for what is left, decoded */
};

static const bool has_meaning[256] = {['&'] = true, ['='] = true, ['%'] = true, ['+'] = true};

/* The text up to '&', `end` or the end of the form, which stays in front; false: a % is followed by no
 * digits. */
static bool take_part(struct reading *reading, char end, struct str *part)
{
    struct str rest = reading->rest;
    char *out = reading->out;
    size_t at = 0;
    for (; at < rest.len; at++) {
        char c = rest.data[at];
        if (has_meaning[(uint8_t)c]) {
            uint8_t byte;
            if (c == '&' || c == end)
                break;
            if (c == '%') {
                if (!hex_decode(str_slice(rest, at + 1, at + 3), &byte, 1))
                    return false;
                c = (char)byte;
                at += 2;
            } else if (c == '+') {
                c = ' ';
            }
        }
        *out++ = c;
    }
    *part = (struct str){reading->out, (size_t)(out - reading->out)};
    reading->rest = str_slice(rest, at, rest.len);
    reading->out = out;
    return true;
}

static bool is_next(const struct reading *reading, char c)
{
    return reading->rest.len && reading->rest.data[0] == c;
}

static void skip(struct reading *reading)
{
    reading->rest = str_slice(reading->rest, 1, reading->rest.len);
}

bool form_parse(struct arena *arena, struct str text, struct form *out)
{
    size_t most = count_fields(text);
    if (most > MAX_FIELDS)
        return false;
    *out = (struct form){.fields = arena_new_array(arena, struct form_field, most)};
    struct reading reading = {text, arena_alloc(arena, text.len)};
    while (reading.rest.len) {
        struct form_field field = {0};
        if (!take_part(&reading, '=', &field.name))
            return false;
        bool has_value = is_next(&reading, '=');
        if (has_value) {
            skip(&reading);
            if (!take_part(&reading, '&', &field.value))
                return false;
        }
        if (field.name.len || has_value)
            out->fields[out->count++] = field;
        if (is_next(&reading, '&'))
            skip(&reading);
    }
    return true;
}

const struct form_field *form_find(const struct form *form, struct str name)
{
    for (size_t i = 0; i < form->count; i++)
        if (str_eq(form->fields[i].name, name))
            return &form->fields[i];
    return NULL;
}

static bool is_unreserved(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_' || c == '~';
}

static void put_encoded(struct buf *out, struct str text)
{
    static const char digits[] = "0123456789ABCDEF";
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.data[i];
        if (is_unreserved(text.data[i]))
            buf_put_char(out, text.data[i]);
        else
            buf_put(out, (struct str){(const char[]){'%', digits[c >> 4], digits[c & 15]}, 3});
    }
}

struct str url_encode(struct arena *arena, struct str text)
{
    struct buf out = {.arena = arena};
    put_encoded(&out, text);
    return buf_str(&out);
}

void form_put(struct buf *body, const char *name, struct str value)
{
    if (body->len)
        buf_put_char(body, '&');
    put_encoded(body, str_from(name));
    buf_put_char(body, '=');
    put_encoded(body, value);
}
