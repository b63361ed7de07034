/* What the answer grammars promise beyond the corpus: countries, phones, choices, names, what is bare. */

#include "tests/unit/understand_said.h"

#include <time.h>

static void a_number_tells_its_country(void **state)
{
    (void)state;
    static const struct {
        const char *number, *region;
    } cases[] = {{"+919876543210", "IN"},
                 {"+14155552671", "US"},
                 {"+16044440000", "CA"},
                 {"+15550100001", ""},
                 {"", ""},
                 {"call me", ""}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct str region = phone_region(str_from(cases[i].number), &arena);
        assert_string_equal(arena_cstring(&arena, region), cases[i].region);
    }
}

static void hindi_in_latin_letters_is_told_from_english(void **state)
{
    (void)state;
    static const char *const hinglish[] = {"mera naam Ravi hai", "subah saat baje", "pata nahi",
                                           "3 farvari 1985 ko paida hua", "haan"};
    static const char *const others[] = {"my name is Ravi", "Pune", "Sham Lal",
                                         "15 August 1990",  "6 pm", "i don't know",
                                         "सुबह 7 बजे",        "",     "yes"};
    for (size_t i = 0; i < sizeof hinglish / sizeof *hinglish; i++) {
        struct utterance utterance = said(hinglish[i]);
        assert_true(understand_is_in(lexicon, &utterance, STR("hi-Latn"), &arena));
    }
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        struct utterance utterance = said(others[i]);
        assert_false(understand_is_in(lexicon, &utterance, STR("hi-Latn"), &arena));
    }
}

static void phone_numbers_become_e164(void **state)
{
    (void)state;
    static const struct {
        const char *text, *region, *e164;
    } cases[] = {
        {"98765 43210", "", "+919876543210"},
        {"my number is +91-98765-43210", "US", "+919876543210"},
        {"९८७६५४३२१०", "IN", "+919876543210"},
        {"nine eight seven six five four three two one zero", "IN", "+919876543210"},
        {"double nine eight seven six five four three two one", "IN", "+919987654321"},
        {"(415) 555-2671", "US", "+14155552671"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct utterance utterance = said(cases[i].text);
        utterance.region = str_from(cases[i].region);
        assert_value(understand_phone(lexicon, &utterance, &arena), cases[i].e164);
    }
    struct utterance utterance = said("12345");
    assert_int_equal(understand_phone(lexicon, &utterance, &arena).reason, REASON_INCOMPLETE);
    utterance.text = STR("1234567890123456789012345");
    assert_int_equal(understand_phone(lexicon, &utterance, &arena).reason, REASON_IMPOSSIBLE);
    utterance.text = STR("why?");
    assert_int_equal(understand_phone(lexicon, &utterance, &arena).reason, REASON_NONE);
}

static const struct str TEETH[] = {STR_INIT("scaling"), STR_INIT("daant saaf karna")};
static const struct offered SERVICES[] = {
    {.id = STR_INIT("checkup"), .title = STR_INIT("General check-up")},
    {.id = STR_INIT("teeth"), .title = STR_INIT("Teeth cleaning"), .names = TEETH, .name_count = 2},
    {.id = STR_INIT("eyes"), .title = STR_INIT("Eye check-up")},
};

static struct understood choose(const char *text)
{
    struct utterance utterance = said(text);
    return understand_choice(lexicon, &utterance, SERVICES, 3, &arena);
}

static struct understood offer(const char *text)
{
    struct utterance utterance = said(text);
    return understand_offer(lexicon, &utterance, SERVICES, 3, &arena);
}

static void a_choice_is_taken_by_number_title_or_words(void **state)
{
    (void)state;
    assert_value(choose("1"), "checkup");
    assert_value(choose("2#"), "teeth");
    assert_value(choose("option two please"), "teeth");
    assert_value(choose("the second one"), "teeth");
    assert_value(choose("तीन"), "eyes");
    assert_value(choose("doosra wala"), "teeth");
    assert_value(choose("last"), "eyes");
    assert_value(choose("teeth cleaning"), "teeth");
    assert_value(choose("I would like teeth cleaning please"), "teeth");
    assert_value(choose("eye"), "eyes");
    assert_value(choose("eyes"), "eyes"); /* its id */
    assert_int_equal(choose("check-up").finding, FOUND_SEVERAL);
    assert_int_equal(choose("4").finding, FOUND_NOTHING);
    assert_int_equal(choose("0").finding, FOUND_NOTHING);
    assert_int_equal(choose("surgery").finding, FOUND_NOTHING);
    assert_int_equal(choose("").finding, FOUND_NOTHING);
}

static void a_choice_is_taken_by_what_people_call_it(void **state)
{
    (void)state;
    assert_value(choose("scaling"), "teeth");
    assert_value(choose("mujhe daant saaf karwane hain"), "teeth");
    assert_value(choose("my tooth needs cleaning badly"), "teeth");
    assert_value(choose("teeth claening"), "teeth");
    assert_value(choose("clean my teeth"), "teeth");
    assert_value(choose("generl checkup"), "checkup");
    assert_value(choose("eye check up"), "eyes");
    assert_value(choose("eyecheckup pls"), "eyes");
    assert_value(choose("eye"), "eyes");
    assert_int_equal(choose("check up").finding, FOUND_SEVERAL);
    assert_int_equal(choose("what does the cleaning cost?").finding, FOUND_NOTHING);
}

static void a_choice_that_is_denied_is_not_taken(void **state)
{
    (void)state;
    assert_int_equal(choose("not teeth cleaning").finding, FOUND_NOTHING);
    assert_int_equal(choose("I don't want a general check-up").finding, FOUND_NOTHING);
    assert_int_equal(choose("cleaning nahi").finding, FOUND_NOTHING);
    assert_value(choose("not teeth cleaning, the eye check-up"), "eyes");
    assert_value(choose("teeth cleaning nahi, general check-up"), "checkup");
}

static void what_is_only_offered_is_taken_to_the_letter(void **state)
{
    (void)state;
    assert_value(offer("2"), "teeth");
    assert_value(offer("teeth"), "teeth");
    assert_value(offer("I would like teeth cleaning please"), "teeth");
    assert_int_equal(offer("not teeth cleaning").finding, FOUND_NOTHING);
    assert_int_equal(offer("clean my teeth").finding, FOUND_NOTHING);
    assert_int_equal(offer("teeth claening").finding, FOUND_NOTHING);
}

static void words_of_a_clock_time_may_be_written_as_one(void **state)
{
    (void)state;
    static const struct {
        const char *text, *time;
    } cases[] = {{"quarterpast 6 pm", "18:15"},
                 {"quarterto7 in the morning", "06:45"},
                 {"sixthirtypm", "18:30"},
                 {"tenpast five pm", "17:10"},
                 {"quaterpast 6 in the evening", "18:15"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct utterance utterance = said(cases[i].text);
        assert_value(understand_time(lexicon, &utterance, &arena), cases[i].time);
    }
    struct utterance utterance = said("quarter pst 6 pm"); /* not 18:00 */
    assert_int_equal(understand_time(lexicon, &utterance, &arena).finding, FOUND_NOTHING);
}

static void a_name_may_be_told_by_its_parts(void **state)
{
    (void)state;
    static const struct {
        const char *text, *name;
    } cases[] = {{"first name Rahul last name Sharma", "Rahul Sharma"},
                 {"Surname: Nair, first name: Priya", "Priya Nair"},
                 {"my first name is Ravi, middle name Kumar and my surname is Singh", "Ravi Kumar Singh"},
                 {"first name Mai last name Linh", "Mai Linh"},
                 {"नाम राहुल उपनाम शर्मा", "राहुल शर्मा"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct utterance utterance = said(cases[i].text);
        assert_value(understand_name(lexicon, &utterance, &arena), cases[i].name);
    }
    struct utterance utterance = said("first name or last name?");
    assert_int_equal(understand_name(lexicon, &utterance, &arena).finding, FOUND_NOTHING);
}

static void assert_asked(const char *text, const char *about)
{
    struct utterance utterance = said(text);
    assert_string_equal(arena_cstring(&arena, understand_asked(lexicon, &utterance, &arena)), about);
}

static void what_is_asked_back_is_told_by_what_it_is_about(void **state)
{
    (void)state;
    assert_asked("why do you need this", "why");
    assert_asked("is it free?", "cost");
    assert_asked("price please", "cost");
    assert_asked("kitne paise lagenge", "cost");
    assert_asked("क्या यह सुरक्षित है", "safe");
    assert_asked("how much time does it take?", "long");
    assert_asked("who is this", "who");
    assert_asked("I am free on Monday", ""); /* asks nothing */
    assert_asked("what shall I write?", "");
    assert_asked("Pune", "");
}

static void a_bare_command_is_told_from_a_request(void **state)
{
    (void)state;
    struct utterance utterance = said("STOP");
    assert_true(understand_command(lexicon, &utterance, &arena).is_bare);
    utterance.text = STR("please stop messaging me");
    struct commanded commanded = understand_command(lexicon, &utterance, &arena);
    assert_int_equal(commanded.command, COMMAND_STOP);
    assert_false(commanded.is_bare);
}

static void not_knowing_and_skipping_are_heard(void **state)
{
    (void)state;
    struct utterance utterance = said("mujhe nahi pata");
    assert_true(understand_unknown(lexicon, &utterance, &arena));
    utterance.text = STR("skip please");
    assert_true(understand_skip(lexicon, &utterance, &arena));
    utterance.text = STR("बाद में");
    assert_true(understand_skip(lexicon, &utterance, &arena));
    utterance.text = STR("skip was my dog");
    assert_false(understand_skip(lexicon, &utterance, &arena));
}

static void the_script_is_that_of_most_letters(void **state)
{
    (void)state;
    assert_string_equal(understand_script(STR("Asha")), "Latn");
    assert_string_equal(understand_script(STR("मेरा नाम Asha है")), "Deva");
    assert_string_equal(understand_script(STR("15/08 😊")), "");
}

static void names_keep_their_letters(void **state)
{
    (void)state;
    static const struct {
        const char *text, *name;
    } cases[] = {
        {"  my name is   Asha \t Rao  ", "Asha Rao"},
        {"<Asha Rao>", "Asha Rao"},
        {"Mujhe sab Pinky bulate h", "Pinky"},
        {"Asha\xe2\x80\x8b Rao\xe2\x80\x8f", "Asha Rao"}, /* zero-width space, direction mark */
        {"क्षितिज 😊", "क्षितिज"},
        {"Asha, 15 aug 1990 6:30 am pune", "Asha"},
        {"Rahul K.", "Rahul K."},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct utterance utterance = said(cases[i].text);
        assert_value(understand_name(lexicon, &utterance, &arena), cases[i].name);
    }
}

/* Sentences that no list has: the words of talk are known, what is left over is the name. */
static void names_are_told_from_the_talk_around_them(void **state)
{
    (void)state;
    static const struct {
        const char *text, *name; /* NULL: none */
    } cases[] = {
        {"at the office everybody knows me as Bunty", "Bunty"},
        {"ghar pe sab Guddi bulate hai", "Guddi"},
        {"ऑफिस में सब राजू जी कहते हैं", "राजू"},
        {"Rahul, oh wait, Rohit", "Rohit"},
        {"Ravi not Rohan", "Ravi"},
        {"Rahul. And yours?", "Rahul"},
        {"Hi i want my kundli. I am Deepa", "Deepa"},
        {"priya p r i y a", "priya"},
        {"My Linh", "My Linh"},
        {"Amit Kr. Rao", "Amit Kr. Rao"},
        {"I am busy right now", NULL},
        {"the sky is blue today", NULL},
        {"main thak gaya hoon", NULL},
        {"आज मौसम अच्छा है", NULL},
        {"everybody called Ravi and Rohan", NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct utterance utterance = {.text = str_from(cases[i].text), .language = STR_INIT("en")};
        struct understood name = understand_name(lexicon, &utterance, &arena);
        if (cases[i].name)
            assert_value(name, cases[i].name);
        else
            assert_int_equal(name.finding, FOUND_NOTHING);
    }
}

static void a_stranger_among_its_words_spoils_only_a_doubtful_command(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        enum command command;
    } cases[] = {
        {"please stop sending me those idiotic messages", COMMAND_STOP},
        {"transfer me to an operator", COMMAND_AGENT},
        {"unsubscrbe", COMMAND_STOP},
        {"he stopped sending messages", COMMAND_NONE},
        {"restart the idiotic engine", COMMAND_NONE},
        {"मेरा भाई एजेंट है", COMMAND_NONE},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct utterance utterance = {.text = str_from(cases[i].text), .language = STR_INIT("en")};
        assert_int_equal(understand_command(lexicon, &utterance, &arena).command, cases[i].command);
    }
}

static void a_wrong_answer_is_named_by_its_value_too(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        enum confirmation confirmation;
        const char *field;
    } cases[] = {
        {"it should be 1991", CONFIRM_EDIT, "date"},
        {"it was 6 pm not am", CONFIRM_EDIT, "time"},
        {"time is 7:30 not 6:30", CONFIRM_EDIT, "time"},
        {"not all of it is right", CONFIRM_NO, ""},
        {"I don't agree", CONFIRM_NO, ""},
        {"गल्त है", CONFIRM_NO, ""},
        {"good morning", CONFIRM_NONE, ""},
        {"समझा नहीं", CONFIRM_NONE, ""},
        {"1991", CONFIRM_NONE, ""},
        {"ok wait", CONFIRM_NONE, ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct utterance utterance = {.text = str_from(cases[i].text), .language = STR_INIT("en")};
        struct confirmed confirmed = understand_confirm(lexicon, &utterance, &arena);
        assert_int_equal(confirmed.confirmation, cases[i].confirmation);
        assert_true(str_eq(confirmed.field, str_from(cases[i].field)));
    }
}

static void markup_is_no_name(void **state)
{
    (void)state;
    static const char *const texts[] = {"<b>Asha</b> Rao", "Asha <script>", "Asha > Rao"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct utterance utterance = said(texts[i]);
        assert_int_equal(understand_name(lexicon, &utterance, &arena).finding, FOUND_NOTHING);
    }
}

/* Whoever sends the longest text of the worst words must not hold up everybody else. */
static void the_longest_answer_is_read_at_once(void **state)
{
    (void)state;
    static const char *const worst[] = {"mai sptbmx ", "th ", "of ", "am "};
    for (size_t i = 0; i < sizeof worst / sizeof *worst; i++) {
        struct buf text = {.arena = &arena};
        while (text.len < 4000)
            buf_put(&text, str_from(worst[i]));
        struct utterance utterance = said("");
        utterance.text = buf_str(&text);
        clock_t begin = clock();
        understand_name(lexicon, &utterance, &arena);
        understand_date(lexicon, &utterance, &arena);
        understand_time(lexicon, &utterance, &arena);
        understand_command(lexicon, &utterance, &arena);
        assert_true(clock() - begin < CLOCKS_PER_SEC / 8);
    }
}

int main(void)
{
    struct problems problems = {.arena = &arena};
    lexicon = lexicon_load(SOURCE_DIR "/config/lang", &arena, &problems);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_longest_answer_is_read_at_once),
        cmocka_unit_test(a_number_tells_its_country),
        cmocka_unit_test(hindi_in_latin_letters_is_told_from_english),
        cmocka_unit_test(phone_numbers_become_e164),
        cmocka_unit_test(a_choice_is_taken_by_number_title_or_words),
        cmocka_unit_test(a_choice_is_taken_by_what_people_call_it),
        cmocka_unit_test(a_choice_that_is_denied_is_not_taken),
        cmocka_unit_test(what_is_only_offered_is_taken_to_the_letter),
        cmocka_unit_test(words_of_a_clock_time_may_be_written_as_one),
        cmocka_unit_test(a_name_may_be_told_by_its_parts),
        cmocka_unit_test(what_is_asked_back_is_told_by_what_it_is_about),
        cmocka_unit_test(a_bare_command_is_told_from_a_request),
        cmocka_unit_test(not_knowing_and_skipping_are_heard),
        cmocka_unit_test(the_script_is_that_of_most_letters),
        cmocka_unit_test(names_keep_their_letters),
        cmocka_unit_test(markup_is_no_name),
        cmocka_unit_test(names_are_told_from_the_talk_around_them),
        cmocka_unit_test(a_stranger_among_its_words_spoils_only_a_doubtful_command),
        cmocka_unit_test(a_wrong_answer_is_named_by_its_value_too),
    };
    int failed = lexicon ? cmocka_run_group_tests(tests, NULL, NULL) : 1;
    arena_free(&arena);
    return failed;
}
