/* What a conversation promises turn by turn, where a script of tests/conversations/ can't say it. */

#include "tests/unit/checking.h"
#include "tests/unit/talk_world.h"

static const struct script *script;

static struct person meet(const char *flow, enum channel_kind channel)
{
    struct person person;
    person_meets(&person, script, str_from(flow), channel);
    return person;
}

static void assert_shown(const struct person *person, const char *text)
{
    if (!str_eq(person->shown, str_from(text)))
        print_error("said: %.*s\n", STR_ARG(person->shown));
    assert_true(str_eq(person->shown, str_from(text)));
}

static void write_row(struct person *person, const char *data)
{
    assert_int_equal(json_parse(&person->arena, str_from(data), &person->session.data), ERR_NONE);
}

static void the_first_message_is_the_guides(void **state)
{
    (void)state;
    struct person person = meet("instant_onboarding", CHANNEL_WEB);
    assert_int_equal(person.session.status, SESSION_STARTED);
    person_does(&person, (struct input){.kind = INPUT_BEGIN});
    assert_shown(&person, "Welcome! Let's create your birth chart in 90 seconds. What's your name?");
    assert_int_equal(person.out.kind, TURN_BEGAN);
    assert_int_equal(person.out.says[0].input, HINT_NAME);
    assert_int_equal(person.session.status, SESSION_COLLECTING_DATA);
    assert_true(str_eq(talk_next_step(person.flow, &person.session), STR("name")));
    person_leaves(&person);
}

static void a_row_written_by_hand_is_a_good_session(void **state)
{
    (void)state;
    struct person person = meet("instant_onboarding", CHANNEL_WEB);
    write_row(&person, "{\"name\":\"Asha\",\"birth_date\":\"15 Aug 1990\",\"birth_time\":\"banana\"}");
    person.session.current_step = 77;
    person_says(&person, "6:30 pm");
    assert_true(str_eq(json_text(json_get(person.session.data, "birth_date")), STR("1990-08-15")));
    assert_true(str_eq(json_text(json_get(person.session.data, "birth_time")), STR("18:30:00")));
    assert_true(str_eq(talk_next_step(person.flow, &person.session), STR("birth_place")));
    assert_int_equal(person.session.current_step, 3);
    assert_int_equal(json_count(person.session.steps_completed), 3);
    person_leaves(&person);
}

static void a_place_written_by_hand_is_looked_up(void **state)
{
    (void)state;
    struct person person = meet("instant_onboarding", CHANNEL_WEB);
    write_row(&person, "{\"name\":\"Asha\",\"birth_date\":\"1990-08-15\",\"birth_place\":\"Pune\"}");
    person_says(&person, "6:30 pm");
    assert_true(str_eq(json_text(json_get(person.session.data, "timezone")), STR("Asia/Kolkata")));
    assert_true(str_eq(talk_next_step(person.flow, &person.session), STR("confirm")));
    person_leaves(&person);
}

static void an_answer_changed_by_hand_is_the_one_that_counts(void **state)
{
    (void)state;
    struct person person = meet("instant_onboarding", CHANNEL_WEB);
    person_says(&person, "hi");
    person_says(&person, "Asha");
    write_row(&person, "{\"name\":\"Ravi\",\"birth_date\":\"1990-08-15\"}");
    person_says(&person, "6:30 pm");
    assert_true(str_eq(json_text(json_get(person.session.data, "name")), STR("Ravi")));
    assert_true(str_eq(json_text(json_get(person.session.data, "birth_time")), STR("18:30:00")));
    person_leaves(&person);
}

static void nonsense_in_a_row_harms_nobody(void **state)
{
    (void)state;
    static const char *const rows[] = {"null", "[]", "\"x\"",
                                       "{\"name\":[1],\"birth_date\":{},\"birth_time\":7}",
                                       "{\"birth_place\":\"Pune\",\"latitude\":\"x\",\"timezone\":null}"};
    for (size_t i = 0; i < WORLD_COUNT(rows); i++) {
        struct person person = meet("instant_onboarding", CHANNEL_SMS);
        write_row(&person, rows[i]);
        person.session.steps_completed = person.session.data;
        person.session.memory = person.session.data;
        person.session.language = STR("xx");
        person_says(&person, "hi");
        person_says(&person, "Asha");
        assert_true(str_eq(json_text(json_get(person.session.data, "name")), STR("Asha")));
        assert_true(str_eq(person.session.language, STR("en")));
        person_leaves(&person);
    }
}

static bool has_error(const struct person *person, const char *field, const char *code)
{
    for (size_t i = 0; i < person->out.error_count; i++)
        if (str_eq(person->out.errors[i].field, str_from(field)) &&
            str_eq(person->out.errors[i].code, str_from(code)))
            return person->out.errors[i].message.len > 0;
    return false;
}

/* Field by field, and nobody sees buttons: what could be meant stands in the error itself. */
static void a_doubtful_field_is_told_with_what_it_may_mean(void **state)
{
    (void)state;
    static const struct {
        const char *fields, *error;
    } rows[] = {
        {"{\"birth_time\":\"6:30\"}", "Which of these do you mean? 6:30 in the morning; 6:30 in the evening"},
        {"{\"birth_place\":\"Springfield\"}",
         "There are several places of that name. Which one is yours? Springfield, Missouri, United States; "
         "Springfield, Massachusetts, United States; Springfield, Illinois, United States"},
        {"{\"birth_place\":\"Puen\"}", "Do you mean Pune, Maharashtra, India?"},
    };
    for (size_t i = 0; i < WORLD_COUNT(rows); i++) {
        struct person person = meet("instant_onboarding", CHANNEL_WEB);
        person_fills(&person, rows[i].fields);
        assert_int_equal(person.out.error_count, 1);
        assert_string_equal(arena_cstring(&person.arena, person.out.errors[0].message), rows[i].error);
        person_leaves(&person);
    }
}

static void each_field_that_is_not_taken_is_told(void **state)
{
    (void)state;
    struct person person = meet("instant_onboarding", CHANNEL_WEB);
    person_fills(&person,
                 "{\"name\":7,\"birth_date\":\"31/02/1990\",\"birth_time\":\"6:30\",\"latitude\":\"18\","
                 "\"longitude\":181,\"timezone\":\"India Standard Time\",\"colour\":\"red\","
                 "\"birth_place\":\"Atlantis\"}");
    assert_true(has_error(&person, "name", "wrong_type"));
    assert_true(has_error(&person, "birth_date", "impossible"));
    assert_true(has_error(&person, "birth_time", "ambiguous"));
    assert_true(has_error(&person, "latitude", "wrong_type"));
    assert_true(has_error(&person, "longitude", "impossible"));
    assert_true(has_error(&person, "timezone", "impossible"));
    assert_true(has_error(&person, "colour", "unknown_field"));
    assert_true(has_error(&person, "birth_place", "not_found"));
    assert_int_equal(person.out.kind, TURN_MISSED);
    person_fills(&person, "{\"birth_date\":\"2090-01-01\"}");
    assert_true(has_error(&person, "birth_date", "future"));
    person_fills(&person, "{\"birth_date\":\"1850-01-01\"}");
    assert_true(has_error(&person, "birth_date", "too_old"));
    person_leaves(&person);
}

static void good_fields_are_taken_beside_bad_ones(void **state)
{
    (void)state;
    struct person person = meet("instant_onboarding", CHANNEL_WEB);
    person_fills(&person, "{\"name\":\"Asha Rao\",\"birth_date\":\"banana\",\"birth_time\":null,"
                          "\"birth_place\":\"My village\",\"latitude\":0.0,\"longitude\":-71,"
                          "\"timezone\":\"America/Argentina/Salta\"}");
    assert_int_equal(person.out.kind, TURN_ANSWERED);
    assert_int_equal(person.out.error_count, 1);
    struct str missing[FLOW_STEPS_MAX];
    assert_int_equal(talk_missing(person.flow, &person.session, missing, FLOW_STEPS_MAX), 1);
    assert_true(str_eq(missing[0], STR("birth_date")));
    assert_int_equal(json_kind(json_get(person.session.data, "birth_time")), JSON_NULL_VALUE);
    assert_true(str_eq(json_text(json_get(person.session.data, "birth_place")), STR("My village")));
    person_leaves(&person);
}

static void what_a_form_holds_beside_the_answers_is_nobodys_mistake(void **state)
{
    (void)state;
    struct person person = meet("instant_onboarding", CHANNEL_WHATSAPP);
    const struct json *fields;
    assert_int_equal(
        json_parse(&person.arena, STR("{\"flow_token\":\"unused\",\"name\":\"Asha Rao\"}"), &fields),
        ERR_NONE);
    person_does(&person, (struct input){.kind = INPUT_FIELDS, .fields = fields, .other = INBOUND_FORM});
    assert_int_equal(person.out.error_count, 0);
    assert_int_equal(person.out.kind, TURN_ANSWERED);
    person_fills(&person, "{\"flow_token\":\"unused\"}");
    assert_int_equal(person.out.error_count, 1); /* a program is told */
    person_leaves(&person);
}

static void exact_times_of_the_api_are_not_guessed_at(void **state)
{
    (void)state;
    struct person person = meet("instant_onboarding", CHANNEL_WEB);
    person_fills(&person, "{\"birth_time\":\"06:30\"}");
    assert_true(str_eq(json_text(json_get(person.session.data, "birth_time")), STR("06:30:00")));
    person_fills(&person, "{\"birth_time\":\"18:45:59\"}");
    assert_true(str_starts(json_text(json_get(person.session.data, "birth_time")), STR("18:45:")));
    person_leaves(&person);
}

static void questions_are_numbered_and_choices_carry_the_number(void **state)
{
    (void)state;
    struct person person = meet("appointment", CHANNEL_WHATSAPP);
    person_says(&person, "hi");
    person_says(&person, "Asha");
    assert_true(str_eq(person.out.says[0].choices[1].id, STR("2:service=chart_reading")));
    person_says(&person, "something else");
    assert_true(str_eq(person.out.says[0].choices[1].id, STR("3:service=chart_reading")));
    person_taps(&person, "2:service=chart_reading"); /* the same question, asked before */
    assert_true(str_eq(json_text(json_get(person.session.data, "service")), STR("chart_reading")));
    person_taps(&person, "99:service=follow_up");
    assert_true(str_eq(json_text(json_get(person.session.data, "service")), STR("chart_reading")));
    person_leaves(&person);
}

static void sessions_of_one_person_count_from_different_numbers(void **state)
{
    (void)state;
    struct person person = meet("appointment", CHANNEL_WHATSAPP);
    person.session.id.bytes[15] = 7;
    person_says(&person, "hi");
    person_says(&person, "Asha");
    assert_true(str_starts(person.out.says[0].choices[0].id, STR("7002:")));
    person_taps(&person, "2:service=follow_up");
    assert_null(json_get(person.session.data, "service"));
    person_leaves(&person);
}

static void the_provider_speaks_for_itself(void **state)
{
    (void)state;
    struct person person = meet("instant_onboarding", CHANNEL_SMS);
    person.is_sms = true;
    person_says(&person, "hi");
    person_does(&person,
                (struct input){.kind = INPUT_WORDS, .text = STR("HELP"), .provider_answers_help = true});
    assert_int_equal(person.out.say_count, 0);
    person_says(&person, "INFO");
    assert_int_equal(person.out.say_count, 1);
    assert_int_equal(person.out.kind, TURN_COMMANDED);
    person_does(&person,
                (struct input){.kind = INPUT_WORDS, .text = STR("arret"), .provider_opt_out = STR("STOP")});
    assert_true(person.out.opts_out && person.out.say_count == 0);
    person_does(&person, (struct input){.kind = INPUT_OTHER, .other = INBOUND_MEDIA});
    assert_int_equal(person.out.say_count, 0);
    assert_int_equal(person.out.kind, TURN_IGNORED);
    person_does(&person,
                (struct input){.kind = INPUT_WORDS, .text = STR("START"), .provider_opt_out = STR("START")});
    assert_true(person.out.opts_in && person.out.say_count == 1);
    person_leaves(&person);
}

static void each_sms_stop_word_is_silent_and_only_alone(void **state)
{
    (void)state;
    static const char *const words[] = {"STOP", "stopall", " Unsubscribe ", "CANCEL",
                                        "End",  "QUIT",    "REVOKE",        "OPTOUT"};
    for (size_t i = 0; i < WORLD_COUNT(words); i++) {
        struct person person = meet("instant_onboarding", CHANNEL_SMS);
        person.is_sms = true;
        person_says(&person, "hi");
        person_says(&person, words[i]);
        assert_true(person.out.opts_out && person.out.say_count == 0);
        person_leaves(&person);
    }
    struct person person = meet("instant_onboarding", CHANNEL_SMS);
    person.is_sms = true;
    person_says(&person, "hi");
    person_says(&person, "End Ravi");
    assert_false(person.out.opts_out);
    person_leaves(&person);
}

static void a_finished_session_stays_finished(void **state)
{
    (void)state;
    struct person person = meet("appointment", CHANNEL_WEB);
    person_fills(&person, "{\"name\":\"Asha\",\"service\":\"follow_up\",\"preferred_day\":\"2026-12-15\","
                          "\"phone\":\"+919876543210\",\"confirm\":true}");
    assert_int_equal(person.out.kind, TURN_FINISHED);
    assert_int_equal(person.session.status, SESSION_COMPLETED);
    assert_false(person.out.starts_chart);
    assert_int_equal(talk_next_step(person.flow, &person.session).len, 0);
    person_fills(&person, "{\"name\":\"Ravi\"}");
    assert_true(str_eq(json_text(json_get(person.session.data, "name")), STR("Asha")));
    person_says(&person, "restart");
    assert_int_equal(person.session.status, SESSION_COMPLETED);
    struct session again = talk_another_session(person.flow, &person.session, BEGINS_RETRY, CHANNEL_WEB,
                                                (struct uuid){{1}}, STR("other"), &person.arena);
    assert_int_equal(again.status, SESSION_STARTED);
    assert_true(str_eq(json_text(json_get(again.data, "name")), STR("Asha")));
    person.session = again;
    person_does(&person, (struct input){.kind = INPUT_BEGIN, .beginning = BEGINS_RETRY});
    assert_true(str_eq(talk_next_step(person.flow, &person.session), STR("confirm")));
    person_leaves(&person);
}

static void the_webhook_is_called_where_one_is_configured(void **state)
{
    (void)state;
    struct person person = meet("appointment", CHANNEL_WEB);
    struct flow flow = *person.flow;
    flow.webhook = STR("https://example.org/hook");
    person.flow = &flow;
    person_fills(&person, "{\"name\":\"Asha\",\"service\":\"follow_up\",\"preferred_day\":\"2026-12-15\","
                          "\"phone\":\"+919876543210\",\"confirm\":true}");
    assert_true(person.out.calls_webhook);
    person_leaves(&person);
}

static void a_way_out_is_offered_where_there_is_one(void **state)
{
    (void)state;
    struct person person = meet("instant_onboarding", CHANNEL_WHATSAPP);
    struct flow flow = *person.flow;
    flow.person = STR("+91 1234");
    person.flow = &flow;
    person_fills(&person, "{\"name\":\"Asha\",\"birth_date\":\"1990-08-15\"}");
    person_says(&person, "blue");
    assert_int_equal(person.out.says[0].choice_count, 0);
    person_says(&person, "green");
    person_says(&person, "red");
    assert_int_equal(person.out.kind, TURN_MISSED);
    assert_int_equal(person.out.says[0].choice_count, 2);
    person_says(&person, "2");
    assert_true(person.out.wants_person);
    person_says(&person, "1");
    assert_int_equal(json_kind(json_get(person.session.data, "birth_time")), JSON_NULL_VALUE);
    assert_true(str_eq(talk_next_step(person.flow, &person.session), STR("birth_place")));
    person_leaves(&person);
}

static void voices_hear_their_own_words(void **state)
{
    (void)state;
    struct person person = meet("instant_onboarding", CHANNEL_VOICE);
    person_does(&person, (struct input){.kind = INPUT_BEGIN});
    person_says(&person, "Asha");
    assert_true(str_find(person.shown, STR("press eight digits")) != STR_NONE);
    person_does(&person,
                (struct input){.kind = INPUT_WORDS, .text = STR("15081990"), .hearing = HEARD_KEYPAD});
    assert_true(str_eq(json_text(json_get(person.session.data, "birth_date")), STR("1990-08-15")));
    person_does(&person, (struct input){.kind = INPUT_WORDS, .text = STR("*"), .hearing = HEARD_KEYPAD});
    assert_true(str_eq(talk_next_step(person.flow, &person.session), STR("birth_date")));
    person_leaves(&person);
}

static void rubbish_is_handled_as_text(void **state)
{
    (void)state;
    static char megabyte[1 << 20];
    memset(megabyte, 'x', sizeof megabyte);
    struct str rubbish[] = {
        {"\xff\xfe\x00\xc3", 4}, {megabyte, sizeof megabyte}, STR("\xe2\x80\xae"), STR("🙂🙂"), STR("")};
    struct person person = meet("instant_onboarding", CHANNEL_WHATSAPP);
    person_says(&person, "hi");
    for (size_t i = 0; i < WORLD_COUNT(rubbish); i++) {
        person_does(&person, (struct input){.kind = INPUT_WORDS, .text = rubbish[i]});
        assert_null(json_get(person.session.data, "name"));
        assert_true(person.shown.len > 0);
    }
    person_leaves(&person);
}

static void operator_does(struct person *person, struct input input)
{
    input.kind = INPUT_HELP;
    person_does(person, input);
}

static void an_operators_hand_moves_repeats_and_ends(void **state)
{
    (void)state;
    struct person person = meet("instant_onboarding", CHANNEL_WHATSAPP);
    person_says(&person, "hi");
    person_says(&person, "Asha");
    person_says(&person, "last night, perhaps");
    struct outbound last = {.text = STR("Once more.")};
    operator_does(&person, (struct input){.help = HELP_REPEAT, .repeated = &last});
    assert_shown(&person, "Once more.");
    operator_does(&person, (struct input){.help = HELP_MOVE, .moves_to = STR("birth_place")});
    assert_int_equal(person.session.current_step, 3);
    person_says(&person, "Pune");
    assert_true(str_eq(talk_next_step(person.flow, &person.session), STR("birth_date")));
    operator_does(&person, (struct input){.help = HELP_MOVE, .moves_to = STR("confirm")});
    assert_true(str_eq(talk_next_step(person.flow, &person.session), STR("birth_date")));
    person.is_opted_out = true;
    operator_does(&person, (struct input){.help = HELP_FAIL});
    assert_int_equal(person.session.status, SESSION_FAILED);
    assert_int_equal(person.out.say_count, 0);
    operator_does(&person, (struct input){.help = HELP_MOVE, .moves_to = STR("name")});
    assert_int_equal(person.session.status, SESSION_FAILED);
    assert_int_equal(person.out.say_count, 0);
    person_leaves(&person);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_message_is_the_guides),
        cmocka_unit_test(a_row_written_by_hand_is_a_good_session),
        cmocka_unit_test(a_place_written_by_hand_is_looked_up),
        cmocka_unit_test(an_answer_changed_by_hand_is_the_one_that_counts),
        cmocka_unit_test(nonsense_in_a_row_harms_nobody),
        cmocka_unit_test(a_doubtful_field_is_told_with_what_it_may_mean),
        cmocka_unit_test(each_field_that_is_not_taken_is_told),
        cmocka_unit_test(good_fields_are_taken_beside_bad_ones),
        cmocka_unit_test(what_a_form_holds_beside_the_answers_is_nobodys_mistake),
        cmocka_unit_test(exact_times_of_the_api_are_not_guessed_at),
        cmocka_unit_test(questions_are_numbered_and_choices_carry_the_number),
        cmocka_unit_test(sessions_of_one_person_count_from_different_numbers),
        cmocka_unit_test(the_provider_speaks_for_itself),
        cmocka_unit_test(each_sms_stop_word_is_silent_and_only_alone),
        cmocka_unit_test(a_finished_session_stays_finished),
        cmocka_unit_test(the_webhook_is_called_where_one_is_configured),
        cmocka_unit_test(a_way_out_is_offered_where_there_is_one),
        cmocka_unit_test(voices_hear_their_own_words),
        cmocka_unit_test(rubbish_is_handled_as_text),
        cmocka_unit_test(an_operators_hand_moves_repeats_and_ends),
    };
    struct arena arena = {0};
    script = world_script(&arena);
    int failed = cmocka_run_group_tests_name("turns", tests, NULL, NULL);
    arena_free(&arena);
    return failed;
}
