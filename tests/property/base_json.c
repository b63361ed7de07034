/* Do our readers of JSON agree with a reader that is not ours?
 *
 * Documents are made at random, printed and damaged: what jansson takes, `json_parse` takes and understands
 * the same; what `json_read` takes, jansson takes; what we print, both of ours read. */

#include "json_oracle.h"
#include "tests/unit/checking.h"

#include <stdio.h>
#include <stdlib.h>

#define DOCUMENTS 20000
#define KEYS      5

static uint64_t state = 88172645463325252u;

static uint32_t below(uint32_t limit)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (uint32_t)(state >> 32) % limit;
}

static struct str any_text(struct arena *arena)
{
    static const char *const pieces[] = {"a",    "\"", "\\", "\n", "\t",      "\x01",
                                         "Asha", "é",  "क",  "😀",  "\\u00e9", "/"};
    struct buf text = {.arena = arena};
    for (uint32_t i = below(5); i > 0; i--)
        buf_put(&text, str_from(pieces[below(sizeof pieces / sizeof *pieces)]));
    return buf_str(&text);
}

static const struct json *any_value(struct arena *arena, int depth)
{
    static const char *const keys[KEYS] = {"name", "birth_date", "latitude", "q", "ध"};
    struct json *value = json_new_list(arena);
    switch (below(depth < 4 ? 8 : 6)) {
    case 0:
        json_add_str(arena, value, any_text(arena));
        return json_at(value, 0);
    case 6:
        for (uint32_t i = below(4); i > 0; i--)
            json_add(arena, value, any_value(arena, depth + 1));
        return value;
    case 7:
        value = json_new_object(arena);
        for (uint32_t i = below(6); i > 0; i--)
            json_set(arena, value, keys[below(KEYS)], any_value(arena, depth + 1));
        return value;
    default:
        break;
    }
    value = json_new_object(arena);
    if (below(2))
        json_set_int(arena, value, "x", (int64_t)(state >> below(64)) - (int64_t)below(1000));
    else if (below(2))
        json_set_double(arena, value, "x", (double)(int32_t)(state >> 32) / (1 + below(100000)));
    else if (below(3))
        json_set_bool(arena, value, "x", below(2));
    else
        json_set_null(arena, value, "x");
    return json_get(value, "x");
}

static struct str damage(struct arena *arena, struct str text)
{
    static const char bits[] = "{}[]\",:\\u0dE+-. \n\x7f\x80tfn19";
    struct str copy = arena_copy(arena, text);
    char *bytes = (char *)(uintptr_t)copy.data;
    for (uint32_t i = below(3); i > 0 && copy.len; i--) {
        uint32_t at = below((uint32_t)copy.len);
        if (below(2))
            bytes[at] = bits[below(sizeof bits - 1)];
        else
            copy.len = at;
    }
    return copy;
}

static bool has_twins(const struct json *value)
{
    void *iterator = NULL;
    struct str key;
    const struct json *member;
    size_t members = json_kind(value) == JSON_MEMBERS ? json_count(value) : 0;
    while (members && json_each(value, &iterator, &key, &member))
        if (member != json_member(value, key) || has_twins(member))
            return true;
    for (size_t i = 0; json_kind(value) == JSON_LIST && i < json_count(value); i++)
        if (has_twins(json_at(value, i)))
            return true;
    return false;
}

/* A number that jansson may refuse for its size, where ours makes another of it (json_read says which): a
 * long row of digits, or an exponent of three. */
static bool has_giant(struct str text)
{
    size_t digits = 0;
    bool is_exponent = false;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.data[i];
        bool is_digit = c >= '0' && c <= '9';
        digits = is_digit ? digits + 1 : 0;
        is_exponent = c == 'e' || c == 'E' || (is_exponent && (is_digit || c == '+' || c == '-'));
        if (digits >= (is_exponent ? 3 : 19))
            return true;
    }
    return false;
}

static bool same(struct arena *arena, const struct json *a, const struct json *b)
{
    return str_eq(json_print(arena, a), json_print(arena, b));
}

static void what_is_printed_is_read(void **unused)
{
    (void)unused;
    for (int i = 0; i < DOCUMENTS; i++) {
        struct arena arena = {0};
        const struct json *value = any_value(&arena, 0);
        const struct json *read;
        assert_int_equal(json_read(&arena, json_print(&arena, value), &read), ERR_NONE);
        assert_true(same(&arena, value, read));
        arena_free(&arena);
    }
}

static void readers_understand_what_jansson_does(void **unused)
{
    (void)unused;
    int taken = 0;
    for (int i = 0; i < DOCUMENTS; i++) {
        struct arena arena = {0};
        struct str text = damage(&arena, json_print(&arena, any_value(&arena, 0)));
        const struct json *read;
        const struct json *parsed;
        bool agrees;
        bool is_read = json_read(&arena, text, &read) == ERR_NONE;
        bool is_parsed = json_parse(&arena, text, &parsed) == ERR_NONE;
        bool is_taken = oracle_takes(text, parsed, &agrees);
        taken += is_taken;
        assert_true(!is_taken || agrees);
        assert_true(!is_read || is_taken || has_giant(text));
        assert_true(!is_read || is_parsed);
        assert_true(!is_read || has_twins(read) || same(&arena, read, parsed));
        arena_free(&arena);
    }
    assert_true(taken > DOCUMENTS / 4 && taken < DOCUMENTS);
}

static void no_stranger_sends_any_number_of_members(void **unused)
{
    (void)unused;
    for (int count = JSON_MAX_MEMBERS - 1; count <= JSON_MAX_MEMBERS; count++) {
        struct arena arena = {0};
        const struct json *parsed;
        struct buf text = {.arena = &arena};
        for (int i = 0; i < count; i++)
            buf_printf(&text, "%c\"k%d\":%d,\"twin\":%d", i ? ',' : '{', i, i, i);
        buf_put_char(&text, '}');
        bool is_within = count < JSON_MAX_MEMBERS;
        assert_int_equal(json_parse(&arena, buf_str(&text), &parsed), is_within ? ERR_NONE : ERR_MALFORMED);
        arena_free(&arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_printed_is_read),
        cmocka_unit_test(readers_understand_what_jansson_does),
        cmocka_unit_test(no_stranger_sends_any_number_of_members),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
