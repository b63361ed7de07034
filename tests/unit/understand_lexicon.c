/* A language is a file: what a new one brings, and what is said of a bad one. */

#include "tests/unit/checking.h"
#include "understand/heard.h"
#include "understand/sound.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static struct arena arena;

static const struct lexicon *load(const char *yaml, struct problems *problems)
{
    char folder[] = "/tmp/lexicon-XXXXXX";
    assert_non_null(mkdtemp(folder));
    const char *path = arena_cstring(&arena, arena_printf(&arena, "%s/xx.yaml", folder));
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(yaml, file);
    fclose(file);
    const struct lexicon *lexicon = lexicon_load(folder, &arena, problems);
    unlink(path);
    rmdir(folder);
    return lexicon;
}

/* A small made-up language: nothing but its file makes it understood. */
static const char MADE_UP[] = "words:\n"
                              "  months: {8: [ottavu, ott]}\n"
                              "  numbers: {6: [seku], 15: [quindu], 19: [novu], 90: [nonu]}\n"
                              "  multiples: {100: [centu]}\n"
                              "  links: [di, in]\n"
                              "  day_parts: {morning: [matin], evening: [vesper]}\n"
                              "  hour_shifts: {30: [mezu]}\n"
                              "  oclock: [horu]\n"
                              "  unknown: [non sap]\n"
                              "  yes: [jes]\n"
                              "  wrong: [malu]\n"
                              "  fields: {time: [tempu]}\n"
                              "  name_frames: [\"mi estu {}\"]\n"
                              "  commands: {help: [ajutu], delete_data: [\"forigu|delu + datu\"]}\n"
                              "  command_fillers: [mi]\n";

static struct utterance said(const char *text)
{
    return (struct utterance){.text = str_from(text), .language = STR_INIT("xx"), .today = {2026, 11, 22}};
}

static void assert_value(struct understood result, const char *value)
{
    assert_int_equal(result.finding, FOUND);
    assert_string_equal(arena_cstring(&arena, result.values[0]), value);
}

static void a_new_language_is_a_new_file(void **state)
{
    (void)state;
    struct problems problems = {.arena = &arena};
    const struct lexicon *lexicon = load(MADE_UP, &problems);
    assert_non_null(lexicon);
    struct utterance utterance = said("quindu di ottavu novu centu nonu");
    assert_value(understand_date(lexicon, &utterance, &arena), "1990-08-15");
    utterance = said("mezu seku horu vesper");
    assert_value(understand_time(lexicon, &utterance, &arena), "18:30");
    utterance = said("non sap");
    assert_int_equal(understand_time(lexicon, &utterance, &arena).finding, FOUND_UNKNOWN);
    utterance = said("Mi estu Ana");
    assert_value(understand_name(lexicon, &utterance, &arena), "Ana");
    utterance = said("tempu malu");
    assert_string_equal(arena_cstring(&arena, understand_confirm(lexicon, &utterance, &arena).field), "time");
    utterance = said("forigu mi datu");
    assert_int_equal(understand_command(lexicon, &utterance, &arena).command, COMMAND_DELETE_DATA);
}

static void every_mistake_in_a_file_is_named_with_its_line(void **state)
{
    (void)state;
    struct problems problems = {.arena = &arena};
    assert_null(load("words:\n"
                     "  colours: [red]\n"
                     "  months: {x: [jan]}\n"
                     "  yes: no list\n"
                     "  numbers: [one]\n"
                     "  fillers: [\"--\"]\n"
                     "  name_frames: [no gap]\n"
                     "  commands: {dance: [dance]}\n"
                     "  links: [a b c d e f g h i j]\n",
                     &problems));
    int lines[16] = {0};
    for (const struct problem *problem = problems.first; problem; problem = problem->next)
        lines[problem->line]++;
    for (int line = 2; line <= 9; line++)
        assert_int_equal(lines[line], 1);
    assert_int_equal(problems.count, 8);
}

static void a_folder_that_is_not_there_is_a_problem(void **state)
{
    (void)state;
    struct problems problems = {.arena = &arena};
    assert_null(lexicon_load("/nowhere/at/all", &arena, &problems));
    assert_int_equal(problems.count, 1);
}

static struct str word_of(int number)
{
    return arena_printf(&arena, "%c%c%cilon", 'a' + number / 676, 'a' + number / 26 % 26, 'a' + number % 26);
}

/* However many languages brought how many words before it. */
static void the_last_of_very_many_words_counts_too(void **state)
{
    (void)state;
    struct problems problems = {.arena = &arena};
    struct buf yaml = {.arena = &arena};
    buf_put(&yaml, STR("words:\n  name_frames:\n"));
    for (int i = 0; i < 3000; i++)
        buf_printf(&yaml, "    - %.*s estu {}\n", STR_ARG(word_of(i)));
    buf_put(&yaml, STR("  numbers:\n    7:\n"));
    for (int i = 3000; i < 9000; i++)
        buf_printf(&yaml, "      - %.*s\n", STR_ARG(word_of(i)));
    buf_put(&yaml, STR("  commands:\n    help:\n"));
    for (int i = 9000; i < 9600; i++)
        buf_printf(&yaml, "      - %.*s + datu%d\n", STR_ARG(word_of(i)), i % 7);
    buf_put_char(&yaml, '\0');
    const struct lexicon *lexicon = load(buf_str(&yaml).data, &problems);
    assert_non_null(lexicon);
    struct utterance utterance = said(arena_printf(&arena, "%.*s estu Ana", STR_ARG(word_of(2999))).data);
    assert_value(understand_name(lexicon, &utterance, &arena), "Ana");
    utterance = said(arena_printf(&arena, "%.*s datu2", STR_ARG(word_of(9599))).data);
    assert_int_equal(understand_command(lexicon, &utterance, &arena).command, COMMAND_HELP);
    assert_int_equal(lexicon->slip_word_count, 6000 + 600);
}

static struct str sound(const char *word)
{
    char out[SOUND_BYTES];
    return arena_copy(&arena, (struct str){out, sound_of(str_from(word), out)});
}

static void spellings_of_one_spoken_word_sound_alike(void **state)
{
    (void)state;
    assert_true(str_eq(sound("unnees"), sound("unis")));
    assert_true(str_eq(sound("chhiyaasath"), sound("chiyasat")));
    assert_true(str_eq(sound("haaaan"), sound("han")));
    assert_false(str_eq(sound("tees"), sound("teis")));
    assert_true(str_eq(sound("सहि"), sound("सही")));
    assert_true(str_eq(sound("नहींंं"), sound("नही")));
    assert_false(str_eq(sound("सात"), sound("साठ")));
    assert_int_equal(sound("न").len, 0);
    assert_int_equal(sound("नaौ").len, 0);
}

/* A turn cuts its text into words once, for all questions about it. */
static void what_was_seen_through_for_a_command_is_a_name_as_typed(void **state)
{
    (void)state;
    struct problems problems = {.arena = &arena};
    const struct lexicon *lexicon =
        load("words:\n  commands: {delete_data: [\"delete + mydata\"]}\n", &problems);
    const struct heard *kept = NULL;
    struct utterance said = {.text = STR("Deleta Rao"), .kept = &kept};
    assert_non_null(lexicon);
    struct heard closely = hear_closely(lexicon, &said, &arena);
    assert_true(heard_is_known(&closely, 0));
    struct heard plainly = hear(lexicon, &said, &arena);
    assert_false(heard_is_known(&plainly, 0));
}

static void slips_of_the_finger_are_counted(void **state)
{
    (void)state;
    assert_int_equal(edit_distance(STR("august"), STR("august"), 2), 0);
    assert_int_equal(edit_distance(STR("setpember"), STR("september"), 2), 1); /* a swap is one slip */
    assert_int_equal(edit_distance(STR("agust"), STR("august"), 2), 1);
    assert_int_equal(edit_distance(STR("june"), STR("march"), 2), 3); /* more than 2 */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_new_language_is_a_new_file),
        cmocka_unit_test(every_mistake_in_a_file_is_named_with_its_line),
        cmocka_unit_test(a_folder_that_is_not_there_is_a_problem),
        cmocka_unit_test(the_last_of_very_many_words_counts_too),
        cmocka_unit_test(spellings_of_one_spoken_word_sound_alike),
        cmocka_unit_test(what_was_seen_through_for_a_command_is_a_name_as_typed),
        cmocka_unit_test(slips_of_the_finger_are_counted),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    arena_free(&arena);
    return failed;
}
