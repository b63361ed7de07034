#pragma once

/* JSON values that live in an arena: nobody frees them. Reading functions accept NULL (a missing member)
 * and values of another kind, and then answer "absent", so a path can be followed without checks. */

#include "base/arena.h"
#include "base/err.h"

struct json; /* one value of any kind */

enum json_kind { JSON_ABSENT, JSON_NULL_VALUE, JSON_BOOL, JSON_NUMBER, JSON_TEXT, JSON_LIST, JSON_MEMBERS };

/* Deepest nesting accepted: no provider nests deeper than a dozen. */
#define JSON_MAX_DEPTH   64
/* Most members of one object of a stranger's. */
#define JSON_MAX_MEMBERS 512

/* Parses a whole document (any kind of value) that a stranger wrote. Invalid UTF-8 is read as U+FFFD, NUL
 * characters in strings are dropped, half surrogate pairs are U+FFFD: people's text must not make a message
 * unreadable. Of a member that stands twice the last counts. A whole number that is too large for an int64_t
 * is a real one, and null where a double has no room for it either. ERR_MALFORMED otherwise. */
enum err json_parse(struct arena *arena, struct str bytes, const struct json **out);
/* The same of what we wrote ourselves (`json_print`) or PostgreSQL did (jsonb): nothing is mended or copied,
 * a member must not stand twice, and the values point into `bytes`, which must live as long as they. */
enum err json_read(struct arena *arena, struct str bytes, const struct json **out);

enum json_kind json_kind(const struct json *value);
/* Absent, or null, which programs write for what they don't know. */
static inline bool json_is_nothing(const struct json *value)
{
    return json_kind(value) == JSON_ABSENT || json_kind(value) == JSON_NULL_VALUE;
}
/* A member, NULL when absent; json_get where the key is a literal. */
const struct json *json_member(const struct json *object, struct str key);
static inline const struct json *json_get(const struct json *object, const char *key)
{
    return json_member(object, str_from(key));
}
const struct json *json_at(const struct json *list, size_t index); /* NULL beyond the end */
size_t json_count(const struct json *list_or_object);
/* Walks an object's members in their order: start with *iterator = NULL; false at the end. */
bool json_each(const struct json *object, void **iterator, struct str *key, const struct json **value);

struct str json_text(const struct json *value); /* a string's text, else the empty text */
/* A string's text, or a number as decimal digits: providers send ids and codes as either. */
struct str json_scalar(struct arena *arena, const struct json *value);
bool json_to_int64(const struct json *value, int64_t *out); /* whole number, or a string of digits */
bool json_to_double(const struct json *value, double *out); /* number, or a string of one */
/* true only for the literal true */
bool json_truth(const struct json *value);

/* Building. A value may be given to several containers. Text must be valid UTF-8 without NUL; it is copied. A
 * key is not: it is a literal, or lives as long as the object. Of a key that is set twice the last value
 * counts, at the first one's place; NULL, a text that is not valid and a number that is not finite set
 * nothing. */
struct json *json_new_object(struct arena *arena);
struct json *json_new_list(struct arena *arena);
/* Values by themselves, to be put or added; NULL for a text that is not valid. */
const struct json *json_new_str(struct arena *arena, struct str text);
const struct json *json_new_int(struct arena *arena, int64_t number);
const struct json *json_new_bool(bool truth);
void json_put(struct arena *arena, struct json *object, struct str key, const struct json *value);
/* The same of a key that is not there yet. */
void json_append(struct arena *arena, struct json *object, struct str key, const struct json *value);
void json_put_str(struct arena *arena, struct json *object, struct str key, struct str text);
void json_put_int(struct arena *arena, struct json *object, struct str key, int64_t number);
void json_put_double(struct arena *arena, struct json *object, struct str key, double number);
void json_put_bool(struct arena *arena, struct json *object, struct str key, bool truth);
void json_put_null(struct arena *arena, struct json *object, struct str key);
void json_add(struct arena *arena, struct json *list, const struct json *value);
void json_add_str(struct arena *arena, struct json *list, struct str text);
/* A new, empty member or item. `key` is a literal. */
struct json *json_set_list(struct arena *arena, struct json *object, const char *key);
struct json *json_add_object(struct arena *arena, struct json *list);

/* Building with keys that are literals. */
static inline void json_set(struct arena *arena, struct json *object, const char *key,
                            const struct json *value)
{
    json_put(arena, object, str_from(key), value);
}
static inline void json_set_str(struct arena *arena, struct json *object, const char *key, struct str text)
{
    json_put_str(arena, object, str_from(key), text);
}
static inline void json_set_int(struct arena *arena, struct json *object, const char *key, int64_t number)
{
    json_put_int(arena, object, str_from(key), number);
}
static inline void json_set_double(struct arena *arena, struct json *object, const char *key, double number)
{
    json_put_double(arena, object, str_from(key), number);
}
static inline void json_set_bool(struct arena *arena, struct json *object, const char *key, bool truth)
{
    json_put_bool(arena, object, str_from(key), truth);
}
static inline void json_set_null(struct arena *arena, struct json *object, const char *key)
{
    json_put_null(arena, object, str_from(key));
}

/* Compact text, members in order of insertion. */
struct str json_print(struct arena *arena, const struct json *value);

/* Writing straight away, for what is only ever printed: a member of a key that is a literal, or with NULL an
 * item or the whole. A text that is not valid UTF-8 and a number that is not finite write nothing. What is
 * opened, with JSON_MEMBERS or JSON_LIST, must be closed as the same. */
void json_write_open(struct buf *text, const char *key, enum json_kind kind);
void json_write_close(struct buf *text, enum json_kind kind);
void json_write_str(struct buf *text, const char *key, struct str value);
void json_write_int(struct buf *text, const char *key, int64_t number);
void json_write_double(struct buf *text, const char *key, double number);
void json_write_bool(struct buf *text, const char *key, bool truth);
