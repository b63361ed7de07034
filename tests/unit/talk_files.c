/* Are flows and phrases read as written, and is every mistake in them told with its place? */

#include "tests/unit/checking.h"
#include "tests/unit/talk_world.h"

#include <sys/stat.h>
#include <unistd.h>

/* A folder of its own with one file in it. */
struct desk {
    struct arena arena;
    struct problems problems;
    char folder[40];
};

static void open_desk(struct desk *desk)
{
    *desk = (struct desk){.folder = "/tmp/frontdesk-test-XXXXXX"};
    desk->problems.arena = &desk->arena;
    assert_non_null(mkdtemp(desk->folder));
}

static const char *path_of(struct desk *desk, const char *name)
{
    return arena_printf(&desk->arena, "%s/%s", desk->folder, name).data;
}

static void put_file(struct desk *desk, const char *name, const char *text)
{
    FILE *file = fopen(path_of(desk, name), "wb");
    assert_non_null(file);
    assert_int_equal(fputs(text, file) >= 0, 1);
    assert_int_equal(fclose(file), 0);
}

static void close_desk(struct desk *desk, const char *const names[])
{
    for (size_t i = 0; names[i]; i++)
        unlink(path_of(desk, names[i]));
    assert_int_equal(rmdir(desk->folder), 0);
    arena_free(&desk->arena);
}

static void assert_told(struct desk *desk, const char *what)
{
    struct str text = problems_text(&desk->problems, &desk->arena);
    if (str_find(text, str_from(what)) == STR_NONE)
        print_error("not told: %s\nin: %.*s\n", what, STR_ARG(text));
    assert_true(str_find(text, str_from(what)) != STR_NONE);
}

static const char *const one_flow[] = {"visit.yaml", NULL};

static void a_flow_is_read_with_its_defaults(void **state)
{
    (void)state;
    struct desk desk;
    open_desk(&desk);
    setenv("FRONTDESK_TEST_HOOK", "https://example.org/hook", 1);
    put_file(&desk, "visit.yaml",
             "person: ${FRONTDESK_TEST_NOBODY:-+91 1234}\n"
             "chart: {ayanamsa: raman, houses: placidus, node: true}\n"
             "at_end:\n  - chart\n  - webhook: ${FRONTDESK_TEST_HOOK}\n"
             "steps:\n  - {id: name, kind: name}\n"
             "  - {id: day, kind: date, when: future, skip: true}\n"
             "  - {id: why, kind: choice, choices: [a, b]}\n");
    const struct flow *flow = flows_load(desk.folder, &desk.arena, &desk.problems);
    assert_non_null(flow);
    assert_null(flow->next);
    assert_true(str_eq(flow->id, STR("visit")));
    assert_int_equal(flow->step_count, 3);
    assert_true(flow->confirms && flow->ends_with_chart);
    assert_int_equal(flow->misses_max, 3);
    assert_true(str_eq(flow->person, STR("+91 1234")));
    assert_true(str_eq(flow->webhook, STR("https://example.org/hook")));
    assert_true(str_eq(flow->chart.ayanamsa, STR("raman")) && str_eq(flow->chart.houses, STR("placidus")));
    assert_true(str_eq(flow->chart.node, STR("true")));
    assert_true(flow->steps[1].is_future && flow->steps[1].may_skip && !flow->steps[1].may_be_unknown);
    assert_true(str_eq(flow->steps[1].field, STR("date")));
    assert_true(str_eq(flow->steps[2].field, STR("why")));
    assert_int_equal(flow->steps[2].choice_count, 2);
    size_t index = 9;
    assert_non_null(flow_step(flow, STR("day"), &index));
    assert_int_equal(index, 1);
    assert_null(flow_step(flow, STR("days"), NULL));
    close_desk(&desk, one_flow);
}

static void comments_do_not_change_a_flows_version(void **state)
{
    (void)state;
    struct desk desk;
    open_desk(&desk);
    put_file(&desk, "visit.yaml", "steps: [{id: name, kind: name}]\n");
    struct str plain = flows_load(desk.folder, &desk.arena, &desk.problems)->version;
    put_file(&desk, "visit.yaml", "# asks the name\nsteps:\n  - id: name\n    kind: name\n");
    assert_true(str_eq(plain, flows_load(desk.folder, &desk.arena, &desk.problems)->version));
    put_file(&desk, "visit.yaml", "steps: [{id: name, kind: text}]\n");
    assert_false(str_eq(plain, flows_load(desk.folder, &desk.arena, &desk.problems)->version));
    close_desk(&desk, one_flow);
}

static void every_mistake_in_a_flow_is_told_with_its_line(void **state)
{
    (void)state;
    struct desk desk;
    open_desk(&desk);
    put_file(&desk, "visit.yaml",
             "colour: red\nat_end: [cake]\nmisses: many\nsteps:\n"
             "  - {id: Name, kind: name}\n  - {id: a, kind: song}\n  - {id: b, kind: choice}\n"
             "  - {id: c, kind: date, when: never}\n  - {id: c, kind: date}\n"
             "chart: {ayanamsa: west, moons: 2}\n");
    assert_null(flows_load(desk.folder, &desk.arena, &desk.problems));
    assert_told(&desk, "visit.yaml:1:");
    assert_told(&desk, "unknown key \"colour\"");
    assert_told(&desk, "visit.yaml:2:10: at_end knows");
    assert_told(&desk, "visit.yaml:3:9: misses must be a whole number");
    assert_told(&desk, "visit.yaml:5:5: a step needs an id");
    assert_told(&desk, "visit.yaml:6:19: kind must be one of");
    assert_told(&desk, "visit.yaml:7:5: a step of kind choice needs choices");
    assert_told(&desk, "visit.yaml:8:31: when must be past or future");
    assert_told(&desk, "visit.yaml:9:10: this step stands here twice");
    assert_told(&desk, "visit.yaml:10:19: ayanamsa is one of lahiri, raman, krishnamurti");
    assert_told(&desk, "unknown key \"moons\"");
    close_desk(&desk, one_flow);
}

static void a_folder_without_flows_is_a_mistake(void **state)
{
    (void)state;
    struct desk desk;
    open_desk(&desk);
    assert_null(flows_load(desk.folder, &desk.arena, &desk.problems));
    assert_told(&desk, "no flow here");
    assert_null(flows_load("/nonexistent", &desk.arena, &desk.problems));
    assert_told(&desk, "/nonexistent:0:0: this folder can't be read");
    close_desk(&desk, (const char *const[]){NULL});
}

static struct str said(const struct phrasebook *book, const char *language, const char *flow,
                       const char *name, enum manner manner, const struct filling *fillings,
                       struct arena *arena)
{
    return phrase(book, str_from(language), str_from(flow), name, manner, fillings, arena);
}

static void a_phrase_is_found_from_the_special_to_the_common(void **state)
{
    (void)state;
    struct desk desk;
    open_desk(&desk);
    put_file(&desk, "en.yaml",
             "name: English\nphrases:\n  hi: Hello {who}{nobody}!\n  only: English\n  hi.voice: Spoken\n"
             "  tea: {hi: Tea, sip: Sip, sip.voice: Slurp}\n  teapot: {hi: Pot}\n  bye: Bye\n");
    put_file(&desk, "hi.yaml", "phrases:\n  hi: नमस्ते\n");
    put_file(&desk, "xx.yaml", "words: {}\n");
    const struct phrasebook *book = phrasebook_load(desk.folder, &desk.arena, &desk.problems);
    assert_non_null(book);
    struct filling who[] = {{"who", STR("Asha")}, {NULL, {0}}};
    struct arena *arena = &desk.arena;
    assert_true(str_eq(said(book, "en", "", "hi", MANNER_WRITTEN, who, arena), STR("Hello Asha!")));
    assert_true(str_eq(said(book, "en", "tea", "hi", MANNER_WRITTEN, who, arena), STR("Tea")));
    assert_true(str_eq(said(book, "en", "tea", "hi", MANNER_SPOKEN, who, arena), STR("Tea")));
    assert_true(str_eq(said(book, "en", "teapot", "hi", MANNER_WRITTEN, who, arena), STR("Pot")));
    assert_true(str_eq(said(book, "en", "teacup", "hi", MANNER_WRITTEN, who, arena), STR("Hello Asha!")));
    assert_true(str_eq(said(book, "en", "", "teapot.hi", MANNER_WRITTEN, who, arena), STR("Pot")));
    assert_true(str_eq(said(book, "en", "tea", "sip", MANNER_SPOKEN, who, arena), STR("Slurp")));
    assert_true(str_eq(said(book, "en", "teapot", "sip", MANNER_SPOKEN, who, arena), STR("sip")));
    assert_true(str_eq(said(book, "en", "", "hi", MANNER_SPOKEN, who, arena), STR("Spoken")));
    assert_true(str_eq(said(book, "en", "tea", "bye", MANNER_SPOKEN, who, arena), STR("Bye")));
    assert_true(str_eq(said(book, "hi", "tea", "only", MANNER_WRITTEN, who, arena), STR("English")));
    assert_true(str_eq(said(book, "hi", "", "hi", MANNER_WRITTEN, who, arena), STR("नमस्ते")));
    assert_true(str_eq(said(book, "hi", "", "nowhere", MANNER_WRITTEN, who, arena), STR("nowhere")));
    assert_true(phrase_exists(book, STR("en"), STR("tea"), "bye"));
    assert_false(phrase_exists(book, STR("hi"), STR(""), "only"));
    struct str languages[4];
    assert_int_equal(phrasebook_languages(book, languages, 4), 2);
    assert_true(str_eq(phrasebook_language(book, STR("hi-IN")), STR("hi")));
    assert_true(str_eq(phrasebook_language(book, STR("EN_us")), STR("en")));
    assert_int_equal(phrasebook_language(book, STR("xx")).len, 0);
    assert_true(str_eq(phrasebook_language_name(book, STR("en")), STR("English")));
    close_desk(&desk, (const char *const[]){"en.yaml", "hi.yaml", "xx.yaml", NULL});
}

static size_t long_texts(struct str text, bool *is_gsm7)
{
    *is_gsm7 = true;
    return text.len ? 1 + text.len / 60 : 0;
}

/* The shipped files with one change each. */
static struct problems check_changed(struct desk *desk, void (*change)(struct flow *))
{
    const struct script *shipped = world_script(&desk->arena);
    struct flow *flow = arena_new(&desk->arena, struct flow);
    *flow = *flow_find(shipped->flows, STR("instant_onboarding"));
    flow->next = NULL;
    change(flow);
    struct script script = *shipped;
    script.flows = flow;
    script_check(&script, NULL, &desk->arena, &desk->problems, NULL);
    return desk->problems;
}

static void rename_step(struct flow *flow)
{
    flow->steps[0].id = STR("nickname");
}

static void shadow_step(struct flow *flow)
{
    flow->steps[0].id = STR("latitude");
}

static void lock_in(struct flow *flow)
{
    flow->may_text = false;
    flow->person = (struct str){0};
}

static void double_place(struct flow *flow)
{
    flow->steps[1].kind = ANSWER_PLACE;
}

static void check_finds_what_would_go_wrong_in_a_conversation(void **state)
{
    (void)state;
    static const struct {
        void (*change)(struct flow *);
        const char *told;
    } cases[] = {
        {rename_step, "the phrase \"nickname.label\" is missing"},
        {shadow_step, "the step \"latitude\" can't be reached"},
        {lock_in, "a keypad can't answer the step \"name\""},
        {double_place, "is the second of kind place"},
    };
    for (size_t i = 0; i < WORLD_COUNT(cases); i++) {
        struct desk desk = {.problems = {.arena = &desk.arena}};
        assert_true(check_changed(&desk, cases[i].change).count > 0);
        assert_told(&desk, cases[i].told);
        arena_free(&desk.arena);
    }
}

static void check_finds_labels_gaps_and_long_questions(void **state)
{
    (void)state;
    struct desk desk;
    open_desk(&desk);
    struct script script = *world_script(&desk.arena);
    struct str report = {0};
    script_check(&script, long_texts, &desk.arena, &desk.problems, &report);
    assert_told(&desk, "en.yaml:");
    assert_told(&desk, "SMS segments, 1 would be allowed");
    assert_true(str_find(report, STR("appointment in hi: ")) != STR_NONE);
    put_file(&desk, "en.yaml",
             "phrases:\n  label.yes: A label of more than twenty\n  kept: It's {what}\n"
             "  label.no: Cancel\n  help.about: Text STOP to stop\n  service.choices.follow_up: end\n");
    script.phrases = phrasebook_load(desk.folder, &desk.arena, &desk.problems);
    script_check(&script, NULL, &desk.arena, &desk.problems, NULL);
    assert_told(&desk, "en.yaml:2:14: the label \"A label of more than twenty\" has 27 characters");
    assert_told(&desk, "en.yaml:3:9: nothing fills the gap \"{what\"");
    assert_told(&desk, "en.yaml:4:13: the choice \"Cancel\" is a word that SMS carriers act on themselves");
    assert_told(&desk, "en.yaml:6:30: the choice \"end\" is a word that SMS carriers act on themselves");
    assert_true(str_find(problems_text(&desk.problems, &desk.arena), STR("en.yaml:5:")) == STR_NONE);
    assert_told(&desk, "the phrase \"month.12\" is missing");
    close_desk(&desk, (const char *const[]){"en.yaml", NULL});
}

static void check_finds_answers_that_nobody_asks_for_or_some_language_lacks(void **state)
{
    (void)state;
    struct desk desk;
    open_desk(&desk);
    struct script script = *world_script(&desk.arena);
    put_file(&desk, "en.yaml", "phrases:\n  asked.parking: Behind the house.\n  asked.cost: It is free.\n");
    put_file(&desk, "hi.yaml", "phrases:\n  birth_time.asked.cost: Free hai.\n");
    script.phrases = phrasebook_load(desk.folder, &desk.arena, &desk.problems);
    script_check(&script, NULL, &desk.arena, &desk.problems, NULL);
    assert_told(&desk, "en.yaml:2:18: nobody can ask that: words: asked: has no \"parking\"");
    assert_told(&desk, "asked \"cost\" at the step name, other languages have an answer and hi has none");
    assert_true(str_find(problems_text(&desk.problems, &desk.arena), STR("step birth_time, other")) ==
                STR_NONE);
    close_desk(&desk, (const char *const[]){"en.yaml", "hi.yaml", NULL});
}

static void check_finds_words_of_pages_that_some_language_lacks(void **state)
{
    (void)state;
    struct desk desk;
    open_desk(&desk);
    struct script script = *world_script(&desk.arena);
    put_file(&desk, "en.yaml", "phrases:\n  widget.open: Open the chat\n  chat.send: Send\n");
    put_file(&desk, "hi.yaml", "phrases:\n  chat.send: Bhejen\n  widget.close: Band karen\n");
    script.phrases = phrasebook_load(desk.folder, &desk.arena, &desk.problems);
    script_check(&script, NULL, &desk.arena, &desk.problems, NULL);
    assert_told(&desk, "en.yaml:0:0: the phrase \"widget.close\" is missing");
    assert_told(&desk, "hi.yaml:0:0: the phrase \"widget.open\" is missing");
    assert_told(&desk, "hi.yaml:0:0: the phrase \"language.which\" is missing");
    assert_told(&desk, "hi.yaml:0:0: the phrase \"chart_page.noon\" is missing");
    assert_true(str_find(problems_text(&desk.problems, &desk.arena), STR("chat.send")) == STR_NONE);
    close_desk(&desk, (const char *const[]){"en.yaml", "hi.yaml", NULL});
}

static size_t very_long_texts(struct str text, bool *is_gsm7)
{
    (void)text;
    *is_gsm7 = true;
    return 3;
}

static void check_finds_answers_too_long_for_two_sms(void **state)
{
    (void)state;
    struct desk desk;
    open_desk(&desk);
    struct script script = *world_script(&desk.arena);
    script_check(&script, very_long_texts, &desk.arena, &desk.problems, NULL);
    assert_told(&desk, "asked \"why\" at the step name, the answer in en takes");
    close_desk(&desk, (const char *const[]){NULL});
}

static void cut_end(struct str *text, struct str end)
{
    if (str_ends(*text, end))
        text->len -= end.len;
}

/* "You can also write: back, restart, or status." names three. */
static size_t commands_named(struct str text, struct str language, struct commanded named[], size_t most,
                             struct arena *arena)
{
    static const struct str or_words[] = {STR_INIT("or "), STR_INIT("या "), STR_INIT("ya ")};
    const struct lexicon *lexicon = world_script(arena)->lexicon;
    struct str rest = text;
    struct str word;
    size_t count = 0;
    assert_true(str_cut(&rest, ':', &word));
    cut_end(&rest, STR("."));
    cut_end(&rest, STR("।"));
    while (count < most && str_cut(&rest, ',', &word)) {
        word = str_trim(word);
        for (size_t i = 0; i < WORLD_COUNT(or_words); i++)
            if (str_starts(word, or_words[i]))
                word = str_slice(word, or_words[i].len, word.len);
        struct utterance said = {.text = word, .language = language};
        named[count] = understand_command(lexicon, &said, arena);
        if (named[count++].command == COMMAND_NONE)
            fail_msg("in %.*s nobody understands \"%.*s\"", STR_ARG(language), STR_ARG(word));
    }
    return count;
}

static void assert_names(const struct phrase_entry *help, struct str language, const enum command *expected,
                         size_t expected_count, struct arena *arena)
{
    struct commanded named[10];
    size_t count = commands_named(help->text, language, named, WORLD_COUNT(named), arena);
    assert_int_equal(count, expected_count);
    for (size_t at = 0; at < count; at++) {
        assert_int_equal(named[at].command, expected[at]);
        bool is_language = named[at].command == COMMAND_LANGUAGE;
        assert_true(!is_language || (named[at].language.len && !str_eq(named[at].language, language)));
    }
}

static void the_commands_that_help_names_are_understood_and_the_same_in_each_language(void **state)
{
    (void)state;
    static const enum command written[] = {COMMAND_BACK,  COMMAND_RESTART,  COMMAND_STATUS,
                                           COMMAND_AGENT, COMMAND_LANGUAGE, COMMAND_DELETE_DATA};
    static const enum command spoken[] = {COMMAND_BACK, COMMAND_RESTART, COMMAND_AGENT, COMMAND_LANGUAGE};
    struct arena arena = {0};
    const struct phrasebook *book = world_script(&arena)->phrases;
    struct str languages[8];
    size_t count = phrasebook_languages(book, languages, WORLD_COUNT(languages));
    assert_true(count >= 3);
    for (size_t i = 0; i < count; i++) {
        struct str none = {0};
        const struct phrase_entry *help = phrase_find(book, languages[i], none, "help.commands");
        const struct phrase_entry *aloud = phrase_find(book, languages[i], none, "help.commands.voice");
        assert_non_null(help);
        assert_names(help, languages[i], written, WORLD_COUNT(written), &arena);
        if (aloud) /* else it is spoken as another language is */
            assert_names(aloud, languages[i], spoken, WORLD_COUNT(spoken), &arena);
    }
    arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_flow_is_read_with_its_defaults),
        cmocka_unit_test(comments_do_not_change_a_flows_version),
        cmocka_unit_test(every_mistake_in_a_flow_is_told_with_its_line),
        cmocka_unit_test(a_folder_without_flows_is_a_mistake),
        cmocka_unit_test(a_phrase_is_found_from_the_special_to_the_common),
        cmocka_unit_test(check_finds_what_would_go_wrong_in_a_conversation),
        cmocka_unit_test(check_finds_labels_gaps_and_long_questions),
        cmocka_unit_test(check_finds_words_of_pages_that_some_language_lacks),
        cmocka_unit_test(check_finds_answers_that_nobody_asks_for_or_some_language_lacks),
        cmocka_unit_test(check_finds_answers_too_long_for_two_sms),
        cmocka_unit_test(the_commands_that_help_names_are_understood_and_the_same_in_each_language),
    };
    return cmocka_run_group_tests_name("flows and phrases", tests, NULL, NULL);
}
