/* What of a provider's words about an error may an operator see? */

#include "channels/errors.h"
#include "tests/unit/checking.h"

static struct arena arena;

static int reset(void **state)
{
    (void)state;
    arena_free(&arena);
    return 0;
}

static void assert_title(const char *words, const char *expected)
{
    assert_text(error_title(&arena, str_from(words)), expected);
}

static void a_number_in_an_error_is_masked(void **state)
{
    (void)state;
    assert_title("The 'To' number +919812345670 is not valid", "The 'To' number +… is not valid");
    assert_title("919812345670", "…");
    assert_title("from 5550100 to 5550101", "from … to …");
}

static void codes_and_years_stay(void **state)
{
    (void)state;
    assert_title("(#131026) refused with 21211 in 2026", "(#131026) refused with 21211 in 2026");
    assert_title("", "");
}

static void an_error_of_a_megabyte_is_cut(void **state)
{
    (void)state;
    char *words = arena_alloc(&arena, 1024 * 1024);
    memset(words, 'x', 1024 * 1024);
    assert_in_range(error_title(&arena, (struct str){words, 1024 * 1024}).len, 1, 1024);
}

static void a_refusal_keeps_the_masked_words(void **state)
{
    (void)state;
    struct http_response response = {.status = 400};
    struct judged judged;
    judge_refusal(&twilio_errors, &response, true, 999999, STR("no way to +15550100001"), &arena, &judged);
    assert_true(str_eq(judged.error.title, STR("no way to +…")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(a_number_in_an_error_is_masked, reset),
        cmocka_unit_test_teardown(codes_and_years_stay, reset),
        cmocka_unit_test_teardown(an_error_of_a_megabyte_is_cut, reset),
        cmocka_unit_test_teardown(a_refusal_keeps_the_masked_words, reset),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
