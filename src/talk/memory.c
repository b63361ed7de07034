/* How is the memory of a conversation kept between two turns? */

#include "talk/memory.h"

#include "understand/understand.h"

#define MISSES_MOST 99

static const char *const asking_names[] = {"nothing", "step",    "which",  "confirm",
                                           "edit",    "restart", "delete", "change"};

static enum asking read_asking(struct str name)
{
    for (size_t i = 0; i < sizeof asking_names / sizeof *asking_names; i++)
        if (str_eq(name, str_from(asking_names[i])))
            return (enum asking)i;
    return ASKING_NOTHING;
}

static int64_t read_number(const struct json *memory, const char *key, int64_t most)
{
    int64_t number;
    if (!json_to_int64(json_get(memory, key), &number) || number < 0)
        return 0;
    return number < most ? number : most;
}

struct memory memory_read(const struct json *memory)
{
    const struct json *candidates = json_get(memory, "candidates");
    size_t count = json_kind(candidates) == JSON_LIST ? json_count(candidates) : 0;
    return (struct memory){
        .question = read_number(memory, "q", INT32_MAX),
        .since = read_number(memory, "since", INT32_MAX),
        .asking = read_asking(json_text(json_get(memory, "ask"))),
        .step = json_text(json_get(memory, "step")),
        .is_revisit = json_truth(json_get(memory, "revisit")),
        .is_edit = json_truth(json_get(memory, "edit")),
        .misses = (int)read_number(memory, "misses", MISSES_MOST),
        .candidates = count > 0 && count <= VALUES_MAX ? candidates : NULL,
        .change = json_text(json_get(memory, "change")),
        .has_chosen_language = json_truth(json_get(memory, "chosen")),
        .switched_by = json_text(json_get(memory, "switched_by")),
        .has_told_waiting = json_truth(json_get(memory, "told")),
    };
}

static void put_flag(struct json *object, const char *key, bool is_set, struct arena *arena)
{
    if (is_set)
        json_set_bool(arena, object, key, true);
}

static void put_text(struct json *object, const char *key, struct str text, struct arena *arena)
{
    if (text.len)
        json_set_str(arena, object, key, text);
}

const struct json *memory_write(const struct memory *memory, struct arena *arena)
{
    struct json *object = json_new_object(arena);
    json_set_int(arena, object, "q", memory->question);
    json_set_int(arena, object, "since", memory->since);
    json_set_str(arena, object, "ask", str_from(asking_names[memory->asking]));
    put_text(object, "step", memory->step, arena);
    put_flag(object, "revisit", memory->is_revisit, arena);
    put_flag(object, "edit", memory->is_edit, arena);
    if (memory->misses)
        json_set_int(arena, object, "misses", memory->misses);
    if (memory->candidates)
        json_set(arena, object, "candidates", memory->candidates);
    put_text(object, "change", memory->change, arena);
    put_flag(object, "chosen", memory->has_chosen_language, arena);
    put_text(object, "switched_by", memory->switched_by, arena);
    put_flag(object, "told", memory->has_told_waiting, arena);
    return object;
}
