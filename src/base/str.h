#pragma once

/* Text as a pointer and a length, passed by value. Never owns what it points to; need not end in a NUL. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct str {
    const char *data; /* may be NULL only when len is 0 */
    size_t len;       /* bytes */
};

/* A literal as a str; STR_INIT where a constant expression is needed. */
#define STR(literal) ((struct str){"" literal, sizeof(literal) - 1})
#define STR_INIT(literal)                                                                                    \
    {                                                                                                        \
        "" literal, sizeof(literal) - 1                                                                      \
    }
/* For printf: printf("%.*s", STR_ARG(s)). It looks at `s` more than once: give it a variable where a call
 * costs. */
#define STR_ARG(s) (int)(s).len, (s).data ? (s).data : ""

/* The text up to the terminating NUL; NULL gives the empty text. */
static inline struct str str_from(const char *text)
{
    return (struct str){text, text ? strlen(text) : 0};
}
struct str str_slice(struct str text, size_t from, size_t to); /* [from, to), clipped to the text */

bool str_eq(struct str a, struct str b);
bool str_eq_nocase(struct str a, struct str b); /* ASCII letters only */
int str_compare(struct str a, struct str b);    /* byte order, as memcmp */
bool str_starts(struct str text, struct str prefix);
bool str_ends(struct str text, struct str suffix);
#define STR_NONE SIZE_MAX
size_t str_find(struct str text, struct str part); /* offset of the first occurrence, or STR_NONE */
size_t str_find_char(struct str text, char c);
struct str str_trim(struct str text); /* without ASCII white space at either end */

/* Cuts the part before the first `separator` off `*rest` into `*part`; false when nothing is left.
 * "a,,b" gives "a", "", "b"; a text without separator gives itself once. Start with a non-NULL data pointer.
 */
bool str_cut(struct str *rest, char separator, struct str *part);

/* Whole text as a decimal integer: optional '-', digits, nothing else; false when it is not one or overflows.
 */
bool str_to_int64(struct str text, int64_t *out);
bool str_to_double(struct str text, double *out); /* at most 63 bytes, finite, C locale */

/* UTF-8. */
#define UTF8_REPLACEMENT 0xFFFDu
/* Takes one code point off the front of `*rest` (which must not be empty); an invalid byte gives
 * UTF8_REPLACEMENT and takes that byte only. */
uint32_t utf8_next(struct str *rest);
size_t utf8_put(uint32_t code_point, char out[static 4]); /* bytes written, 1 to 4 */
bool utf8_is_valid(struct str text);
size_t utf8_length(struct str text);                          /* code points */
struct str utf8_truncate(struct str text, size_t max_points); /* never inside a code point */
struct str utf8_truncate_bytes(struct str text, size_t max_bytes);
