/* How is the memory of a conversation kept between two turns?
 *
 * As an object whose members stand in the tables below, each once, for reading and writing alike. What is
 * zero, empty or false is mostly left out. */

#include "talk/memory.h"

#include "understand/understand.h"

#include <stddef.h>

#define COUNT_MOST 99
#define INSTANT_MS INT64_C(253402300799999) /* the year 9999: what is added to it does not overflow */

static const struct str asking_names[] = {
    STR_INIT("nothing"), STR_INIT("step"),    STR_INIT("which"),  STR_INIT("heard"),  STR_INIT("confirm"),
    STR_INIT("edit"),    STR_INIT("restart"), STR_INIT("delete"), STR_INIT("change"), STR_INIT("clock"),
    STR_INIT("return"),  STR_INIT("after"),   STR_INIT("desk"),
};

static const struct str desk_names[] = {STR_INIT("none"), STR_INIT("noted"), STR_INIT("awaited"),
                                        STR_INIT("taken")};

enum kind {
    FLAG,
    NUMBER,      /* written always */
    SOME_NUMBER, /* … unless it is 0 */
    COUNT,       /* likewise */
    TEXT,
    LIST,
    OBJECT,
    ASKING,
    GUESS,
    CALL,
    PRESENCE,
    DESK,
    DESK_STATE
};

struct member {
    struct str key;
    enum kind kind;
    size_t at;           /* in its struct */
    int64_t least, most; /* a number; a list's items */
    enum guess guess;    /* that it stands for */
};

/* In the order in which jsonb keeps its members, shorter keys first: so reading is one walk along both. */
struct table {
    const struct member *members;
    size_t count;
};
#define TABLE(members)                                                                                       \
    {                                                                                                        \
        members, sizeof(members) / sizeof *(members)                                                         \
    }

/* What a field of the kind is in its struct: another type does not compile. */
#define TYPE_FLAG        bool
#define TYPE_NUMBER      int64_t
#define TYPE_SOME_NUMBER int64_t
#define TYPE_COUNT       int
#define TYPE_TEXT        struct str
#define TYPE_LIST        const struct json *
#define TYPE_OBJECT      const struct json *
#define TYPE_ASKING      enum asking
#define TYPE_GUESS       enum guess
#define TYPE_CALL        struct call_memory
#define TYPE_PRESENCE    struct presence
#define TYPE_DESK        struct desk_memory
#define TYPE_DESK_STATE  enum desk_state
#define MEMBER(name, what, in, field)                                                                        \
    .key = STR_INIT(name), .kind = (what),                                                                   \
    .at = _Generic(((struct in *)NULL)->field, TYPE_##what                                                   \
                   : offsetof(struct in, field))

static const struct member call_members[] = {
    {MEMBER("id", TEXT, call_memory, id)},
    {MEMBER("text", FLAG, call_memory, offers_text)},
    {MEMBER("turn", NUMBER, call_memory, turn), .most = INT32_MAX},
    {MEMBER("zero", FLAG, call_memory, has_pressed_zero)},
    {MEMBER("asked", NUMBER, call_memory, asked), .most = INT32_MAX},
    {MEMBER("began", NUMBER, call_memory, began_ms), .most = INSTANT_MS},
    {MEMBER("keys_for", TEXT, call_memory, keys_for)},
    {MEMBER("language", FLAG, call_memory, chooses_language)},
    {MEMBER("silences", COUNT, call_memory, silences)},
};

static const struct member presence_members[] = {
    {MEMBER("door", TEXT, presence, door)},
    {MEMBER("heard", NUMBER, presence, heard_ms), .most = INSTANT_MS},
    {MEMBER("wakes", SOME_NUMBER, presence, wakes_ms), .most = INSTANT_MS},
    {MEMBER("calling", FLAG, presence, is_calling)},
    {MEMBER("reminded", FLAG, presence, is_reminded)},
    {MEMBER("handed_over", FLAG, presence, is_handed_over)},
};

static const struct member desk_members[] = {
    {MEMBER("below", ASKING, desk_memory, below)},
    {MEMBER("state", DESK_STATE, desk_memory, state)},
    {MEMBER("excuse", SOME_NUMBER, desk_memory, excuse_ms), .most = INT64_MAX},
};

static const struct member memory_members[] = {
    {MEMBER("q", NUMBER, memory, question), .most = INT32_MAX},
    {MEMBER("ask", ASKING, memory, asking)},
    {MEMBER("pin", GUESS, memory, guess), .guess = GUESS_PIN},
    {MEMBER("call", CALL, memory, call)},
    {MEMBER("desk", DESK, memory, desk)},
    {MEMBER("edit", FLAG, memory, is_edit)},
    {MEMBER("late", FLAG, memory, has_missed_late)},
    {MEMBER("near", GUESS, memory, guess), .guess = GUESS_NEAR},
    {MEMBER("step", TEXT, memory, step)},
    {MEMBER("told", FLAG, memory, has_told_waiting)},
    {MEMBER("begun", TEXT, memory, begun)},
    {MEMBER("chart", OBJECT, memory, chart)},
    {MEMBER("clock", LIST, memory, clock), .least = 2, .most = 2},
    {MEMBER("erase", SOME_NUMBER, memory, erase_asked_ms), .most = INSTANT_MS},
    {MEMBER("given", OBJECT, memory, given)},
    {MEMBER("latin", FLAG, memory, wrote_latin)},
    {MEMBER("since", NUMBER, memory, since), .most = INT32_MAX},
    {MEMBER("change", TEXT, memory, change)},
    {MEMBER("chosen", FLAG, memory, has_chosen_language)},
    {MEMBER("latest", TEXT, memory, latest)},
    {MEMBER("misses", COUNT, memory, misses)},
    {MEMBER("pending", TEXT, memory, pending)},
    {MEMBER("revisit", FLAG, memory, is_revisit)},
    {MEMBER("presence", PRESENCE, memory, presence)},
    {MEMBER("begun_step", TEXT, memory, begun_step)},
    {MEMBER("candidates", LIST, memory, candidates), .least = 1, .most = VALUES_MAX},
    {MEMBER("erase_again", FLAG, memory, erase_was_repeated)},
    {MEMBER("keeps_latin", FLAG, memory, keeps_latin)},
    {MEMBER("switched_by", TEXT, memory, switched_by)},
};

static const struct table call_table = TABLE(call_members);
static const struct table presence_table = TABLE(presence_members);
static const struct table desk_table = TABLE(desk_members);
static const struct table memory_table = TABLE(memory_members);

/* ---- Reading ---- */

/* The name's place among them; the first where it is none of them. */
static unsigned named(struct str name, const struct str names[], size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (str_eq(name, names[i]))
            return (unsigned)i;
    return 0;
}
#define NAMED(name, names) named((name), (names), sizeof(names) / sizeof *(names))

static int64_t read_number(const struct json *value, int64_t most)
{
    int64_t number;
    if (!json_to_int64(value, &number) || number < 0)
        return 0;
    return number < most ? number : most;
}

static const struct json *read_list(const struct json *list, const struct member *member)
{
    int64_t count = json_kind(list) == JSON_LIST ? (int64_t)json_count(list) : 0;
    return count >= member->least && count <= member->most ? list : NULL;
}

static void read_members(const struct table *table, const struct json *object, void *out);

static void read_member(const struct member *member, const struct json *value, void *out)
{
    void *field = (char *)out + member->at;
    struct memory *memory = out;
    switch (member->kind) {
    case FLAG:
        *(bool *)field = json_truth(value);
        break;
    case NUMBER:
    case SOME_NUMBER:
        *(int64_t *)field = read_number(value, member->most);
        break;
    case COUNT:
        *(int *)field = (int)read_number(value, COUNT_MOST);
        break;
    case TEXT:
        *(struct str *)field = json_text(value);
        break;
    case LIST:
        *(const struct json **)field = read_list(value, member);
        break;
    case OBJECT: /* kept as it is */
        *(const struct json **)field = json_kind(value) == JSON_MEMBERS ? value : NULL;
        break;
    case ASKING:
        *(enum asking *)field = (enum asking)NAMED(json_text(value), asking_names);
        break;
    case GUESS:
        if (json_truth(value) && memory->guess != GUESS_PIN)
            memory->guess = member->guess;
        break;
    case CALL:
        read_members(&call_table, value, field);
        break;
    case PRESENCE:
        read_members(&presence_table, value, field);
        break;
    case DESK:
        read_members(&desk_table, value, field);
        if (memory->desk.state == DESK_NONE)
            memory->desk = (struct desk_memory){0};
        break;
    case DESK_STATE:
        *(enum desk_state *)field = (enum desk_state)NAMED(json_text(value), desk_names);
        break;
    }
}

/* Of members in the table's order each is the one looked at first; NULL: there is none. */
static const struct member *find_member(const struct table *table, struct str key, size_t *from)
{
    for (size_t tried = 0; tried < table->count; tried++) {
        const struct member *member = &table->members[*from];
        *from = *from + 1 < table->count ? *from + 1 : 0;
        if (str_eq(member->key, key))
            return member;
    }
    return NULL;
}

static void read_members(const struct table *table, const struct json *object, void *out)
{
    void *at = NULL;
    size_t from = 0;
    struct str key;
    const struct json *value;
    while (json_each(object, &at, &key, &value)) {
        const struct member *member = find_member(table, key, &from);
        if (member)
            read_member(member, value, out);
    }
}

struct memory memory_read(const struct json *memory)
{
    struct memory out = {0};
    read_members(&memory_table, memory, &out);
    return out;
}

/* ---- Writing ---- */

static const struct json *write_members(const struct table *table, const void *from, struct arena *arena);

/* NULL: it is left out. */
static const struct json *write_member(const struct member *member, const void *from, struct arena *arena)
{
    const void *field = (const char *)from + member->at;
    const struct memory *memory = from;
    int64_t number = 0;
    switch (member->kind) {
    case FLAG:
        return *(const bool *)field ? json_new_bool(true) : NULL;
    case NUMBER:
        return json_new_int(arena, *(const int64_t *)field);
    case SOME_NUMBER:
        number = *(const int64_t *)field;
        return number ? json_new_int(arena, number) : NULL;
    case COUNT:
        number = *(const int *)field;
        return number ? json_new_int(arena, number) : NULL;
    case TEXT:
        return ((const struct str *)field)->len ? json_new_str(arena, *(const struct str *)field) : NULL;
    case LIST:
        return *(const struct json *const *)field;
    case OBJECT:
        return json_count(*(const struct json *const *)field) ? *(const struct json *const *)field : NULL;
    case ASKING:
        return json_new_str(arena, asking_names[*(const enum asking *)field]);
    case GUESS:
        return memory->candidates && memory->guess == member->guess ? json_new_bool(true) : NULL;
    case CALL:
        return memory->call.id.len ? write_members(&call_table, field, arena) : NULL;
    case PRESENCE:
        return memory->presence.door.len ? write_members(&presence_table, field, arena) : NULL;
    case DESK:
        return memory->desk.state != DESK_NONE ? write_members(&desk_table, field, arena) : NULL;
    case DESK_STATE:
        return json_new_str(arena, desk_names[*(const enum desk_state *)field]);
    }
    return NULL;
}

static const struct json *write_members(const struct table *table, const void *from, struct arena *arena)
{
    struct json *object = json_new_object(arena);
    for (size_t i = 0; i < table->count; i++) {
        const struct json *value = write_member(&table->members[i], from, arena);
        if (value)
            json_append(arena, object, table->members[i].key, value);
    }
    return object;
}

const struct json *memory_write(const struct memory *memory, struct arena *arena)
{
    return write_members(&memory_table, memory, arena);
}
