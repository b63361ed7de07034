#pragma once

/* What a JSON value is made of: inside src/base/json*.c only. */

#include "base/json.h"

struct json_pair {
    struct str key;
    const struct json *value;
};

struct json {
    enum json_kind kind;
    bool is_true; /* of a boolean */
    bool is_real; /* of a number: written with a point or an exponent */
    size_t count; /* members, items, or bytes of text */
    size_t capacity;
    union {
        int64_t integer;
        double real;
        const char *text;
        struct json_pair *pairs;
        const struct json **items;
    } as;
};

/* These never change, so one of each is enough. */
extern const struct json json_yes;
extern const struct json json_no;
extern const struct json json_nothing;

/* Bytes at the front that stand for themselves in a string: no control character, quote or backslash. */
size_t json_plain_len(struct str text);

struct json *json_new_integer(struct arena *arena, int64_t number);
struct json *json_new_real(struct arena *arena, double number);
/* Of text that lives as long as the arena. */
struct json *json_new_text(struct arena *arena, struct str text);
/* Adds a member without asking whether there is one of that key. */
void json_append(struct arena *arena, struct json *object, struct str key, const struct json *value);
