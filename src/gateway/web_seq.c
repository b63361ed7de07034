/* Which number is next? */

#include "gateway/web_seq.h"

#include "base/json.h"

int64_t web_seq_last(struct str guard, struct arena *arena)
{
    const struct json *object;
    int64_t last = 0;
    /* Most conversations were never on the web. */
    if (str_find(guard, STR("\"seq\"")) != STR_NONE && json_read(arena, guard, &object) == ERR_NONE)
        json_to_int64(json_get(object, "seq"), &last);
    return last;
}

struct str web_seq_put(struct str object, int64_t seq, struct arena *arena)
{
    const struct json *old = NULL;
    struct json *numbered = json_new_object(arena);
    void *iterator = NULL;
    struct str key;
    const struct json *value;
    if (object.len && json_read(arena, object, &old) != ERR_NONE)
        old = NULL;
    while (json_each(old, &iterator, &key, &value))
        if (!str_eq(key, STR("seq")))
            json_put(arena, numbered, key, value);
    json_set_int(arena, numbered, "seq", seq);
    return json_print(arena, numbered);
}
