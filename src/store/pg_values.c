/* How do values cross to PostgreSQL and back? Its binary formats: big-endian numbers, counted bytes. */

#include "store/pg.h"

#include <endian.h>
#include <string.h>

/* PostgreSQL counts its microseconds from 2000-01-01. Its last thirty years (from 294247) are beyond ours:
 * they wrap around to the distant past, and back, since a row by hand may hold any moment. */
#define EPOCH_US UINT64_C(946684800000000)

static const uint32_t type_oids[] = {
    [PG_BOOL] = 16,   [PG_INT4] = 23,    [PG_INT8] = 20,          [PG_TEXT] = 25,
    [PG_UUID] = 2950, [PG_JSONB] = 3802, [PG_TIMESTAMPTZ] = 1184,
};

struct pg_param pg_param_text(struct str text)
{
    return (struct pg_param){text.data ? text.data : "", text.len, true};
}

struct pg_param pg_param_int(struct arena *arena, int64_t number)
{
    uint64_t *big = arena_new(arena, uint64_t);
    *big = htobe64((uint64_t)number);
    return (struct pg_param){big, sizeof *big, true};
}

struct pg_param pg_param_uuid(struct arena *arena, struct uuid id)
{
    struct str copy = arena_copy(arena, (struct str){(const char *)id.bytes, sizeof id.bytes});
    return (struct pg_param){copy.data, copy.len, true};
}

struct pg_param pg_param_null(void)
{
    return (struct pg_param){NULL, 0, true};
}

/* The header is written last, into room kept for it here: dimensions, nulls, type, count, lower bound. */
#define ARRAY_HEADER 20

/* Of an element with its length; of texts what most of them need. */
static const size_t usual_bytes[] = {
    [PG_BOOL] = 5,  [PG_INT4] = 8,    [PG_INT8] = 12,        [PG_TEXT] = 32,
    [PG_UUID] = 20, [PG_JSONB] = 256, [PG_TIMESTAMPTZ] = 12,
};

void pg_array_start(struct pg_array *array, enum pg_type type, size_t count, struct arena *arena)
{
    *array = (struct pg_array){.type = type, .bytes = {.arena = arena}};
    buf_room(&array->bytes, ARRAY_HEADER + count * usual_bytes[type]);
    array->bytes.len = ARRAY_HEADER;
}

void pg_array_null(struct pg_array *array)
{
    static const uint32_t none = UINT32_MAX;
    buf_put(&array->bytes, (struct str){(const char *)&none, sizeof none});
    array->has_null = true;
    array->count++;
}

/* Its length goes before it. Where its bytes go is told. */
static char *add_element(struct pg_array *array, size_t len)
{
    uint32_t big = htobe32((uint32_t)len);
    char *at = buf_room(&array->bytes, sizeof big + len);
    memcpy(at, &big, sizeof big);
    array->bytes.len += sizeof big + len;
    array->count++;
    return at + sizeof big;
}

static void add_bytes(struct pg_array *array, const void *bytes, size_t len)
{
    memcpy(add_element(array, len), bytes, len);
}

void pg_array_bool(struct pg_array *array, bool value)
{
    *add_element(array, 1) = value;
}

void pg_array_int(struct pg_array *array, int64_t value)
{
    uint32_t four = htobe32((uint32_t)value);
    uint64_t eight = htobe64((uint64_t)value);
    if (array->type == PG_INT4)
        add_bytes(array, &four, sizeof four);
    else
        add_bytes(array, &eight, sizeof eight);
}

void pg_array_str(struct pg_array *array, struct str value)
{
    /* jsonb's binary form is a version byte and the text. */
    bool is_jsonb = array->type == PG_JSONB;
    char *at = add_element(array, value.len + is_jsonb);
    if (is_jsonb)
        *at++ = 1;
    if (value.len)
        memcpy(at, value.data, value.len);
}

void pg_array_str_or_null(struct pg_array *array, struct str value)
{
    if (value.len)
        pg_array_str(array, value);
    else
        pg_array_null(array);
}

void pg_array_uuid(struct pg_array *array, struct uuid value)
{
    if (uuid_is_nil(value))
        pg_array_null(array);
    else
        add_bytes(array, value.bytes, sizeof value.bytes);
}

void pg_array_time_us(struct pg_array *array, int64_t unix_us)
{
    if (unix_us == 0)
        pg_array_null(array);
    else
        pg_array_int(array, (int64_t)((uint64_t)unix_us - EPOCH_US));
}

struct pg_param pg_array_end(struct pg_array *array)
{
    uint32_t header[] = {htobe32(1), htobe32(array->has_null), htobe32(type_oids[array->type]),
                         htobe32(array->count), htobe32(1)};
    if (array->count == 0)
        header[0] = 0;
    memcpy(array->bytes.data, header, sizeof header);
    /* An array without elements has no dimensions, so its header ends before the count. */
    return (struct pg_param){array->bytes.data, array->count ? array->bytes.len : 12, true};
}

/* 0 behind the end. */
static uint32_t take32(struct str *bytes)
{
    uint32_t big;
    if (bytes->len < sizeof big)
        return 0;
    memcpy(&big, bytes->data, sizeof big);
    *bytes = (struct str){bytes->data + sizeof big, bytes->len - sizeof big};
    return be32toh(big);
}

/* The number of fields, and each with its type and its length. */
void pg_record_of(struct str bytes, struct str *fields, size_t count)
{
    size_t given = take32(&bytes);
    for (size_t i = 0; i < count; i++) {
        fields[i] = (struct str){0};
        if (i >= given)
            continue;
        take32(&bytes);
        uint32_t len = take32(&bytes);
        if (len == UINT32_MAX || len > bytes.len)
            continue;
        fields[i] = (struct str){bytes.data, len};
        bytes = (struct str){bytes.data + len, bytes.len - len};
    }
}

struct str pg_jsonb_of(struct str field)
{
    return field.data ? str_slice(field, 1, field.len) : field;
}

struct str pg_jsonb(const struct pg_result *rows, size_t row, int column)
{
    return pg_jsonb_of(pg_text(rows, row, column));
}

int64_t pg_int_of(struct str field)
{
    int64_t number = field.len && (field.data[0] & 0x80) ? -1 : 0;
    for (size_t i = 0; i < field.len; i++)
        number = (int64_t)((uint64_t)number << 8 | (uint8_t)field.data[i]);
    return number;
}

int64_t pg_int(const struct pg_result *rows, size_t row, int column)
{
    return pg_int_of(pg_text(rows, row, column));
}

double pg_double(const struct pg_result *rows, size_t row, int column)
{
    uint64_t bits = (uint64_t)pg_int(rows, row, column);
    double number;
    memcpy(&number, &bits, sizeof number);
    return number;
}

bool pg_bool_of(struct str field)
{
    return field.len == 1 && field.data[0] != 0;
}

bool pg_bool(const struct pg_result *rows, size_t row, int column)
{
    return pg_bool_of(pg_text(rows, row, column));
}

struct uuid pg_uuid_of(struct str field)
{
    struct uuid id = {{0}};
    if (field.len == sizeof id.bytes)
        memcpy(id.bytes, field.data, sizeof id.bytes);
    return id;
}

struct uuid pg_uuid(const struct pg_result *rows, size_t row, int column)
{
    return pg_uuid_of(pg_text(rows, row, column));
}

int64_t pg_time_us_of(struct str field)
{
    return field.len ? (int64_t)((uint64_t)pg_int_of(field) + EPOCH_US) : 0;
}

int64_t pg_time_us(const struct pg_result *rows, size_t row, int column)
{
    return pg_time_us_of(pg_text(rows, row, column));
}
