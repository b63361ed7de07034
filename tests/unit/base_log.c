/* What stands in the log, whatever somebody says, and how often? */

#include "base/arena.h"
#include "base/log.h"
#include "tests/unit/checking.h"

#include <stdio.h>
#include <unistd.h>

static struct arena arena;

/* What is logged in between is read instead of shown. */
struct ear {
    FILE *file;
    int standard_error;
};

static struct ear listen_to_log(void)
{
    struct ear ear = {tmpfile(), dup(STDERR_FILENO)};
    assert_non_null(ear.file);
    dup2(fileno(ear.file), STDERR_FILENO);
    return ear;
}

static struct str end_listening(struct ear ear)
{
    struct buf heard = {.arena = &arena};
    dup2(ear.standard_error, STDERR_FILENO);
    close(ear.standard_error);
    rewind(ear.file);
    for (int c; (c = getc(ear.file)) != EOF;)
        buf_put_char(&heard, (char)c);
    fclose(ear.file);
    return buf_str(&heard);
}

static size_t count_lines(struct str text)
{
    size_t lines = 0;
    for (size_t i = 0; i < text.len; i++)
        lines += text.data[i] == '\n';
    return lines;
}

/* How many lines a hundred tellings of each of two events make. */
static size_t lines_told(enum log_level least)
{
    struct ear ear = listen_to_log();
    log_setup(least, LOG_TEXT);
    for (int i = 0; i < 100; i++) {
        log_event(LOG_WARN, "a storm", log_int("i", i));
        if (i % 10 == 0)
            log_event(LOG_WARN, "something else");
    }
    log_tell_left_out();
    return count_lines(end_listening(ear));
}

static void no_value_forges_a_line_or_commands_a_terminal(void **state)
{
    (void)state;
    static const char *const values[] = {"a\nb",
                                         "\x1b[31m",
                                         "\xC2\x9B"
                                         "31m",
                                         "\xE2\x80\xAE"
                                         "1",
                                         "\xE2\x80\xA8",
                                         "\xE2\x81\xA6"};
    for (enum log_format format = LOG_JSON; format <= LOG_TEXT; format++) {
        struct ear ear = listen_to_log();
        log_setup(LOG_INFO, format);
        for (size_t i = 0; i < sizeof values / sizeof *values; i++)
            log_event(LOG_WARN, "said", log_cstr("what", values[i]));
        struct str heard = end_listening(ear);
        assert_int_equal(count_lines(heard), sizeof values / sizeof *values);
        for (size_t i = 0; i < sizeof values / sizeof *values; i++)
            assert_int_equal(str_find(heard, str_from(values[i])), STR_NONE);
    }
}

static void a_storm_of_one_event_is_told_so_often_a_minute(void **state)
{
    (void)state;
    assert_int_equal(lines_told(LOG_INFO), LOG_EVENT_LINES + 10);
    assert_int_equal(lines_told(LOG_DEBUG), 110);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_value_forges_a_line_or_commands_a_terminal),
        cmocka_unit_test(a_storm_of_one_event_is_told_so_often_a_minute),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    arena_free(&arena);
    return failed;
}
