/* Does the SMS adapter tell the gateway what the golden files don't show: who must not be answered, whose
 * opt-out Twilio has handled, which of our messages a status is about, what slows or stops the channel? */

#include "channels/sms.h"
#include "channels_support.h"

#include <string.h>

static struct arena arena;

static int give_back(void **state)
{
    (void)state;
    arena_free(&arena);
    return 0;
}

static struct batch read_form(const char *path, const char *query, const char *form)
{
    struct batch batch;
    struct http_request request = test_form(&arena, path, query, form);
    assert_int_equal(channel_sms.parse(&test_sms, &test_sms, &request, &arena, &batch), ERR_NONE);
    return batch;
}

#define TO_US "MessageSid=SM1&AccountSid=AC1&To=%2B15550100001&Body=hi"

static void short_codes_names_and_ourselves_are_not_answered(void **state)
{
    (void)state;
    static const struct {
        const char *form;
        bool is_unanswerable;
    } cases[] = {
        {TO_US "&From=%2B919812345670", false},
        {TO_US "&From=57575", true},
        {TO_US "&From=DHL", true},
        {TO_US "&From=%2B15550100001", true},
        {TO_US "&From=%2B123abc", true},
        {TO_US "&From=919812345670", true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct batch batch = read_form("/webhooks/twilio/sms", NULL, cases[i].form);
        assert_int_equal(batch.message_count, 1);
        assert_int_equal(batch.messages[0].is_unanswerable, cases[i].is_unanswerable);
    }
}

static void an_opt_out_that_twilio_handled_is_marked(void **state)
{
    (void)state;
    const char *form = TO_US "&From=%2B919812345670&OptOutType=STOP";
    assert_text(read_form("/webhooks/twilio/sms", NULL, form).messages[0].opt_out, "STOP");
    form = TO_US "&From=%2B919812345670&OptOutType=NONSENSE";
    assert_text(read_form("/webhooks/twilio/sms", NULL, form).messages[0].opt_out, "");
}

static void a_status_says_which_of_our_messages_it_is_about(void **state)
{
    (void)state;
    struct batch batch = read_form("/webhooks/twilio/sms/status", "id=42%2D7",
                                   "MessageSid=SM9&AccountSid=AC1&MessageStatus=failed&ErrorCode=21610");
    assert_int_equal(batch.receipt_count, 1);
    assert_text(batch.receipts[0].outbox_id, "42-7");
    assert_true(batch.receipts[0].error.is_opt_out);
}

static void invalid_utf8_and_nul_become_harmless_text(void **state)
{
    (void)state;
    struct batch batch = read_form("/webhooks/twilio/sms", NULL,
                                   "MessageSid=SM1&AccountSid=AC1&To=%2B15550100001&From=%2B919812345670"
                                   "&Body=a%00b%FFc%E0%A4");
    assert_text(batch.messages[0].text, "ab\uFFFDc\uFFFD\uFFFD");
}

static void a_number_of_the_service_is_served_though_no_setting_lists_it(void **state)
{
    (void)state;
    struct channel_conf pool = test_sms;
    pool.twilio.messaging_service_sid = STR("MG1");
    struct http_request request =
        test_form(&arena, "/webhooks/twilio/sms", NULL,
                  "MessageSid=SM1&AccountSid=AC1&To=%2B15550100002&From=%2B919812345670"
                  "&MessagingServiceSid=MG1&Body=hi");
    struct batch batch;
    assert_int_equal(channel_sms.parse(&pool, &pool, &request, &arena, &batch), ERR_NONE);
    assert_int_equal(batch.message_count, 1);
    assert_ptr_equal(channel_find(&pool, batch.messages[0].to), &pool);
    assert_null(channel_find(&test_sms, STR("+15550100002")));
}

static void both_ways_of_saying_carry_our_id(void **state)
{
    (void)state;
    struct outbound say = {
        .id = STR("7&x"), .to = STR("+919812345670"), .from = STR("+15550100001"), .text = STR("hi")};
    struct replied replied;
    channel_sms.reply(&test_sms, &say, 1, &arena, &replied);
    assert_text(
        replied.response.body,
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Response><Message "
        "statusCallback=\"https://bot.example/webhooks/twilio/sms/status?id=7%26x\">hi</Message></Response>");
    assert_text(http_header_of(&replied.response, "content-type"), "text/xml");
    struct composed composed;
    channel_sms.compose(&test_sms, &say, &arena, &composed);
    assert_int_equal(composed.count, 1);
    assert_non_null(
        strstr(arena_cstring(&arena, composed.requests[0]->body),
               "StatusCallback=https%3A%2F%2Fbot.example%2Fwebhooks%2Ftwilio%2Fsms%2Fstatus%3Fid%3D7%2526x"));
}

static void an_answer_document_stays_below_the_limit(void **state)
{
    (void)state;
    static char ampersands[12000];
    memset(ampersands, '&', sizeof ampersands);
    struct outbound say[4];
    for (size_t i = 0; i < 4; i++)
        say[i] = (struct outbound){.text = {ampersands, sizeof ampersands}};
    struct replied replied;
    channel_sms.reply(&test_sms, say, 4, &arena, &replied);
    assert_true(replied.response.body.len <= 65536);
    assert_text(replied.degraded[0], "text cut");
}

static struct judged judge(int status, const char *body)
{
    struct http_response response = {.status = status, .body = str_from(body)};
    struct judged judged;
    channel_sms.judge(&test_sms, &response, &arena, &judged);
    return judged;
}

static void throttles_slow_the_channel_and_broken_accounts_stop_it(void **state)
{
    (void)state;
    assert_true(judge(429, "{\"code\":20429}").slows_channel);
    assert_true(judge(429, "").slows_channel);
    assert_true(judge(401, "{\"code\":20003}").stops_channel);
    assert_true(judge(401, "").stops_channel);
    assert_false(judge(400, "{\"code\":21211}").stops_channel);
    assert_false(judge(503, "").slows_channel);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(short_codes_names_and_ourselves_are_not_answered),
        cmocka_unit_test(an_opt_out_that_twilio_handled_is_marked),
        cmocka_unit_test(a_status_says_which_of_our_messages_it_is_about),
        cmocka_unit_test(invalid_utf8_and_nul_become_harmless_text),
        cmocka_unit_test(a_number_of_the_service_is_served_though_no_setting_lists_it),
        cmocka_unit_test(both_ways_of_saying_carry_our_id),
        cmocka_unit_test(an_answer_document_stays_below_the_limit),
        cmocka_unit_test(throttles_slow_the_channel_and_broken_accounts_stop_it),
    };
    return cmocka_run_group_tests_name("channels/sms", tests, NULL, give_back);
}
