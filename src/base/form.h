#pragma once

/* application/x-www-form-urlencoded, in queries and bodies. */

#include "base/arena.h"

struct form_field {
    struct str name;
    struct str value;
};

struct form {
    struct form_field *fields; /* in the order sent */
    size_t count;
};

/* Decodes '+' and %xx; a field that needs no decoding stays where it is, in `text`. False when a % is not
 * followed by two hex digits or there are more than 256 fields. */
bool form_parse(struct arena *arena, struct str text, struct form *out);
/* The first field of that name, or NULL; form_get, its value or the empty text, and form_has where the name
 * is a literal. */
const struct form_field *form_find(const struct form *form, struct str name);
static inline struct str form_get(const struct form *form, const char *name)
{
    const struct form_field *field = form_find(form, str_from(name));
    return field ? field->value : (struct str){0};
}
static inline bool form_has(const struct form *form, const char *name)
{
    return form_find(form, str_from(name)) != NULL;
}

/* Encodes what is not a letter, digit, or one of -._~ as %XX; `text` itself where there is nothing to encode.
 */
struct str url_encode(struct arena *arena, struct str text);
bool url_decode(struct arena *arena, struct str text, struct str *out); /* %xx only; '+' stays */
/* Appends "name=value" (with "&" before all but the first), both encoded. */
void form_put(struct buf *body, const char *name, struct str value);
