/* How do deployment-specific values get into files that are the same everywhere? */

#include "base/env.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

#define VALUE_BYTES 65536

static bool read_value_file(struct arena *arena, const char *path, struct str *out)
{
    FILE *file = fopen(path, "rb");
    if (!file)
        return false;
    char *bytes = arena_alloc(arena, VALUE_BYTES);
    size_t len = fread(bytes, 1, VALUE_BYTES, file);
    bool is_whole = !ferror(file) && len < VALUE_BYTES;
    fclose(file);
    while (len && (bytes[len - 1] == '\n' || bytes[len - 1] == '\r'))
        len--;
    *out = (struct str){bytes, len};
    return is_whole;
}

/* Empty when it is not set; false when the file that NAME_FILE names can't be read. */
static bool read_value(struct arena *arena, const char *name, struct str *out)
{
    const char *value = getenv(name);
    *out = str_from(value);
    if (out->len)
        return true;
    const char *path = getenv(arena_printf(arena, "%s_FILE", name).data);
    return !path || !*path || read_value_file(arena, path, out);
}

static bool is_name(struct str text)
{
    for (size_t i = 0; i < text.len; i++)
        if (!isalnum((unsigned char)text.data[i]) && text.data[i] != '_')
            return false;
    return text.len != 0 && !isdigit((unsigned char)text.data[0]);
}

/* `inside` stands between the braces. */
static bool put_variable(struct buf *out, struct str inside, const char **why)
{
    size_t at = str_find(inside, STR(":-"));
    struct str name = at == STR_NONE ? inside : str_slice(inside, 0, at);
    struct str value;
    if (!is_name(name)) {
        *why = "a variable is written ${NAME} or ${NAME:-default}";
        return false;
    }
    if (!read_value(out->arena, arena_cstring(out->arena, name), &value)) {
        *why = "the file that the variable's ..._FILE names can't be read";
        return false;
    }
    if (value.len == 0 && at != STR_NONE)
        value = str_slice(inside, at + 2, inside.len);
    buf_put(out, value);
    return true;
}

bool env_expand(struct arena *arena, struct str text, struct str *out, const char **why)
{
    struct buf expanded = {.arena = arena};
    size_t at;
    while ((at = str_find(text, STR("${"))) != STR_NONE) {
        if (at > 0 && text.data[at - 1] == '$') {
            buf_put(&expanded, str_slice(text, 0, at - 1));
            buf_put(&expanded, STR("${"));
            text = str_slice(text, at + 2, text.len);
            continue;
        }
        buf_put(&expanded, str_slice(text, 0, at));
        struct str rest = str_slice(text, at + 2, text.len);
        size_t end = str_find_char(rest, '}');
        if (end == STR_NONE) {
            *why = "a ${ is not closed";
            return false;
        }
        if (!put_variable(&expanded, str_slice(rest, 0, end), why))
            return false;
        text = str_slice(rest, end + 1, rest.len);
    }
    buf_put(&expanded, text);
    *out = buf_str(&expanded);
    return true;
}
