/* How are forms and queries read and written? */

#include "base/form.h"

#include "base/digest.h"

#include <string.h>

#define MAX_FIELDS 256

static bool is_plain(struct str text, bool plus_is_space)
{
    return str_find_char(text, '%') == STR_NONE && (!plus_is_space || str_find_char(text, '+') == STR_NONE);
}

static bool decode(struct arena *arena, struct str text, bool plus_is_space, struct str *out)
{
    if (is_plain(text, plus_is_space)) {
        *out = arena_copy(arena, text);
        return true;
    }
    char *bytes = arena_alloc(arena, text.len + 1);
    size_t len = 0;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.data[i];
        if (c == '%') {
            uint8_t byte;
            if (i + 2 >= text.len || !hex_decode(str_slice(text, i + 1, i + 3), &byte, 1))
                return false;
            bytes[len++] = (char)byte;
            i += 2;
        } else {
            bytes[len++] = c == '+' && plus_is_space ? ' ' : c;
        }
    }
    *out = (struct str){bytes, len};
    return true;
}

bool url_decode(struct arena *arena, struct str text, struct str *out)
{
    return decode(arena, text, false, out);
}

static size_t count_fields(struct str text)
{
    size_t count = 1;
    for (size_t i = 0; i < text.len; i++)
        count += text.data[i] == '&';
    return count;
}

bool form_parse(struct arena *arena, struct str text, struct form *out)
{
    size_t most = count_fields(text);
    if (most > MAX_FIELDS)
        return false;
    *out = (struct form){.fields = arena_new_array(arena, struct form_field, most)};
    struct str part;
    while (text.len && str_cut(&text, '&', &part)) {
        if (part.len == 0)
            continue;
        size_t equals = str_find_char(part, '=');
        struct str name = equals == STR_NONE ? part : str_slice(part, 0, equals);
        struct str value = equals == STR_NONE ? (struct str){0} : str_slice(part, equals + 1, part.len);
        struct form_field *field = &out->fields[out->count];
        if (!decode(arena, name, true, &field->name) || !decode(arena, value, true, &field->value))
            return false;
        out->count++;
    }
    return true;
}

static const struct form_field *find(const struct form *form, const char *name)
{
    for (size_t i = 0; i < form->count; i++)
        if (str_eq(form->fields[i].name, str_from(name)))
            return &form->fields[i];
    return NULL;
}

struct str form_get(const struct form *form, const char *name)
{
    const struct form_field *field = find(form, name);
    return field ? field->value : (struct str){0};
}

bool form_has(const struct form *form, const char *name)
{
    return find(form, name) != NULL;
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
