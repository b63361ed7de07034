#pragma once

/* JSON values that live in an arena: nobody frees them. Reading functions accept NULL (a missing member)
 * and values of another kind, and then answer "absent", so a path can be followed without checks. */

#include "base/arena.h"
#include "base/err.h"

struct json; /* one value of any kind */

enum json_kind { JSON_ABSENT, JSON_NULL_VALUE, JSON_BOOL, JSON_NUMBER, JSON_TEXT, JSON_LIST, JSON_MEMBERS };

/* Deepest nesting accepted: no provider nests deeper than a dozen. */
#define JSON_MAX_DEPTH 64

/* Parses a whole document (any kind of value). Invalid UTF-8 is read as U+FFFD, NUL characters in strings are
 * dropped, half surrogate pairs are U+FFFD: people's text must not make a message unreadable. Of a member
 * that stands twice the last counts. ERR_MALFORMED otherwise. */
enum err json_parse(struct arena *arena, struct str bytes, const struct json **out);

enum json_kind json_kind(const struct json *value);
const struct json *json_get(const struct json *object, const char *key); /* NULL when absent */
const struct json *json_at(const struct json *list, size_t index);       /* NULL beyond the end */
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

/* Building. Values given to a container belong to it. Text must be valid UTF-8 without NUL; it is copied. */
struct json *json_new_object(struct arena *arena);
struct json *json_new_list(struct arena *arena);
void json_set(struct arena *arena, struct json *object, const char *key, const struct json *value);
void json_set_str(struct arena *arena, struct json *object, const char *key, struct str text);
void json_set_int(struct arena *arena, struct json *object, const char *key, int64_t number);
void json_set_double(struct arena *arena, struct json *object, const char *key, double number);
void json_set_bool(struct arena *arena, struct json *object, const char *key, bool truth);
void json_set_null(struct arena *arena, struct json *object, const char *key);
void json_add(struct arena *arena, struct json *list, const struct json *value);
void json_add_str(struct arena *arena, struct json *list, struct str text);

/* Compact text, members in order of insertion. */
struct str json_print(struct arena *arena, const struct json *value);

/* `text` with every invalid byte replaced by U+FFFD and NUL dropped; `text` itself when it is already clean.
 */
struct str text_clean(struct arena *arena, struct str text);
