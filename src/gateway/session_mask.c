/* How much of a person may stand on a screen that others see? */

#include "gateway/session_mask.h"

/* Below this an address's ends would be most of it. */
#define ADDRESS_BYTES_MIN 8
#define KEY_BYTES_MAX     40

struct str mask_name(struct str name, struct arena *arena)
{
    if (name.len == 0)
        return name;
    struct str initial = utf8_length(name) > 1 ? utf8_truncate(name, 1) : (struct str){0};
    return arena_printf(arena, "%.*s…", STR_ARG(initial));
}

struct str mask_address(struct str address, struct arena *arena)
{
    if (address.len == 0)
        return address;
    if (address.len < ADDRESS_BYTES_MIN)
        return STR("…");
    struct str end = str_slice(address, address.len - 2, address.len);
    struct str mask = arena_printf(arena, "%.4s…%.*s", address.data, STR_ARG(end));
    return utf8_is_valid(mask) ? mask : STR("…");
}

struct str mask_client(struct str client, struct arena *arena)
{
    char separator = str_find_char(client, ':') == STR_NONE ? '.' : ':';
    struct str rest = client;
    struct str first;
    struct str second;
    if (!str_cut(&rest, separator, &first) || !str_cut(&rest, separator, &second))
        return STR("…");
    return arena_printf(arena, "%.*s%c%.*s%c…", STR_ARG(first), separator, STR_ARG(second), separator);
}

struct str mask_text(struct str text, struct arena *arena)
{
    size_t length = utf8_length(text);
    if (length == 0)
        return text;
    return arena_printf(arena, "… (%zu character%s)", length, length == 1 ? "" : "s");
}

/* A stranger may have written anything for a key. */
static bool is_step_id(struct str key)
{
    for (size_t i = 0; i < key.len; i++) {
        char c = key.data[i];
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'))
            return false;
    }
    return key.len > 0 && key.len <= KEY_BYTES_MAX;
}

const struct json *mask_answers(struct str data, bool reveals, struct arena *arena)
{
    const struct json *answers;
    struct json *masked = json_new_object(arena);
    if (json_parse(arena, data, &answers) != ERR_NONE || json_kind(answers) != JSON_MEMBERS)
        return masked;
    if (reveals)
        return answers;
    void *iterator = NULL;
    struct str key;
    const struct json *value;
    while (json_each(answers, &iterator, &key, &value)) {
        const char *shown = is_step_id(key) ? arena_cstring(arena, key) : "…";
        if (json_kind(value) == JSON_NULL_VALUE)
            json_set_null(arena, masked, shown);
        else if (str_eq(key, STR("name")))
            json_set_str(arena, masked, shown, mask_name(json_text(value), arena));
        else
            json_set_str(arena, masked, shown, STR("…"));
    }
    return masked;
}
