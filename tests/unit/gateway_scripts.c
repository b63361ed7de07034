/* Are flows and words of before kept for what still reads them, and no longer? */

#include "base/arena.h"
#include "gateway/config_check.h"
#include "gateway/scripts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
/* Needs those above. */
#include <cmocka.h>

#define FOR_EVER UINT64_MAX

static void those_of_before_are_kept_for_a_while(void **state)
{
    (void)state;
    struct arena arena = {0};
    struct problems problems = {.arena = &arena};
    const struct config *config = config_load(SOURCE_DIR "/config/frontdesk.yaml", &arena, &problems);
    assert_non_null(config);
    const struct script *reserve = config_load_script(config, &arena, &problems);
    assert_non_null(reserve);

    struct gateway gateway = {.config = config};
    struct scripts *scripts = scripts_new(&gateway, reserve);
    const struct script *first = gateway.script;
    assert_ptr_not_equal(first, reserve);
    assert_true(scripts_load(scripts, LOG_DEBUG));
    assert_true(scripts_load(scripts, LOG_DEBUG));
    assert_ptr_not_equal(gateway.script, first);
    assert_int_equal(scripts_free_outdated(scripts, FOR_EVER), 3);
    /* The sanitizer would tell if it had gone. */
    assert_non_null(first->flows);
    assert_int_equal(scripts_free_outdated(scripts, 0), 1);
    assert_non_null(gateway.script->flows);

    struct config broken = *config;
    const struct script *newest = gateway.script;
    broken.flows_dir = STR("there/is/no/such/folder");
    gateway.config = &broken;
    assert_false(scripts_load(scripts, LOG_DEBUG));
    assert_true(gateway.script_problem.len > 0);
    assert_ptr_equal(gateway.script, newest);
    scripts_free(scripts);
    arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(those_of_before_are_kept_for_a_while)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
