#pragma once

/* What a JSON value is made of: inside src/base/json*.c only. */

#include "base/json.h"

struct json_pair {
    struct str key;
    const struct json *value;
};

/* Small, since hundreds of them are written and read again a turn. */
struct json {
    enum json_kind kind : 8;
    bool is_true;   /* of a boolean */
    bool is_real;   /* of a number: written with a point or an exponent */
    uint32_t count; /* members, items, or bytes of text */
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
/* Copies a text if all of it stands for itself; else false, and what was copied is of no use. */
bool json_copy_plain(char *to, struct str text);

struct json *json_new_real(struct arena *arena, double number);
/* Of text that lives as long as the arena. */
struct json *json_new_text(struct arena *arena, struct str text);

/* Whoever wrote a text: of a stranger's, a member may stand twice. */
enum json_writer { JSON_BY_US, JSON_BY_A_STRANGER };

/* Reads a text that is valid UTF-8 (see json_read). */
enum err json_read_valid(struct arena *arena, struct str bytes, enum json_writer writer,
                         const struct json **out);
