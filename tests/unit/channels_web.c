/* Does the web adapter read what opens and resumes a chat, keep a client's own spelling of its ids, and
 * number what it sends? And does a call stay recognisable in the ids of its turns? */

#include "channels/voice.h"
#include "channels/web.h"
#include "channels_support.h"

static struct arena arena;

static int give_back(void **state)
{
    (void)state;
    arena_free(&arena);
    return 0;
}

static struct web_frame read_frame(const char *text, enum err expected)
{
    struct web_frame frame;
    const char *detail;
    assert_int_equal(web_read(str_from(text), &arena, &frame, &detail), expected);
    assert_int_equal(detail == NULL, expected == ERR_NONE);
    return frame;
}

static void a_hello_resumes_where_it_says(void **state)
{
    (void)state;
    struct web_frame frame = read_frame(
        "{\"type\":\"hello\",\"session_key\":\"k\",\"language\":\"hi\",\"flow\":\"f\",\"last_seen\":7}",
        ERR_NONE);
    assert_int_equal(frame.kind, WEB_HELLO);
    assert_text(frame.hello.session_key, "k");
    assert_text(frame.hello.language, "hi");
    assert_text(frame.hello.flow, "f");
    assert_int_equal(frame.hello.last_seen, 7);
    assert_int_equal(read_frame("{\"type\":\"hello\",\"last_seen\":-1}", ERR_NONE).hello.last_seen, 0);
    assert_int_equal(read_frame("{\"type\":\"hello\",\"last_seen\":\"x\"}", ERR_NONE).hello.last_seen, 0);
}

static void an_id_is_one_message_in_any_spelling(void **state)
{
    (void)state;
    struct web_frame frame = read_frame(
        "{\"type\":\"message\",\"id\":\"0190A1B2-0000-7000-8000-00000000000A\",\"text\":\"\"}", ERR_NONE);
    assert_text(frame.id, "0190A1B2-0000-7000-8000-00000000000A");
    assert_text(frame.message.provider_id, "0190a1b2-0000-7000-8000-00000000000a");
    assert_int_equal(frame.message.kind, INBOUND_TEXT);
}

static void what_is_no_client_message_is_explained(void **state)
{
    (void)state;
    static const char *const texts[] = {"", "[]", "{}", "{\"type\":7}",
                                        "{\"type\":\"message\",\"id\":\"x\"}"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        read_frame(texts[i], ERR_MALFORMED);
}

static void a_server_message_is_numbered(void **state)
{
    (void)state;
    struct outbound say = {.text = STR("Hi"), .input = HINT_NAME};
    struct replied out = {0};
    assert_text(web_message(&say, 3, &arena, DEGRADATIONS_OF(&out)),
                "{\"type\":\"message\",\"seq\":3,\"text\":\"Hi\",\"input\":\"name\"}");
}

static void a_call_is_known_by_the_ids_of_its_turns(void **state)
{
    (void)state;
    assert_text(voice_call_of(STR("CA1:12")), "CA1");
    assert_text(voice_call_of(STR("CA1")), "CA1");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_hello_resumes_where_it_says),
        cmocka_unit_test(an_id_is_one_message_in_any_spelling),
        cmocka_unit_test(what_is_no_client_message_is_explained),
        cmocka_unit_test(a_server_message_is_numbered),
        cmocka_unit_test(a_call_is_known_by_the_ids_of_its_turns),
    };
    return cmocka_run_group_tests_name("channels/web", tests, NULL, give_back);
}
