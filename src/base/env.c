/* How do deployment-specific values get into files that are the same everywhere? */

#include "base/env.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

#define VALUE_BYTES 65536

static struct str read_value_file(struct arena *arena, const char *path)
{
    FILE *file = fopen(path, "rb");
    if (!file)
        return (struct str){0};
    char *bytes = arena_alloc(arena, VALUE_BYTES);
    size_t len = fread(bytes, 1, VALUE_BYTES, file);
    fclose(file);
    while (len && (bytes[len - 1] == '\n' || bytes[len - 1] == '\r'))
        len--;
    return (struct str){bytes, len};
}

struct str env_get(struct arena *arena, const char *name)
{
    const char *value = getenv(name);
    if (value && *value)
        return arena_copy(arena, str_from(value));
    const char *path = getenv(arena_printf(arena, "%s_FILE", name).data);
    return path && *path ? read_value_file(arena, path) : (struct str){0};
}

static bool is_name(struct str text)
{
    for (size_t i = 0; i < text.len; i++)
        if (!isalnum((unsigned char)text.data[i]) && text.data[i] != '_')
            return false;
    return text.len != 0 && !isdigit((unsigned char)text.data[0]);
}

/* `inside` stands between the braces. */
static bool put_variable(struct buf *out, struct str inside)
{
    size_t at = str_find(inside, STR(":-"));
    struct str name = at == STR_NONE ? inside : str_slice(inside, 0, at);
    if (!is_name(name))
        return false;
    struct str value = env_get(out->arena, arena_cstring(out->arena, name));
    if (value.len == 0 && at != STR_NONE)
        value = str_slice(inside, at + 2, inside.len);
    buf_put(out, value);
    return true;
}

bool env_expand(struct arena *arena, struct str text, struct str *out)
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
        if (end == STR_NONE || !put_variable(&expanded, str_slice(rest, 0, end)))
            return false;
        text = str_slice(rest, end + 1, rest.len);
    }
    buf_put(&expanded, text);
    *out = buf_str(&expanded);
    return true;
}
