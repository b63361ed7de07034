/* How are forms and queries read and written? */

#include "base/form.h"

#include "base/encoding.h"

#include <string.h>

#define MAX_FIELDS 256

/* False: a % is followed by no digits. */
static bool decode(struct arena *arena, struct str text, bool has_plus, struct str *out)
{
    char *bytes = arena_alloc(arena, text.len + 1);
    size_t len = 0;
    for (size_t i = 0; i < text.len; i++) {
        uint8_t byte = (uint8_t)text.data[i];
        if (byte == '%') {
            if (!hex_decode(str_slice(text, i + 1, i + 3), &byte, 1))
                return false;
            i += 2;
        } else if (byte == '+' && has_plus) {
            byte = ' ';
        }
        bytes[len++] = (char)byte;
    }
    *out = (struct str){bytes, len};
    return true;
}

bool url_decode(struct arena *arena, struct str text, struct str *out)
{
    return decode(arena, text, false, out);
}

static bool decode_field(struct arena *arena, struct form_field *field)
{
    return decode(arena, field->name, true, &field->name) && decode(arena, field->value, true, &field->value);
}

/* Up to here everything stands for itself. */
static const char *find_encoded(struct str text)
{
    size_t percent = str_find_char(text, '%');
    size_t plus = str_find_char(str_slice(text, 0, percent), '+');
    size_t first = plus != STR_NONE ? plus : percent != STR_NONE ? percent : text.len;
    return first ? text.data + first : text.data;
}

bool form_parse(struct arena *arena, struct str text, struct form *out)
{
    struct form_field fields[MAX_FIELDS];
    size_t count = 0;
    const char *encoded = find_encoded(text);
    struct str part;
    while (str_cut(&text, '&', &part)) {
        struct form_field field = {.value = part};
        str_cut(&field.value, '=', &field.name);
        if (field.name.len == 0 && !field.value.data)
            continue;
        if (encoded < part.data + part.len) {
            if (!decode_field(arena, &field))
                return false;
            encoded = find_encoded(text);
        }
        if (count == MAX_FIELDS)
            return false;
        fields[count++] = field;
    }
    *out = (struct form){arena_new_array(arena, struct form_field, count), count};
    memcpy(out->fields, fields, count * sizeof *fields);
    return true;
}

const struct form_field *form_find(const struct form *form, struct str name)
{
    for (size_t i = 0; i < form->count; i++)
        if (str_eq(form->fields[i].name, name))
            return &form->fields[i];
    return NULL;
}

static const bool is_unreserved[256] = {
    ['0' ... '9'] = true, ['A' ... 'Z'] = true, ['a' ... 'z'] = true, ['-'] = true,
    ['.'] = true,         ['_'] = true,         ['~'] = true,
};

static size_t unreserved_len(struct str text)
{
    size_t len = 0;
    while (len < text.len && is_unreserved[(uint8_t)text.data[len]])
        len++;
    return len;
}

static void put_encoded(struct buf *out, struct str text)
{
    static const char digits[] = "0123456789ABCDEF";
    for (;;) {
        size_t len = unreserved_len(text);
        buf_put(out, str_slice(text, 0, len));
        if (len == text.len)
            return;
        uint8_t byte = (uint8_t)text.data[len];
        buf_put(out, (struct str){(const char[]){'%', digits[byte >> 4], digits[byte & 15]}, 3});
        text = str_slice(text, len + 1, text.len);
    }
}

struct str url_encode(struct arena *arena, struct str text)
{
    if (unreserved_len(text) == text.len)
        return text;
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
