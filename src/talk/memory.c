/* How is the memory of a conversation kept between two turns? */

#include "talk/memory.h"

#include "understand/understand.h"

#define MISSES_MOST 99
#define INSTANT_MS  INT64_C(253402300799999) /* the year 9999: what is added to it does not overflow */

static const struct str asking_names[] = {
    STR_INIT("nothing"), STR_INIT("step"),    STR_INIT("which"),  STR_INIT("heard"),  STR_INIT("confirm"),
    STR_INIT("edit"),    STR_INIT("restart"), STR_INIT("delete"), STR_INIT("change"), STR_INIT("clock"),
    STR_INIT("return"),  STR_INIT("after"),   STR_INIT("desk"),
};

static enum asking read_asking(struct str name)
{
    for (size_t i = 0; i < sizeof asking_names / sizeof *asking_names; i++)
        if (str_eq(name, asking_names[i]))
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

static struct call_memory read_call(const struct json *call)
{
    if (!call)
        return (struct call_memory){0};
    return (struct call_memory){
        .id = json_text(json_get(call, "id")),
        .turn = read_number(call, "turn", INT32_MAX),
        .asked = read_number(call, "asked", INT32_MAX),
        .began_ms = read_number(call, "began", INSTANT_MS),
        .silences = (int)read_number(call, "silences", MISSES_MOST),
        .keys_for = json_text(json_get(call, "keys_for")),
        .has_pressed_zero = json_truth(json_get(call, "zero")),
        .chooses_language = json_truth(json_get(call, "language")),
        .offers_text = json_truth(json_get(call, "text")),
    };
}

static struct presence read_presence(const struct json *presence)
{
    return (struct presence){
        .door = json_text(json_get(presence, "door")),
        .heard_ms = read_number(presence, "heard", INSTANT_MS),
        .is_calling = json_truth(json_get(presence, "calling")),
        .is_handed_over = json_truth(json_get(presence, "handed_over")),
        .is_reminded = json_truth(json_get(presence, "reminded")),
        .wakes_ms = read_number(presence, "wakes", INSTANT_MS),
    };
}

static const struct str desk_names[] = {STR_INIT("none"), STR_INIT("noted"), STR_INIT("awaited"),
                                        STR_INIT("taken")};

static struct desk_memory read_desk(const struct json *desk)
{
    if (!desk)
        return (struct desk_memory){0};
    struct str name = json_text(json_get(desk, "state"));
    struct desk_memory memory = {
        .excuse_ms = read_number(desk, "excuse", INT64_MAX),
        .below = read_asking(json_text(json_get(desk, "below"))),
    };
    for (size_t i = 0; i < sizeof desk_names / sizeof *desk_names; i++)
        if (str_eq(name, desk_names[i]))
            memory.state = (enum desk_state)i;
    return memory.state == DESK_NONE ? (struct desk_memory){0} : memory;
}

/* An object that is kept as it is. */
static const struct json *read_object(const struct json *object)
{
    return json_kind(object) == JSON_MEMBERS ? object : NULL;
}

static const struct json *read_list(const struct json *list, size_t least, size_t most)
{
    size_t count = json_kind(list) == JSON_LIST ? json_count(list) : 0;
    return count >= least && count <= most ? list : NULL;
}

static enum guess read_guess(const struct json *memory)
{
    if (json_truth(json_get(memory, "pin")))
        return GUESS_PIN;
    return json_truth(json_get(memory, "near")) ? GUESS_NEAR : GUESS_HEARD;
}

struct memory memory_read(const struct json *memory)
{
    return (struct memory){
        .question = read_number(memory, "q", INT32_MAX),
        .since = read_number(memory, "since", INT32_MAX),
        .asking = read_asking(json_text(json_get(memory, "ask"))),
        .step = json_text(json_get(memory, "step")),
        .is_revisit = json_truth(json_get(memory, "revisit")),
        .is_edit = json_truth(json_get(memory, "edit")),
        .misses = (int)read_number(memory, "misses", MISSES_MOST),
        .has_missed_late = json_truth(json_get(memory, "late")),
        .candidates = read_list(json_get(memory, "candidates"), 1, VALUES_MAX),
        .guess = read_guess(memory),
        .begun = json_text(json_get(memory, "begun")),
        .begun_step = json_text(json_get(memory, "begun_step")),
        .change = json_text(json_get(memory, "change")),
        .has_chosen_language = json_truth(json_get(memory, "chosen")),
        .switched_by = json_text(json_get(memory, "switched_by")),
        .wrote_latin = json_truth(json_get(memory, "latin")),
        .keeps_latin = json_truth(json_get(memory, "keeps_latin")),
        .has_told_waiting = json_truth(json_get(memory, "told")),
        .call = read_call(json_get(memory, "call")),
        .presence = read_presence(json_get(memory, "presence")),
        .desk = read_desk(json_get(memory, "desk")),
        .pending = json_text(json_get(memory, "pending")),
        .clock = read_list(json_get(memory, "clock"), 2, 2),
        .chart = read_object(json_get(memory, "chart")),
        .latest = json_text(json_get(memory, "latest")),
        .given = read_object(json_get(memory, "given")),
        .erase_asked_ms = read_number(memory, "erase", INSTANT_MS),
        .erase_was_repeated = json_truth(json_get(memory, "erase_again")),
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

static const struct json *write_call(const struct call_memory *call, struct arena *arena)
{
    struct json *object = json_new_object(arena);
    json_set_str(arena, object, "id", call->id);
    json_set_int(arena, object, "turn", call->turn);
    json_set_int(arena, object, "asked", call->asked);
    json_set_int(arena, object, "began", call->began_ms);
    if (call->silences)
        json_set_int(arena, object, "silences", call->silences);
    put_text(object, "keys_for", call->keys_for, arena);
    put_flag(object, "zero", call->has_pressed_zero, arena);
    put_flag(object, "language", call->chooses_language, arena);
    put_flag(object, "text", call->offers_text, arena);
    return object;
}

static const struct json *write_presence(const struct presence *presence, struct arena *arena)
{
    struct json *object = json_new_object(arena);
    json_set_str(arena, object, "door", presence->door);
    json_set_int(arena, object, "heard", presence->heard_ms);
    put_flag(object, "calling", presence->is_calling, arena);
    put_flag(object, "handed_over", presence->is_handed_over, arena);
    put_flag(object, "reminded", presence->is_reminded, arena);
    if (presence->wakes_ms)
        json_set_int(arena, object, "wakes", presence->wakes_ms);
    return object;
}

static const struct json *write_desk(const struct desk_memory *desk, struct arena *arena)
{
    struct json *object = json_new_object(arena);
    json_set_str(arena, object, "state", desk_names[desk->state]);
    if (desk->excuse_ms)
        json_set_int(arena, object, "excuse", desk->excuse_ms);
    json_set_str(arena, object, "below", asking_names[desk->below]);
    return object;
}

const struct json *memory_write(const struct memory *memory, struct arena *arena)
{
    struct json *object = json_new_object(arena);
    json_set_int(arena, object, "q", memory->question);
    json_set_int(arena, object, "since", memory->since);
    json_set_str(arena, object, "ask", asking_names[memory->asking]);
    put_text(object, "step", memory->step, arena);
    put_flag(object, "revisit", memory->is_revisit, arena);
    put_flag(object, "edit", memory->is_edit, arena);
    if (memory->misses)
        json_set_int(arena, object, "misses", memory->misses);
    put_flag(object, "late", memory->has_missed_late, arena);
    if (memory->candidates)
        json_set(arena, object, "candidates", memory->candidates);
    put_flag(object, "pin", memory->guess == GUESS_PIN && memory->candidates, arena);
    put_flag(object, "near", memory->guess == GUESS_NEAR && memory->candidates, arena);
    put_text(object, "begun", memory->begun, arena);
    put_text(object, "begun_step", memory->begun_step, arena);
    put_text(object, "change", memory->change, arena);
    put_flag(object, "chosen", memory->has_chosen_language, arena);
    put_text(object, "switched_by", memory->switched_by, arena);
    put_flag(object, "latin", memory->wrote_latin, arena);
    put_flag(object, "keeps_latin", memory->keeps_latin, arena);
    put_flag(object, "told", memory->has_told_waiting, arena);
    if (memory->call.id.len)
        json_set(arena, object, "call", write_call(&memory->call, arena));
    if (memory->presence.door.len)
        json_set(arena, object, "presence", write_presence(&memory->presence, arena));
    if (memory->desk.state != DESK_NONE)
        json_set(arena, object, "desk", write_desk(&memory->desk, arena));
    put_text(object, "pending", memory->pending, arena);
    if (memory->clock)
        json_set(arena, object, "clock", memory->clock);
    if (json_count(memory->chart))
        json_set(arena, object, "chart", memory->chart);
    put_text(object, "latest", memory->latest, arena);
    if (json_count(memory->given))
        json_set(arena, object, "given", memory->given);
    if (memory->erase_asked_ms)
        json_set_int(arena, object, "erase", memory->erase_asked_ms);
    put_flag(object, "erase_again", memory->erase_was_repeated, arena);
    return object;
}
