/* The project's own sets of answers (tests/corpus): nearly all right, hardly any taken wrongly for
 * certain. Kinds that need the gazetteer are measured elsewhere. */

#include "tests/unit/checking.h"
#include "understand/understand.h"

#include <stdio.h>
#include <stdlib.h>

#define LEAST_RIGHT_PERMILLE 980
#define MOST_SURE_PERMILLE   5

static struct arena words;
static const struct lexicon *lexicon;

struct row {
    struct str kind, language, mode, text, expected;
};

static bool read_row(struct str line, struct row *row)
{
    struct str id, *fields[] = {&id, &row->kind, &row->language, &row->mode, &row->text, &row->expected};
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        size_t tab = str_find_char(line, '\t');
        if (tab == STR_NONE)
            return false;
        *fields[i] = str_slice(line, 0, tab);
        line = str_slice(line, tab + 1, line.len);
    }
    return true;
}

static struct str value_text(const struct understood *result, struct arena *arena)
{
    static const char *const reasons[] = {"none", "impossible", "future", "too_old", "incomplete"};
    if (result->finding == FOUND)
        return result->values[0];
    if (result->finding == FOUND_UNKNOWN)
        return STR("unknown");
    if (result->finding == FOUND_NOTHING)
        return arena_printf(arena, "invalid:%s", reasons[result->reason]);
    struct buf text = {.arena = arena};
    for (size_t i = 0; i < result->count; i++)
        buf_printf(&text, "%s%.*s", i ? "|" : "ambiguous:", STR_ARG(result->values[i]));
    return buf_str(&text);
}

static struct str confirmed_text(struct confirmed result, struct arena *arena)
{
    static const char *const texts[] = {"none", "yes", "no"};
    if (result.confirmation == CONFIRM_EDIT)
        return arena_printf(arena, "edit:%.*s", STR_ARG(result.field));
    return str_from(texts[result.confirmation]);
}

static struct str commanded_text(struct commanded result, struct arena *arena)
{
    static const char *const texts[] = {"none", "help",  "stop",   "start", "restart",    "back",
                                        "",     "agent", "status", "bot",   "delete_data"};
    if (result.command == COMMAND_LANGUAGE)
        return arena_printf(arena, "language:%.*s", STR_ARG(result.language));
    return str_from(texts[result.command]);
}

static struct str answer(const struct row *row, struct arena *arena)
{
    struct utterance said = {.text = row->text, .language = row->language, .today = {2026, 11, 22}};
    said.hearing = str_eq(row->mode, STR("text"))     ? HEARD_TEXT
                   : str_eq(row->mode, STR("speech")) ? HEARD_SPEECH
                                                      : HEARD_KEYPAD;
    struct understood result = {0};
    if (str_eq(row->kind, STR("command")))
        return commanded_text(understand_command(lexicon, &said, arena), arena);
    if (str_eq(row->kind, STR("confirm")))
        return confirmed_text(understand_confirm(lexicon, &said, arena), arena);
    if (str_eq(row->kind, STR("date")))
        result = understand_date(lexicon, &said, arena);
    else if (str_eq(row->kind, STR("time")))
        result = understand_time(lexicon, &said, arena);
    else
        result = understand_name(lexicon, &said, arena);
    return value_text(&result, arena);
}

static bool is_open(struct str text)
{
    return str_starts(text, STR("invalid:")) || str_starts(text, STR("ambiguous:")) ||
           str_eq(text, STR("none")) || str_eq(text, STR("unknown"));
}

static void measure(const char *path)
{
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    struct arena arena = {0};
    char *line = NULL;
    size_t capacity = 0, rows = 0, right = 0, sure = 0;
    for (ssize_t len; (len = getline(&line, &capacity, file)) > 0; arena_reset(&arena)) {
        struct row row;
        if (!read_row((struct str){line, (size_t)len}, &row) || str_eq(row.kind, STR("kind")) ||
            str_eq(row.kind, STR("place")))
            continue;
        struct str given = answer(&row, &arena);
        bool is_right = str_eq(given, row.expected);
        rows++;
        right += is_right;
        sure += !is_right && !is_open(given);
        if (!is_right)
            print_message("%.*s %.*s \"%.*s\": %.*s, not %.*s\n", STR_ARG(row.kind), STR_ARG(row.language),
                          STR_ARG(row.text), STR_ARG(row.expected), STR_ARG(given));
    }
    free(line);
    fclose(file);
    arena_free(&arena);
    print_message("%zu of %zu right, %zu surely wrong\n", right, rows, sure);
    assert_true(rows >= 100);
    assert_true(right * 1000 >= rows * LEAST_RIGHT_PERMILLE);
    assert_true(sure * 1000 <= rows * MOST_SURE_PERMILLE + 1000); /* one of a small set is allowed */
}

static void nearly_all_answers_are_right_and_hardly_any_is_surely_wrong(void **state)
{
    (void)state;
    measure(SOURCE_DIR "/tests/corpus/own.tsv");
    measure(SOURCE_DIR "/tests/corpus/held_out.tsv");
    measure(SOURCE_DIR "/tests/corpus/fresh.tsv");
    measure(SOURCE_DIR "/tests/corpus/second.tsv");
    measure(SOURCE_DIR "/tests/corpus/third.tsv");
}

int main(void)
{
    struct problems problems = {.arena = &words};
    lexicon = lexicon_load(SOURCE_DIR "/config/lang", &words, &problems);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nearly_all_answers_are_right_and_hardly_any_is_surely_wrong)};
    int failed = lexicon ? cmocka_run_group_tests(tests, NULL, NULL) : 1;
    arena_free(&words);
    return failed;
}
