/* What is a JSON value, and how is one built and looked into?
 *
 * Values are nodes in an arena. An object is a row of pairs in the order in which they were put: the objects
 * of a conversation have a dozen, and a dozen comparisons cost less than any index. */

#include "base/json_value.h"

#include <endian.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A row has room for this many, a power of two, then for twice as many, and so on. */
#define FIRST_CAPACITY 8

const struct json json_yes = {.kind = JSON_BOOL, .is_true = true};
const struct json json_no = {.kind = JSON_BOOL};
const struct json json_nothing = {.kind = JSON_NULL_VALUE};

#define EACH(byte) ((byte)*UINT64_C(0x0101010101010101))

/* Of eight bytes, the first the lowest, the high bit of each that can't stand for itself: it is less than a
 * space, or becomes less than 1. Only the lowest mark is sure: a byte above it may be marked in error. */
static uint64_t mark_special(uint64_t eight)
{
    uint64_t below = (eight - EACH(' ')) | ((eight ^ EACH('"')) - EACH(1)) | ((eight ^ EACH('\\')) - EACH(1));
    return below & ~eight & EACH(0x80);
}

static const bool is_plain[256] = {
    [' ' ... '!'] = true,
    ['#' ... '['] = true,
    [']' ... 0xFF] = true,
};

size_t json_plain_len(struct str text)
{
    size_t len = 0;
    for (uint64_t eight; len + sizeof eight <= text.len; len += sizeof eight) {
        memcpy(&eight, text.data + len, sizeof eight);
        uint64_t marks = mark_special(le64toh(eight));
        if (marks)
            return len + (size_t)__builtin_ctzll(marks) / 8;
    }
    while (len < text.len && is_plain[(unsigned char)text.data[len]])
        len++;
    return len;
}

static uint64_t copy_eight(char *to, const char *from)
{
    uint64_t eight;
    memcpy(&eight, from, sizeof eight);
    memcpy(to, &eight, sizeof eight);
    return mark_special(eight);
}

/* Fewer than eight: the first four and the last, which may have some in common. */
static bool copy_brief(char *to, struct str text)
{
    uint32_t halves[2];
    bool is_all = true;
    if (text.len >= sizeof *halves) {
        size_t last = text.len - sizeof *halves;
        memcpy(&halves[0], text.data, sizeof *halves);
        memcpy(&halves[1], text.data + last, sizeof *halves);
        memcpy(to, &halves[0], sizeof *halves);
        memcpy(to + last, &halves[1], sizeof *halves);
        return mark_special((uint64_t)halves[0] << 32 | halves[1]) == 0;
    }
    for (size_t i = 0; i < text.len; i++) {
        to[i] = text.data[i];
        is_all = is_all && is_plain[(unsigned char)text.data[i]];
    }
    return is_all;
}

bool json_copy_plain(char *to, struct str text)
{
    if (text.len < sizeof(uint64_t))
        return copy_brief(to, text);
    /* The last eight may have some in common with those before them. */
    size_t last = text.len - sizeof(uint64_t);
    uint64_t marks = copy_eight(to + last, text.data + last);
    for (size_t at = 0; at < last; at += sizeof(uint64_t))
        marks |= copy_eight(to + at, text.data + at);
    return marks == 0;
}

/* ---- Looking ---- */

static bool is_kind(const struct json *value, enum json_kind kind)
{
    return value && value->kind == kind;
}

enum json_kind json_kind(const struct json *value)
{
    return value ? value->kind : JSON_ABSENT;
}

static const struct json **find(const struct json *object, struct str key)
{
    for (size_t i = 0; i < object->count; i++)
        if (str_eq(object->as.pairs[i].key, key))
            return &object->as.pairs[i].value;
    return NULL;
}

const struct json *json_member(const struct json *object, struct str key)
{
    const struct json **found = is_kind(object, JSON_MEMBERS) ? find(object, key) : NULL;
    return found ? *found : NULL;
}

const struct json *json_at(const struct json *list, size_t index)
{
    return is_kind(list, JSON_LIST) && index < list->count ? list->as.items[index] : NULL;
}

size_t json_count(const struct json *value)
{
    return is_kind(value, JSON_MEMBERS) || is_kind(value, JSON_LIST) ? value->count : 0;
}

bool json_each(const struct json *object, void **iterator, struct str *key, const struct json **value)
{
    if (!is_kind(object, JSON_MEMBERS) || object->count == 0)
        return false;
    struct json_pair *next = *iterator ? (struct json_pair *)*iterator + 1 : object->as.pairs;
    if (next == object->as.pairs + object->count)
        return false;
    *iterator = next;
    *key = next->key;
    *value = next->value;
    return true;
}

struct str json_text(const struct json *value)
{
    return is_kind(value, JSON_TEXT) ? (struct str){value->as.text, value->count} : (struct str){0};
}

struct str json_scalar(struct arena *arena, const struct json *value)
{
    if (!is_kind(value, JSON_NUMBER))
        return json_text(value);
    struct buf text = {.arena = arena};
    if (value->is_real)
        buf_printf(&text, "%.17g", value->as.real);
    else
        buf_put_int(&text, value->as.integer);
    return buf_str(&text);
}

bool json_to_int64(const struct json *value, int64_t *out)
{
    if (!is_kind(value, JSON_NUMBER) || value->is_real)
        return str_to_int64(json_text(value), out);
    *out = value->as.integer;
    return true;
}

bool json_to_double(const struct json *value, double *out)
{
    if (!is_kind(value, JSON_NUMBER))
        return str_to_double(json_text(value), out);
    *out = value->is_real ? value->as.real : (double)value->as.integer;
    return isfinite(*out);
}

bool json_truth(const struct json *value)
{
    return is_kind(value, JSON_BOOL) && value->is_true;
}

/* ---- Building ---- */

/* Nothing that is read or built here comes near it: requests and rows are bounded. */
static uint32_t count_of(size_t count)
{
    if (count > UINT32_MAX)
        abort();
    return (uint32_t)count;
}

static struct json *new_value(struct arena *arena, enum json_kind kind)
{
    struct json *value = arena_take(arena, sizeof *value);
    *value = (struct json){.kind = kind};
    return value;
}

struct json *json_new_object(struct arena *arena)
{
    return new_value(arena, JSON_MEMBERS);
}

struct json *json_new_list(struct arena *arena)
{
    return new_value(arena, JSON_LIST);
}

const struct json *json_new_int(struct arena *arena, int64_t number)
{
    struct json *value = new_value(arena, JSON_NUMBER);
    value->as.integer = number;
    return value;
}

struct json *json_new_real(struct arena *arena, double number)
{
    struct json *value = new_value(arena, JSON_NUMBER);
    value->is_real = true;
    value->as.real = number;
    return value;
}

struct json *json_new_text(struct arena *arena, struct str text)
{
    struct json *value = new_value(arena, JSON_TEXT);
    value->as.text = text.data ? text.data : "";
    value->count = count_of(text.len);
    return value;
}

const struct json *json_new_bool(bool truth)
{
    return truth ? &json_yes : &json_no;
}

const struct json *json_new_str(struct arena *arena, struct str text)
{
    return utf8_is_valid(text) ? json_new_text(arena, arena_copy(arena, text)) : NULL;
}

static bool is_full(size_t count)
{
    return count % FIRST_CAPACITY == 0 && (count & (count - 1)) == 0;
}

/* Room for one more at the end of a container's row. */
static void make_room(struct arena *arena, struct json *value, void **row, size_t bytes)
{
    if (!is_full(value->count))
        return;
    size_t capacity = value->count ? (size_t)value->count * 2 : FIRST_CAPACITY;
    void *wider = arena_take(arena, count_of(capacity) * bytes);
    if (value->count)
        memcpy(wider, *row, value->count * bytes);
    *row = wider;
}

void json_append(struct arena *arena, struct json *object, struct str key, const struct json *value)
{
    if (!value)
        return;
    void *row = object->as.pairs;
    make_room(arena, object, &row, sizeof *object->as.pairs);
    object->as.pairs = row;
    object->as.pairs[object->count++] = (struct json_pair){key, value};
}

void json_put(struct arena *arena, struct json *object, struct str key, const struct json *value)
{
    if (!value)
        return;
    const struct json **old = find(object, key);
    if (old)
        *old = value;
    else
        json_append(arena, object, key, value);
}

void json_put_str(struct arena *arena, struct json *object, struct str key, struct str text)
{
    json_put(arena, object, key, json_new_str(arena, text));
}

void json_put_int(struct arena *arena, struct json *object, struct str key, int64_t number)
{
    json_put(arena, object, key, json_new_int(arena, number));
}

void json_put_double(struct arena *arena, struct json *object, struct str key, double number)
{
    json_put(arena, object, key, isfinite(number) ? json_new_real(arena, number) : NULL);
}

void json_put_bool(struct arena *arena, struct json *object, struct str key, bool truth)
{
    json_put(arena, object, key, json_new_bool(truth));
}

void json_put_null(struct arena *arena, struct json *object, struct str key)
{
    json_put(arena, object, key, &json_nothing);
}

void json_add(struct arena *arena, struct json *list, const struct json *value)
{
    if (!value)
        return;
    void *row = list->as.items;
    make_room(arena, list, &row, sizeof *list->as.items);
    list->as.items = row;
    list->as.items[list->count++] = value;
}

void json_add_str(struct arena *arena, struct json *list, struct str text)
{
    json_add(arena, list, json_new_str(arena, text));
}

struct json *json_set_list(struct arena *arena, struct json *object, const char *key)
{
    struct json *member = json_new_list(arena);
    json_set(arena, object, key, member);
    return member;
}

struct json *json_add_object(struct arena *arena, struct json *list)
{
    struct json *item = json_new_object(arena);
    json_add(arena, list, item);
    return item;
}
