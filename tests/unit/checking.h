#pragma once

/* What every test in C begins with: cmocka, the headers that it needs before it, and a look at texts. */

#include "base/str.h"

/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>
/* clang-format on */

static inline void check_text(struct str text, const char *expected, const char *file, int line)
{
    if (text.len == strlen(expected) && (text.len == 0 || memcmp(text.data, expected, text.len) == 0))
        return;
    print_error("\"%.*s\" instead of \"%s\"\n", STR_ARG(text), expected);
    _fail(file, line);
}

/* The text is exactly this literal. */
#define assert_text(text, expected) check_text((text), (expected), __FILE__, __LINE__)
