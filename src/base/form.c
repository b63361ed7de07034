/* How are forms and queries read and written? */

#include "base/form.h"

#include "base/digest.h"

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

/* All of it stands for itself. */
static bool is_literal(struct str text)
{
    return str_find_char(text, '%') == STR_NONE && str_find_char(text, '+') == STR_NONE;
}

static size_t count_fields(struct str text)
{
    size_t count = 1;
    for (size_t at; (at = str_find_char(text, '&')) != STR_NONE; count++)
        text = str_slice(text, at + 1, text.len);
    return count;
}

bool form_parse(struct arena *arena, struct str text, struct form *out)
{
    size_t most = count_fields(text);
    if (most > MAX_FIELDS)
        return false;
    *out = (struct form){.fields = arena_new_array(arena, struct form_field, most)};
    struct str part;
    while (str_cut(&text, '&', &part)) {
        struct form_field field = {.value = part};
        str_cut(&field.value, '=', &field.name);
        if (field.name.len == 0 && !field.value.data)
            continue;
        if (!is_literal(part) && !decode_field(arena, &field))
            return false;
        out->fields[out->count++] = field;
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
