#pragma once

/* Formatting of the few conversions that most texts are made of, many times faster than printf does it. */

#include "base/str.h"

#include <stdarg.h>

#define DIGITS_MAX 20 /* of an int64_t, with its sign */

struct str format_int(int64_t number, char digits[static DIGITS_MAX]); /* in decimal, in `digits` */

/* As vsnprintf of a format with no conversion but %s, %.*s, %d, %04d, %lld, %zu and %%; the length, or -1
 * when there is another or `size` is not enough. */
int format_plain(char *out, size_t size, const char *format, va_list args)
    __attribute__((format(printf, 3, 0)));
