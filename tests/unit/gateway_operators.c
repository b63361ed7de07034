/* Who is an operator: the list in ADMIN_TOKENS_FILE, tokens, and the statements that browsers keep as
 * cookies. */

#include "base/clock.h"
#include "base/digest.h"
#include "base/encoding.h"
#include "gateway/operators.h"
#include "tests/unit/checking.h"

#include <stdio.h>
#include <stdlib.h>

#define ADMIN  "an-admin-token-of-32-characters!!"
#define ASHA   "asha's token"
#define SECRET STR("what only our nodes know")
#define NOW_S  INT64_C(1780000000) /* 2026-05-28 */

static struct arena arena;

static int reset(void **state)
{
    (void)state;
    arena_free(&arena);
    return 0;
}

static struct str hash_of(const char *token)
{
    uint8_t digest[SHA256_BYTES];
    sha256(str_from(token), digest);
    return hex_encode(&arena, digest, sizeof digest);
}

static struct str listed(const char *token, const char *rest)
{
    return arena_printf(&arena, "- name: Asha Rao\n  role: operator\n  sha256: %.*s\n%s",
                        STR_ARG(hash_of(token)), rest);
}

static struct operators *operators_of(struct str list)
{
    struct problems problems = {.arena = &arena};
    struct operators *operators = operators_new(STR(ADMIN), list, STR("operators.yaml"), SECRET, &problems);
    assert_int_equal(problems.count, 0);
    return operators;
}

static const char *complaint_about(struct str list)
{
    struct problems problems = {.arena = &arena};
    assert_null(operators_new(STR(ADMIN), list, STR("operators.yaml"), SECRET, &problems));
    return arena_cstring(&arena, problems_text(&problems, &arena));
}

static void tokens_tell_who_somebody_is(void **state)
{
    (void)state;
    struct operator_identity who;
    struct operators *operators = operators_of(listed(ASHA, ""));
    assert_true(operators_by_token(operators, STR(ASHA), NOW_S, &who));
    assert_true(str_eq(who.name, STR("Asha Rao")));
    assert_int_equal(who.role, ROLE_OPERATOR);
    assert_true(operators_by_token(operators, STR(ADMIN), NOW_S, &who));
    assert_true(str_eq(who.name, STR("admin")));
    assert_int_equal(who.role, ROLE_PRIVACY);
    assert_false(operators_by_token(operators, STR("somebody else's"), NOW_S, &who));
    assert_false(operators_by_token(operators, STR(""), NOW_S, &who));
    /* The hash in the file is no token. */
    assert_false(operators_by_token(operators, hash_of(ASHA), NOW_S, &who));
    operators_free(operators);
}

static void a_token_is_good_to_the_end_of_its_last_day(void **state)
{
    (void)state;
    struct operator_identity who;
    struct date day;
    assert_true(date_from_iso(STR("2026-05-28"), &day));
    int64_t end_s = (date_to_days(day) + 1) * 86400;
    struct operators *operators = operators_of(listed(ASHA, "  expires: 2026-05-28\n"));
    struct str statement = operators_statement(operators, STR(ASHA), end_s + 600, &arena);
    assert_true(operators_by_token(operators, STR(ASHA), end_s - 1, &who));
    assert_false(operators_by_token(operators, STR(ASHA), end_s, &who));
    assert_true(operators_by_statement(operators, statement, end_s - 1, &who));
    assert_false(operators_by_statement(operators, statement, end_s, &who));
    operators_free(operators);
}

static void a_statement_holds_until_it_expires(void **state)
{
    (void)state;
    struct operator_identity who;
    struct operators *operators = operators_of(listed(ASHA, ""));
    struct str statement = operators_statement(operators, STR(ASHA), NOW_S + 600, &arena);
    assert_true(operators_by_statement(operators, statement, NOW_S, &who));
    assert_true(str_eq(who.name, STR("Asha Rao")));
    assert_false(operators_by_statement(operators, statement, NOW_S + 600, &who));
    operators_free(operators);
}

static void no_byte_of_a_statement_can_be_changed(void **state)
{
    (void)state;
    struct operator_identity who;
    struct operators *operators = operators_of(listed(ASHA, ""));
    struct str statement = operators_statement(operators, STR(ASHA), NOW_S + 600, &arena);
    for (size_t i = 0; i < statement.len; i++) {
        struct str forged = arena_copy(&arena, statement);
        ((char *)(uintptr_t)forged.data)[i] ^= 1;
        assert_false(operators_by_statement(operators, forged, NOW_S, &who));
        assert_false(operators_by_statement(operators, str_slice(statement, 0, i), NOW_S, &who));
    }
    struct str longer = arena_printf(&arena, "%.*s0", STR_ARG(statement));
    assert_false(operators_by_statement(operators, longer, NOW_S, &who));
    operators_free(operators);
}

static void another_token_or_secret_ends_the_statements(void **state)
{
    (void)state;
    struct operator_identity who;
    struct operators *before = operators_of(listed(ASHA, ""));
    struct str statement = operators_statement(before, STR(ASHA), NOW_S + 600, &arena);
    struct operators *after = operators_of(listed("asha's next token", ""));
    assert_false(operators_by_statement(after, statement, NOW_S, &who));
    struct problems problems = {.arena = &arena};
    struct operators *elsewhere =
        operators_new(STR(ADMIN), listed(ASHA, ""), STR(""), STR("another secret"), &problems);
    assert_false(operators_by_statement(elsewhere, statement, NOW_S, &who));
    operators_free(before);
    operators_free(after);
    operators_free(elsewhere);
}

static void mistakes_are_pointed_at(void **state)
{
    (void)state;
    assert_non_null(
        strstr(complaint_about(STR("operators:\n  - x\n")), "operators.yaml:1:1: this must be a list"));
    assert_non_null(strstr(complaint_about(STR("- just a word\n")), "operators.yaml:1:3: "));
    assert_non_null(strstr(complaint_about(listed(ASHA, "  rank: 3\n")), "operators.yaml:4:"));
    assert_non_null(
        strstr(complaint_about(listed(ASHA, "  expires: tomorrow\n")), "operators.yaml:4:12: expires"));
    assert_non_null(
        strstr(complaint_about(STR("- name: Asha\n  role: boss\n  sha256: abc\n")), "role is one of"));
    assert_non_null(strstr(complaint_about(STR("- name: Asha\n  role: viewer\n  sha256: abc\n")),
                           "not the token itself"));
    assert_non_null(strstr(complaint_about(STR("- name: admin\n  role: viewer\n")), "who has ADMIN_TOKEN"));
    struct str twice = arena_printf(&arena, "%.*s%.*s", STR_ARG(listed(ASHA, "")), STR_ARG(listed("b", "")));
    assert_non_null(strstr(complaint_about(twice), "operators.yaml:4:3: name: another operator"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(tokens_tell_who_somebody_is, reset),
        cmocka_unit_test_teardown(a_token_is_good_to_the_end_of_its_last_day, reset),
        cmocka_unit_test_teardown(a_statement_holds_until_it_expires, reset),
        cmocka_unit_test_teardown(no_byte_of_a_statement_can_be_changed, reset),
        cmocka_unit_test_teardown(another_token_or_secret_ends_the_statements, reset),
        cmocka_unit_test_teardown(mistakes_are_pointed_at, reset),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
