/* The normal form of text, and the tokens made of it. */

#include "tests/unit/checking.h"
#include "understand/token.h"

#include <stdio.h>

static struct arena arena;

static void assert_folds(const char *text, const char *expected)
{
    assert_string_equal(arena_cstring(&arena, text_fold(&arena, str_from(text))), expected);
}

static void variants_of_one_text_fold_alike(void **state)
{
    (void)state;
    assert_folds("  José  ÁLVAREZ\t", "jose alvarez");
    assert_folds("Straße Łódź Ærø", "strasse lodz aero");
    assert_folds("१५ १५ 15", "15 15 15");
    assert_folds("फ़रवरी", "फरवरी");
    assert_folds("सितम्बर पन्द्रह हाँ", "सितंबर पंद्रह हां");
    assert_folds("मुम्बई", "मुंबई");
    assert_folds("जन्म", "जन्म");
    assert_folds("15–08—90", "15-08-90");
    assert_folds("D’Souza", "d'souza");
    assert_folds("6½ baje", "6 1/2 baje");
    assert_folds("a\xe2\x80\x8b"
                 "b",
                 "ab");
    assert_folds("ok👍🏽yes", "ok 👍 yes");
    assert_folds("\xff\x01", "\xef\xbf\xbd");
    assert_folds("", "");
}

/* The tokens' texts with | between; numbers in brackets. */
static void assert_tokens(const char *text, const char *expected)
{
    struct tokens tokens = tokens_of(&arena, str_from(text));
    struct buf shown = {.arena = &arena};
    for (size_t i = 0; i < tokens.count; i++) {
        bool is_number = tokens.list[i].kind == TOKEN_NUMBER;
        buf_printf(&shown, "%s%s%.*s%s", i ? "|" : "", is_number ? "[" : "", STR_ARG(tokens.list[i].text),
                   is_number ? "]" : "");
    }
    assert_string_equal(arena_cstring(&arena, buf_str(&shown)), expected);
}

static void words_numbers_and_marks_are_told_apart(void **state)
{
    (void)state;
    assert_tokens("15aug1990", "[15]|aug|[1990]");
    assert_tokens("6:30 a.m.", "[6]|:|[30]|am");
    assert_tokens("I'm O'Brien", "im|obrien");
    assert_tokens("l5/O8/199O", "[15]|/|[08]|/|[1990]");
    assert_tokens("7oclock", "[7]|oclock");
    assert_tokens("15th, 8वीं", "[15]|th|,|[8]|वीं");
    assert_tokens("ok👍", "ok|👍");
}

static void tokens_know_where_they_stood(void **state)
{
    (void)state;
    struct str text = STR("  नाम:  José   Rao ");
    struct tokens tokens = tokens_of(&arena, text);
    assert_int_equal(tokens.count, 4);
    assert_true(str_eq(str_slice(text, tokens.list[0].from, tokens.list[0].to), STR("नाम")));
    assert_true(str_eq(str_slice(text, tokens.list[2].from, tokens.list[2].to), STR("José")));
    assert_true(str_eq(str_slice(text, tokens.list[3].from, tokens.list[3].to), STR("Rao")));
    assert_true(tokens.list[1].is_glued);
    assert_false(tokens.list[3].is_glued);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(variants_of_one_text_fold_alike),
        cmocka_unit_test(words_numbers_and_marks_are_told_apart),
        cmocka_unit_test(tokens_know_where_they_stood),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    arena_free(&arena);
    return failed;
}
