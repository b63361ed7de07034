#pragma once

/* What somebody says, and what it is understood as. */

#include "tests/unit/checking.h"
#include "understand/understand.h"

static struct arena arena;
static const struct lexicon *lexicon;

static inline struct utterance said(const char *text)
{
    return (struct utterance){.text = str_from(text), .language = STR_INIT("en"), .today = {2026, 11, 22}};
}

static inline void assert_value(struct understood result, const char *value)
{
    assert_int_equal(result.finding, FOUND);
    assert_string_equal(arena_cstring(&arena, result.values[0]), value);
}
