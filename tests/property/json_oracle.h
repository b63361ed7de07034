#pragma once

/* jansson, which many have attacked, as the judge of what our readers of JSON take. */

#include "base/json.h"

#include <jansson.h>
#include <string.h>

/* Whether ours is what jansson made. A whole number that jansson has as a real one is ours likewise. */
static inline bool oracle_agrees(const struct json *ours, json_t *theirs)
{
    const char *key;
    size_t len;
    size_t index;
    json_t *inner;
    int64_t integer;
    double real;
    struct str text;
    bool agrees = true;
    switch (json_typeof(theirs)) {
    case JSON_OBJECT:
        agrees = json_kind(ours) == JSON_MEMBERS && json_count(ours) == json_object_size(theirs);
        json_object_keylen_foreach(theirs, key, len, inner) agrees =
            agrees && oracle_agrees(json_member(ours, (struct str){key, len}), inner);
        return agrees;
    case JSON_ARRAY:
        agrees = json_kind(ours) == JSON_LIST && json_count(ours) == json_array_size(theirs);
        json_array_foreach(theirs, index, inner) agrees =
            agrees && oracle_agrees(json_at(ours, index), inner);
        return agrees;
    case JSON_STRING:
        text = (struct str){json_string_value(theirs), json_string_length(theirs)};
        return json_kind(ours) == JSON_TEXT && str_eq(json_text(ours), text);
    case JSON_INTEGER:
        return json_kind(ours) == JSON_NUMBER && json_to_int64(ours, &integer) &&
               integer == json_integer_value(theirs);
    case JSON_REAL:
        return json_kind(ours) == JSON_NUMBER && json_to_double(ours, &real) &&
               real >= json_real_value(theirs) && real <= json_real_value(theirs);
    case JSON_TRUE:
    case JSON_FALSE:
        return json_kind(ours) == JSON_BOOL && json_truth(ours) == json_is_true(theirs);
    case JSON_NULL:
        break;
    }
    return json_kind(ours) == JSON_NULL_VALUE;
}

/* Whether jansson can read it; then whether `ours`, NULL where we could not, is the same. */
static inline bool oracle_takes(struct str bytes, const struct json *ours, bool *agrees)
{
    json_error_t error;
    json_t *theirs = json_loadb(bytes.data ? bytes.data : "", bytes.len, JSON_DECODE_ANY, &error);
    *agrees = theirs && ours && oracle_agrees(ours, theirs);
    json_decref(theirs);
    return theirs != NULL;
}
