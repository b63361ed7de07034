/* How is one setting read? */

#include "gateway/config_reading.h"

#include "base/env.h"

/* A scalar with its ${…} filled in; empty when absent. */
struct str setting_text(struct reading *reading, const struct yaml *map, const char *key)
{
    const struct yaml *value = yaml_get(map, key);
    struct str text;
    if (yaml_is_null(value))
        return (struct str){0};
    const char *why = "this must be text";
    if (value->kind != YAML_SCALAR || !env_expand(reading->arena, value->text, &text, &why)) {
        yaml_problem(reading->problems, value, "%s: %s", key, why);
        return (struct str){0};
    }
    return str_trim(text);
}

int setting_int(struct reading *reading, const struct yaml *map, const char *key, int absent, int least,
                int most)
{
    struct str text = setting_text(reading, map, key);
    int64_t number = absent;
    if (text.len && (!str_to_int64(text, &number) || number < least || number > most)) {
        yaml_problem(reading->problems, yaml_get(map, key), "%s must be a whole number from %d to %d", key,
                     least, most);
        return absent;
    }
    return (int)number;
}

bool setting_bool(struct reading *reading, const struct yaml *map, const char *key)
{
    struct str text = setting_text(reading, map, key);
    if (text.len && !str_eq(text, STR("true")) && !str_eq(text, STR("false")))
        yaml_problem(reading->problems, yaml_get(map, key), "%s must be true or false", key);
    return str_eq(text, STR("true"));
}

struct str setting_without_slash(struct str url)
{
    while (url.len && url.data[url.len - 1] == '/')
        url.len--;
    return url;
}

struct str setting_url(struct reading *reading, const struct yaml *map, const char *key)
{
    struct str url = setting_without_slash(setting_text(reading, map, key));
    if (url.len && !str_starts(url, STR("http://")) && !str_starts(url, STR("https://")))
        yaml_problem(reading->problems, yaml_get(map, key), "%s must begin with http:// or https://", key);
    return url;
}
