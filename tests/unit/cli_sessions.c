/* Do masks hide, cells stay cells, and arguments mean what they say? */

#include "cli/sessions.h"
#include "cli/terminal.h"
#include "gateway/csv.h"
#include "gateway/session_mask.h"
#include "tests/unit/checking.h"

static struct arena arena;

static int reset(void **state)
{
    (void)state;
    arena_reset(&arena);
    return 0;
}

static struct str cell(const char *text)
{
    struct buf out = {.arena = &arena};
    csv_put_text(&out, str_from(text));
    return buf_str(&out);
}

static void masks_hide_all_but_the_ends(void **state)
{
    (void)state;
    assert_text(mask_name(STR("Asha Rao"), &arena), "A…");
    assert_text(mask_name(STR("आशा"), &arena), "आ…");
    assert_text(mask_name(STR("A"), &arena), "…");
    assert_text(mask_name((struct str){0}, &arena), "");
    assert_text(mask_address(STR("+919812345670"), &arena), "+919…70");
    assert_text(mask_address(STR("1234567"), &arena), "…");
    assert_text(mask_address(STR("आशाआशा"), &arena), "…");
    assert_text(mask_text(STR("1990-08-15"), &arena), "… (10 characters)");
    assert_text(mask_text(STR("x"), &arena), "… (1 character)");
}

static void answers_are_masked_whatever_they_are(void **state)
{
    (void)state;
    struct str data =
        STR("{\"name\":\"Asha\",\"birth_time\":null,\"latitude\":18.5,\"born in Pune\":true,\"x\":[1]}");
    assert_text(json_print(&arena, mask_answers(data, false, &arena)),
                "{\"name\":\"A…\",\"birth_time\":null,\"latitude\":\"…\",\"…\":\"…\",\"x\":\"…\"}");
    assert_text(json_print(&arena, mask_answers(data, true, &arena)), data.data);
    assert_int_equal(json_count(mask_answers(STR("[1]"), false, &arena)), 0);
    assert_int_equal(json_count(mask_answers(STR("nonsense"), true, &arena)), 0);
}

static void a_terminal_gets_no_commands(void **state)
{
    (void)state;
    assert_text(terminal_text(STR("a\x1b[2J\tb\nc\x7f"), &arena), "a\uFFFD[2J\uFFFDb\nc\uFFFD");
    assert_text(terminal_text(STR("\xC2\x9B"
                                  "31m \u202Eabc \u2066"),
                              &arena),
                "\uFFFD31m \uFFFDabc \uFFFD");
    assert_text(terminal_text(STR("आशा é 👍"), &arena), "आशा é 👍");
}

static void a_cell_is_quoted_where_it_must_be(void **state)
{
    (void)state;
    assert_text(cell("Asha Rao"), "Asha Rao");
    assert_text(cell("a,b"), "\"a,b\"");
    assert_text(cell("say \"hi\"\r\nx"), "\"say \"\"hi\"\"\r\nx\"");
    assert_text(cell("a;=1"), "\"a;=1\"");
    assert_text(cell(""), "");
}

static void a_cell_is_never_a_formula(void **state)
{
    (void)state;
    static const char *const formulas[] = {"=1+1", "+919812345670", "-2",  "@SUM", "\tx",
                                           "\rx",  "\nx",           " =1", "＝1",  "'x"};
    for (size_t i = 0; i < sizeof formulas / sizeof *formulas; i++) {
        struct str made = cell(formulas[i]);
        if (made.data[0] == '"')
            made = str_slice(made, 1, made.len - 1);
        assert_true(made.data[0] == '\'');
        assert_text(str_slice(made, 1, made.len), formulas[i]);
    }
    assert_text(cell("1-2=3"), "1-2=3");
}

static const char *read(struct sessions_wish *wish, const char *const *args)
{
    char *argv[12] = {"sessions"};
    int argc = 1;
    while (*args)
        argv[argc++] = (char *)(uintptr_t)*args++;
    return sessions_wish_read(argc, argv, &arena, wish);
}

#define READ(wish, ...) read((wish), (const char *const[]){__VA_ARGS__, NULL})

static void whoever_is_named_may_be_an_id_a_key_or_a_number(void **state)
{
    (void)state;
    struct sessions_wish wish;
    assert_null(READ(&wish, "forget", " +91 (98123) 456-70 ", "--yes"));
    assert_string_equal(wish.phone, "+919812345670");
    assert_string_equal(wish.id, "");
    assert_string_equal(wish.key, "");
    assert_true(wish.is_sure);
    assert_null(READ(&wish, "show", "00000000-0000-4000-8000-00000000000A"));
    assert_string_equal(wish.id, "00000000-0000-4000-8000-00000000000a");
    assert_string_equal(wish.key, "00000000-0000-4000-8000-00000000000A");
    assert_null(READ(&wish, "show", "--aaaaaaaaaaaaaaaaaaaaaaaaaa"));
    assert_string_equal(wish.key, "--aaaaaaaaaaaaaaaaaaaaaaaaaa");
    assert_non_null(READ(&wish, "show", "+919812345670"));
    assert_non_null(READ(&wish, "forget", "+91981234567089123"));
    assert_non_null(READ(&wish, "forget", "00000000-0000-4000-8000-00000000000A", "--brand", "x"));
}

static void every_option_belongs_to_its_action(void **state)
{
    (void)state;
    struct sessions_wish wish;
    assert_null(READ(&wish, "list", "--status", "failed", "--channel", "sms", "--since", "2024-02-29",
                     "--limit", "7"));
    assert_string_equal(wish.limit, "7");
    assert_false(wish.reveals);
    assert_null(READ(&wish, "export", "--format", "jsonl", "--reveal"));
    assert_int_equal(wish.format, EXPORT_JSONL);
    assert_true(wish.reveals);
    assert_non_null(READ(&wish, "export", "--limit", "7"));
    assert_non_null(READ(&wish, "list", "--since", "2023-02-29"));
    assert_non_null(READ(&wish, "list", "--since", "yesterday"));
    assert_non_null(READ(&wish, "list", "--limit", "10001"));
    assert_non_null(READ(&wish, "list", "--flow"));
    assert_non_null(READ(&wish, "show"));
    assert_non_null(sessions_wish_read(1, (char *[]){"sessions"}, &arena, &wish));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(masks_hide_all_but_the_ends, reset),
        cmocka_unit_test_setup(answers_are_masked_whatever_they_are, reset),
        cmocka_unit_test_setup(a_terminal_gets_no_commands, reset),
        cmocka_unit_test_setup(a_cell_is_quoted_where_it_must_be, reset),
        cmocka_unit_test_setup(a_cell_is_never_a_formula, reset),
        cmocka_unit_test_setup(whoever_is_named_may_be_an_id_a_key_or_a_number, reset),
        cmocka_unit_test_setup(every_option_belongs_to_its_action, reset),
    };
    int failures = cmocka_run_group_tests(tests, NULL, NULL);
    arena_free(&arena);
    return failures;
}
