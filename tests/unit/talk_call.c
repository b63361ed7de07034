/* What does a caller hear, and for how long? */

#include "tests/unit/talk_caller.h"

/* A voice says about 15 characters a second; a Hindi one about 14, vowel signs counted. */
#define ENGLISH_POINTS (12 * 15)
#define HINDI_POINTS   (12 * 14)
/* ": press 1.", ": 1 दबाइए।" */
#define PRESS_POINTS   11
#define CALLS          800
#define TURNS          25

static size_t prompt_points(const struct outcome *out)
{
    size_t points = 0;
    for (size_t i = 0; i < out->say_count; i++) {
        points += utf8_length(out->says[i].text);
        for (size_t k = 0; k < out->says[i].choice_count; k++)
            points += utf8_length(out->says[i].choices[k].title) + PRESS_POINTS;
    }
    return points;
}

/* False, and told, when it takes too long. */
static bool is_short(const struct person *person)
{
    bool is_hindi = str_eq(person->session.language, STR("hi"));
    size_t points = prompt_points(&person->out);
    if (points <= (is_hindi ? HINDI_POINTS : ENGLISH_POINTS))
        return true;
    print_error("%zu characters: %.*s\n", points, STR_ARG(person->shown));
    return false;
}

static uint32_t seed = 20261126;

static size_t below(size_t bound)
{
    seed = seed * 1664525 + 1013904223;
    return (seed >> 8) % bound;
}

/* Answers that go on, that don't, and commands. */
static void say_something(struct person *person, int64_t turn)
{
    static const char *const keys[] = {"1",    "1",          "1",  "2",        "3",        "9",
                                       "0",    "*",          "#",  "15081990", "31021990", "0630",
                                       "1830", "9812345670", "12", "24122027"};
    static const char *const words[] = {"Asha Rao",
                                        "Venkatanarasimharajuvaripeta Subrahmanyam Ramachandran Iyer",
                                        "Pune",
                                        "Springfield",
                                        "Aurangabad",
                                        "India",
                                        "15 August 1990",
                                        "half past six in the evening",
                                        "6:30",
                                        "I don't know",
                                        "yes",
                                        "no",
                                        "help",
                                        "back",
                                        "restart",
                                        "status",
                                        "agent",
                                        "delete my data",
                                        "hello there",
                                        "आशा",
                                        "हाँ",
                                        "नहीं",
                                        "मदद",
                                        "change my name",
                                        "change the place"};
    if (below(9) == 0)
        call_does(person, (struct input){.kind = INPUT_OTHER, .other = INBOUND_SILENCE}, turn);
    else if (below(2))
        press(person, keys[below(WORLD_COUNT(keys))], turn);
    else
        speak(person, words[below(WORLD_COUNT(words))], turn);
}

static void no_prompt_takes_more_than_12_seconds(void **state)
{
    (void)state;
    static const char *const flows[] = {"instant_onboarding", "appointment"};
    size_t too_long = 0;
    for (size_t call = 0; call < CALLS && too_long < 20; call++) {
        struct person person = dial(flows[below(2)]);
        person.door = below(2) ? STR("voice") : STR("");
        can_be_texted = below(3) != 0;
        call_does(&person, (struct input){.kind = INPUT_BEGIN}, 0);
        too_long += !is_short(&person);
        for (int64_t turn = 1; turn < TURNS; turn++) {
            if (turn == 1)
                press(&person, below(2) ? "1" : "2", turn);
            else
                say_something(&person, turn);
            too_long += !is_short(&person);
        }
        person_leaves(&person);
    }
    can_be_texted = true;
    assert_int_equal(too_long, 0);
}

static void each_language_asks_for_itself(void **state)
{
    (void)state;
    struct person person = dial("instant_onboarding");
    call_does(&person, (struct input){.kind = INPUT_BEGIN}, 0);
    assert_int_equal(person.out.say_count, 2);
    assert_true(shows(&person, "For English press 1.") && shows(&person, "हिन्दी के लिए दो दबाइए।"));
    assert_false(person.out.says[0].is_question);
    assert_true(person.out.says[1].is_question);
    press(&person, "7", 1);
    assert_true(shows(&person, "For English press 1."));
    press(&person, "7", 2);
    assert_true(shows(&person, "What's your name?"));
    person_leaves(&person);
}

static void a_late_turn_changes_nothing(void **state)
{
    (void)state;
    struct person person = at_date();
    press(&person, "15081990", 4);
    press(&person, "1830", 5);
    press(&person, "01011980", 4);
    assert_true(shows(&person, "Which town"));
    assert_true(str_eq(json_text(json_get(person.session.data, "birth_date")), STR("1990-08-15")));
    assert_int_equal(person.out.call_turn, 5);
    person_leaves(&person);
}

static void writing_after_a_call_is_answered_in_writing(void **state)
{
    (void)state;
    struct person person = at_date();
    person_does(&person,
                (struct input){.kind = INPUT_WORDS, .text = STR("15 August 1990"), .is_written = true});
    assert_true(shows(&person, "For example 6:30 in the morning"));
    person_leaves(&person);
}

static void hindi_in_latin_letters_is_spoken_as_hindi_and_written_in_them_again(void **state)
{
    (void)state;
    struct person person;
    person_meets(&person, script, STR("instant_onboarding"), CHANNEL_SMS);
    person_does(&person, (struct input){.kind = INPUT_BEGIN, .is_written = true});
    person.session.language = STR("hi-Latn");
    speak(&person, "Asha", 1);
    assert_true(str_eq(person.session.language, STR("hi")));
    assert_true(shows(&person, "आपका नाम क्या है?"));
    person_does(&person, (struct input){.kind = INPUT_WORDS, .text = STR("Asha"), .is_written = true});
    assert_true(str_eq(person.session.language, STR("hi-Latn")));
    assert_true(shows(&person, "janm"));
    speak(&person, "mera naam Sunita Devi hai", 2);
    assert_true(str_eq(person.session.language, STR("hi")));
    speak(&person, "English", 3);
    person_does(&person, (struct input){.kind = INPUT_WORDS, .text = STR("English"), .is_written = true});
    assert_true(str_eq(person.session.language, STR("en")));
    person_leaves(&person);
}

static void what_was_heard_can_be_settled_in_writing(void **state)
{
    (void)state;
    struct person person = dial("instant_onboarding");
    call_does(&person, (struct input){.kind = INPUT_BEGIN}, 0);
    press(&person, "1", 1);
    speak(&person, "Usher", 2);
    assert_true(shows(&person, "I heard Usher."));
    person_does(&person, (struct input){.kind = INPUT_WORDS, .text = STR("Asha"), .is_written = true});
    assert_true(str_eq(json_text(json_get(person.session.data, "name")), STR("Asha")));
    person_leaves(&person);
}

static void another_name_instead_of_right_or_again_is_read_back_in_its_turn(void **state)
{
    (void)state;
    static const char *const said[][2] = {
        {"Asha Rao", "I heard Asha Rao."},         {"my name is Meera", "I heard Meera."},
        {"no, Ravi Kumar", "I heard Ravi Kumar."}, {"no it's Uma Devi", "I heard Uma Devi."},
        {"no", "Then once more, please."},         {"Lakshmi", "I heard Lakshmi."},
    };
    struct person person = dial("instant_onboarding");
    call_does(&person, (struct input){.kind = INPUT_BEGIN}, 0);
    press(&person, "1", 1);
    speak(&person, "Usher", 2);
    for (size_t i = 0; i < sizeof said / sizeof *said; i++) {
        speak(&person, said[i][0], (int64_t)i + 3);
        if (!shows(&person, said[i][1]))
            print_error("%s: %.*s\n", said[i][0], STR_ARG(person.shown));
        assert_true(shows(&person, said[i][1]));
    }
    press(&person, "1", 20);
    assert_true(str_eq(json_text(json_get(person.session.data, "name")), STR("Lakshmi")));
    person_leaves(&person);
}

static void an_answer_of_another_number_is_not_said(void **state)
{
    (void)state;
    struct person person = at_date();
    press(&person, "15081990", 4);
    press(&person, "1830", 5);
    struct caller caller = {.call = STR("other"), .turn = 0};
    person_does(&person, (struct input){
                             .kind = INPUT_BEGIN, .caller = &caller, .speaker = STR("ffff"), .now_ms = 9000});
    caller.turn = 1;
    person_does(&person, (struct input){.kind = INPUT_WORDS,
                                        .hearing = HEARD_SPEECH,
                                        .text = STR("Pune"),
                                        .caller = &caller,
                                        .speaker = STR("ffff"),
                                        .now_ms = 9500});
    caller.turn = 2;
    person_does(&person, (struct input){.kind = INPUT_WORDS,
                                        .hearing = HEARD_KEYPAD,
                                        .text = STR("1"),
                                        .caller = &caller,
                                        .speaker = STR("ffff"),
                                        .now_ms = 9900});
    assert_true(shows(&person, "Date of birth: as you told me before."));
    assert_true(shows(&person, "Pune, Maharashtra, India."));
    assert_false(shows(&person, "Asha") || shows(&person, "1990"));
    person_leaves(&person);
}

static void three_misses_of_a_date_offer_a_way_out_and_then_a_text_message(void **state)
{
    (void)state;
    struct person person = at_date();
    for (int64_t turn = 4; turn < 7; turn++)
        speak(&person, "well now let me see", turn);
    assert_true(shows(&person, "I still don't get it"));
    assert_false(person.out.texts);
    speak(&person, "well now let me see", 7);
    assert_true(person.out.texts);
    assert_true(shows(&person, "please answer by text message"));
    assert_true(str_find(person.out.text_message.text, STR("When were you born? For example")) != STR_NONE);
    person_leaves(&person);
}

/* The chart fails while its caller is asked whether the link shall be texted: no text says that it is coming.
 */
static void a_chart_that_failed_is_not_promised_by_text_message(void **state)
{
    (void)state;
    struct person person = at_date();
    press(&person, "15081990", 4);
    press(&person, "1830", 5);
    speak(&person, "Pune", 6);
    press(&person, "1", 7);
    press(&person, "1", 8);
    assert_true(shows(&person, "Shall I text the link"));
    person.session.status = SESSION_FAILED;
    press(&person, "1", 9);
    assert_true(person.out.texts);
    assert_true(str_find(person.out.text_message.text, STR("something went wrong")) != STR_NONE);
    call_does(&person, (struct input){.kind = INPUT_BEGIN}, 0);
    assert_false(shows(&person, "Shall I text the link"));
    person_leaves(&person);
}

/* It takes less time than the question whether its link shall be texted. */
static void what_is_in_the_chart_is_said_at_the_end(void **state)
{
    (void)state;
    static const char *const chart =
        "{\"sun_sign\":\"leo\",\"moon_sign\":\"sagittarius\",\"ascendant\":\"sagittarius\","
        "\"nakshatra\":{\"name\":\"uttara_bhadrapada\"},\"time_known\":true}";
    static const char *const answers[] = {"1", "2"};
    for (size_t i = 0; i < WORLD_COUNT(answers); i++) {
        struct person person = at_date();
        struct input input = {.kind = INPUT_CHART};
        press(&person, "15081990", 4);
        press(&person, "1830", 5);
        speak(&person, "Pune", 6);
        press(&person, "1", 7);
        press(&person, "1", 8);
        assert_int_equal(json_parse(&person.arena, str_from(chart), &input.chart), ERR_NONE);
        person_does(&person, input);
        press(&person, answers[i], 9);
        assert_true(shows(&person, "Sun sign: Leo") && shows(&person, "goodbye") && is_short(&person));
        assert_int_equal(person.out.texts, i == 0);
        person_leaves(&person);
    }
}

/* Texted before, or finished before: in every language the choice is heard in time, and no answer with it. */
static void who_comes_back_hears_a_short_choice_and_no_answer(void **state)
{
    (void)state;
    static const char *const flows[] = {"instant_onboarding", "appointment"};
    static const char *const languages[] = {"en", "hi"};
    for (size_t i = 0; i < 4; i++) {
        struct person person = dial(flows[i / 2]);
        person.session.language = str_from(languages[i % 2]);
        person.door = STR("sms");
        person_says(&person, "hi");
        person_says(&person, "Asha");
        person.door = STR("voice");
        call_does(&person, (struct input){.kind = INPUT_BEGIN}, 1);
        assert_int_equal(person.out.says[0].choice_count, 2);
        assert_true(is_short(&person) && !shows(&person, "Asha"));
        person.session.status = SESSION_COMPLETED;
        call_does(&person, (struct input){.kind = INPUT_BEGIN}, 2);
        assert_true(person.out.says[0].choice_count >= 2);
        assert_true(is_short(&person) && !shows(&person, "Asha"));
        person.session.status = SESSION_FAILED;
        call_does(&person, (struct input){.kind = INPUT_BEGIN}, 3);
        assert_int_equal(person.out.says[0].choice_count, 3);
        assert_true(is_short(&person));
        person_leaves(&person);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_chart_that_failed_is_not_promised_by_text_message),
        cmocka_unit_test(what_is_in_the_chart_is_said_at_the_end),
        cmocka_unit_test(who_comes_back_hears_a_short_choice_and_no_answer),
        cmocka_unit_test(no_prompt_takes_more_than_12_seconds),
        cmocka_unit_test(each_language_asks_for_itself),
        cmocka_unit_test(a_late_turn_changes_nothing),
        cmocka_unit_test(writing_after_a_call_is_answered_in_writing),
        cmocka_unit_test(hindi_in_latin_letters_is_spoken_as_hindi_and_written_in_them_again),
        cmocka_unit_test(what_was_heard_can_be_settled_in_writing),
        cmocka_unit_test(another_name_instead_of_right_or_again_is_read_back_in_its_turn),
        cmocka_unit_test(an_answer_of_another_number_is_not_said),
        cmocka_unit_test(three_misses_of_a_date_offer_a_way_out_and_then_a_text_message),
    };
    struct arena arena = {0};
    script = world_script(&arena);
    int failed = cmocka_run_group_tests_name("calls", tests, NULL, NULL);
    arena_free(&arena);
    return failed;
}
