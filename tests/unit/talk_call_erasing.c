/* What may a caller delete? A caller's number can be forged: only the number's owner, who answers a text
 * message, deletes anything. */

#include "tests/unit/talk_caller.h"

static struct person at_deletion(const char *door)
{
    struct person person = at_date();
    person.door = str_from(door);
    speak(&person, "delete my data", 4);
    assert_true(shows(&person, "Shall I delete everything"));
    press(&person, "1", 5);
    return person;
}

static void a_caller_deletes_nothing_but_is_texted_once(void **state)
{
    (void)state;
    struct person person = at_deletion("voice");
    assert_false(person.out.erases);
    assert_true(person.out.texts && !person.out.says[0].is_question);
    assert_true(str_find(person.out.text_message.text, STR("answer ERASE")) != STR_NONE);
    assert_true(str_eq(json_text(json_get(person.session.data, "name")), STR("Asha")));
    call_does(&person, (struct input){.kind = INPUT_BEGIN}, 0);
    assert_true(shows(&person, "When were you born"));
    speak(&person, "delete my data", 1);
    press(&person, "1", 2);
    assert_true(shows(&person, "sent a text message") && !person.out.texts);
    person_leaves(&person);
}

static void the_text_message_is_answered_with_its_word(void **state)
{
    (void)state;
    static const char *const words[] = {"ERASE", " erase ", "mitao", "मिटाओ", "delete my data"};
    for (size_t i = 0; i < WORLD_COUNT(words); i++) {
        struct person person = at_deletion("voice");
        person.door = STR("sms");
        person_does(&person,
                    (struct input){.kind = INPUT_WORDS, .text = str_from(words[i]), .is_written = true});
        assert_true(person.out.erases);
        person_leaves(&person);
    }
}

static void another_answer_than_its_word_deletes_nothing(void **state)
{
    (void)state;
    static const struct {
        const char *said, *shown;
    } answers[] = {
        {"yes", "answer ERASE"},
        {"no", "everything stays as it is. When were you born?"},
        {"15 August 1990", "What time were you born?"},
        {"1", "like 15 August 1990"},
    };
    for (size_t i = 0; i < WORLD_COUNT(answers); i++) {
        struct person person = at_deletion("voice");
        person.door = STR("sms");
        person_does(&person, (struct input){
                                 .kind = INPUT_WORDS, .text = str_from(answers[i].said), .is_written = true});
        assert_false(person.out.erases);
        assert_true(shows(&person, answers[i].shown));
        person_leaves(&person);
    }
}

static void who_can_not_be_texted_goes_on_and_who_has_no_number_is_deleted_at_once(void **state)
{
    (void)state;
    can_be_texted = false;
    struct person landline = at_deletion("voice");
    can_be_texted = true;
    assert_false(landline.out.erases || landline.out.texts);
    assert_true(shows(&landline, "ask us at bot.example. When were you born?"));
    person_leaves(&landline);
    struct person anonymous = at_deletion("");
    assert_true(anonymous.out.erases && !anonymous.out.texts);
    person_leaves(&anonymous);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_caller_deletes_nothing_but_is_texted_once),
        cmocka_unit_test(the_text_message_is_answered_with_its_word),
        cmocka_unit_test(another_answer_than_its_word_deletes_nothing),
        cmocka_unit_test(who_can_not_be_texted_goes_on_and_who_has_no_number_is_deleted_at_once),
    };
    struct arena arena = {0};
    script = world_script(&arena);
    int failed = cmocka_run_group_tests_name("erasing by telephone", tests, NULL, NULL);
    arena_free(&arena);
    return failed;
}
