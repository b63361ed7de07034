/* How is text compared, searched, cut and walked, without ever owning it? */

#include "base/str.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct str str_slice(struct str text, size_t from, size_t to)
{
    if (to > text.len)
        to = text.len;
    if (from >= to)
        return (struct str){text.data, 0};
    return (struct str){text.data + from, to - from};
}

/* Most texts that are the same are one text; most that are not differ in length or at once. */
bool str_eq(struct str a, struct str b)
{
    if (a.len != b.len)
        return false;
    return a.len == 0 || a.data == b.data || (a.data[0] == b.data[0] && memcmp(a.data, b.data, a.len) == 0);
}

#define CASE_BIT 0x20 /* all that tells a letter from its capital */

bool str_eq_nocase(struct str a, struct str b)
{
    if (a.len != b.len)
        return false;
    return a.len == 0 ||
           ((a.data[0] | CASE_BIT) == (b.data[0] | CASE_BIT) && strncasecmp(a.data, b.data, a.len) == 0);
}

int str_compare(struct str a, struct str b)
{
    size_t shared = a.len < b.len ? a.len : b.len;
    if (shared && a.data[0] != b.data[0])
        return (unsigned char)a.data[0] < (unsigned char)b.data[0] ? -1 : 1;
    int order = shared ? memcmp(a.data, b.data, shared) : 0;
    if (order != 0)
        return order;
    return a.len < b.len ? -1 : a.len > b.len;
}

bool str_starts(struct str text, struct str prefix)
{
    return text.len >= prefix.len && str_eq(str_slice(text, 0, prefix.len), prefix);
}

bool str_ends(struct str text, struct str suffix)
{
    return text.len >= suffix.len && str_eq(str_slice(text, text.len - suffix.len, text.len), suffix);
}

size_t str_find(struct str text, struct str part)
{
    if (part.len == 0)
        return 0;
    if (text.len < part.len)
        return STR_NONE;
    const char *hit = memmem(text.data, text.len, part.data, part.len);
    return hit ? (size_t)(hit - text.data) : STR_NONE;
}

size_t str_find_char(struct str text, char c)
{
    const char *hit = text.len ? memchr(text.data, c, text.len) : NULL;
    return hit ? (size_t)(hit - text.data) : STR_NONE;
}

static bool is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

struct str str_trim(struct str text)
{
    while (text.len && is_space(text.data[0]))
        text = str_slice(text, 1, text.len);
    while (text.len && is_space(text.data[text.len - 1]))
        text.len--;
    return text;
}

bool str_cut(struct str *rest, char separator, struct str *part)
{
    if (!rest->data)
        return false;
    size_t at = str_find_char(*rest, separator);
    if (at == STR_NONE) {
        *part = *rest;
        *rest = (struct str){NULL, 0};
        return true;
    }
    *part = str_slice(*rest, 0, at);
    *rest = (struct str){rest->data + at + 1, rest->len - at - 1};
    return true;
}

bool str_to_int64(struct str text, int64_t *out)
{
    bool negative = text.len && text.data[0] == '-';
    struct str digits = negative ? str_slice(text, 1, text.len) : text;
    if (digits.len == 0)
        return false;
    int64_t value = 0;
    for (size_t i = 0; i < digits.len; i++) {
        if (digits.data[i] < '0' || digits.data[i] > '9')
            return false;
        if (__builtin_mul_overflow(value, 10, &value) ||
            __builtin_sub_overflow(value, digits.data[i] - '0', &value))
            return false;
    }
    /* Counted downwards, because the smallest number has no positive twin. */
    if (!negative && value == INT64_MIN)
        return false;
    *out = negative ? value : -value;
    return true;
}

bool str_to_double(struct str text, double *out)
{
    char copy[64];
    if (text.len == 0 || text.len >= sizeof copy)
        return false;
    for (size_t i = 0; i < text.len; i++)
        if (!text.data[i] || !strchr("0123456789+-.eE", text.data[i]))
            return false;
    memcpy(copy, text.data, text.len);
    copy[text.len] = '\0';
    char *end;
    errno = 0;
    double value = strtod(copy, &end);
    if (*end != '\0' || errno == ERANGE || !isfinite(value))
        return false;
    *out = value;
    return true;
}

/* Length of the sequence that a lead byte announces, with the smallest code point that may use it. */
static size_t sequence_len(unsigned char lead, uint32_t *smallest)
{
    if (lead >= 0xC2 && lead <= 0xDF)
        return *smallest = 0x80, 2;
    if (lead >= 0xE0 && lead <= 0xEF)
        return *smallest = 0x800, 3;
    if (lead >= 0xF0 && lead <= 0xF4)
        return *smallest = 0x10000, 4;
    return 0;
}

uint32_t utf8_next(struct str *rest)
{
    const unsigned char *bytes = (const unsigned char *)rest->data;
    size_t len = 1;
    uint32_t point = bytes[0];
    if (bytes[0] >= 0x80) {
        uint32_t smallest = 0;
        len = sequence_len(bytes[0], &smallest);
        bool valid = len != 0 && len <= rest->len;
        point = valid ? bytes[0] & (0xFFu >> (len + 1)) : 0;
        for (size_t i = 1; valid && i < len; i++) {
            valid = (bytes[i] & 0xC0) == 0x80;
            point = point << 6 | (bytes[i] & 0x3Fu);
        }
        if (!valid || point < smallest || point > 0x10FFFF || (point >= 0xD800 && point <= 0xDFFF)) {
            len = 1;
            point = UTF8_REPLACEMENT;
        }
    }
    rest->data += len;
    rest->len -= len;
    return point;
}

size_t utf8_put(uint32_t point, char out[static 4])
{
    if (point < 0x80) {
        out[0] = (char)point;
        return 1;
    }
    if (point < 0x800) {
        out[0] = (char)(0xC0 | point >> 6);
        out[1] = (char)(0x80 | (point & 0x3F));
        return 2;
    }
    if (point < 0x10000) {
        out[0] = (char)(0xE0 | point >> 12);
        out[1] = (char)(0x80 | (point >> 6 & 0x3F));
        out[2] = (char)(0x80 | (point & 0x3F));
        return 3;
    }
    out[0] = (char)(0xF0 | point >> 18);
    out[1] = (char)(0x80 | (point >> 12 & 0x3F));
    out[2] = (char)(0x80 | (point >> 6 & 0x3F));
    out[3] = (char)(0x80 | (point & 0x3F));
    return 4;
}

/* Most text is: eight bytes are looked at together. */
static size_t ascii_len(struct str text)
{
    size_t len = 0;
    for (uint64_t eight; len + sizeof eight <= text.len; len += sizeof eight) {
        memcpy(&eight, text.data + len, sizeof eight);
        if (eight & UINT64_C(0x8080808080808080))
            break;
    }
    while (len < text.len && (unsigned char)text.data[len] < 0x80)
        len++;
    return len;
}

bool utf8_is_valid(struct str text)
{
    for (;;) {
        text = str_slice(text, ascii_len(text), text.len);
        if (!text.len)
            return true;
        struct str before = text;
        /* A replacement character that really stands in the text takes three bytes, an invalid byte one. */
        if (utf8_next(&text) == UTF8_REPLACEMENT && before.len - text.len == 1)
            return false;
    }
}

size_t utf8_length(struct str text)
{
    size_t count = 0;
    for (; text.len; count++)
        utf8_next(&text);
    return count;
}

struct str utf8_truncate(struct str text, size_t max_points)
{
    struct str rest = text;
    while (rest.len && max_points--)
        utf8_next(&rest);
    return str_slice(text, 0, text.len - rest.len);
}

struct str utf8_truncate_bytes(struct str text, size_t max_bytes)
{
    if (text.len <= max_bytes)
        return text;
    while (max_bytes && ((unsigned char)text.data[max_bytes] & 0xC0) == 0x80)
        max_bytes--;
    return str_slice(text, 0, max_bytes);
}
