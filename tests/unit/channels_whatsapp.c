/* Does the WhatsApp adapter tell the gateway what the golden files don't show: our ids coming back, what
 * slows or stops the channel, the read mark? And does it keep Meta's limits whatever is said? */

#include "base/json.h"
#include "channels/whatsapp.h"
#include "channels_support.h"

#include <string.h>

static struct arena arena;

static int give_back(void **state)
{
    (void)state;
    arena_free(&arena);
    return 0;
}

#define ENVELOPE(value)                                                                                      \
    "{\"object\":\"whatsapp_business_account\",\"entry\":[{\"changes\":[{\"field\":\"messages\",\"value\":{" \
    "\"metadata\":{\"phone_number_id\":\"1234567890\",\"display_phone_number\":\"15550100001\"}," value      \
    "}}]}]}"

static struct batch read_json(const char *json)
{
    struct batch batch;
    struct http_request request =
        test_post(&arena, "/webhooks/whatsapp", NULL, "application/json", str_from(json));
    assert_int_equal(channel_whatsapp.parse(&test_whatsapp, &test_whatsapp, &request, &arena, &batch),
                     ERR_NONE);
    return batch;
}

static void a_status_brings_our_id_back(void **state)
{
    (void)state;
    struct batch batch =
        read_json(ENVELOPE("\"statuses\":[{\"id\":\"wamid.1\",\"status\":\"sent\","
                           "\"biz_opaque_callback_data\":\"42\"},{\"id\":\"wamid.2\",\"status\":\"read\"}]"));
    assert_int_equal(batch.receipt_count, 2);
    assert_text(batch.receipts[0].outbox_id, "42");
    assert_text(batch.receipts[1].outbox_id, "");
}

static void our_own_number_is_not_answered(void **state)
{
    (void)state;
    struct batch batch =
        read_json(ENVELOPE("\"messages\":[{\"from\":\"15550100001\",\"id\":\"a\",\"type\":\"text\","
                           "\"text\":{\"body\":\"x\"}},{\"from\":\"15550100002\",\"id\":\"b\","
                           "\"type\":\"text\",\"text\":{\"body\":\"x\"}}]"));
    assert_true(batch.messages[0].is_unanswerable);
    assert_false(batch.messages[1].is_unanswerable);
}

static void numbers_with_another_secret_are_not_served(void **state)
{
    (void)state;
    struct channel_conf other = {
        .kind = CHANNEL_WHATSAPP, .number = STR("777"), .whatsapp = {.app_secret = STR("x")}};
    struct channel_conf first = test_whatsapp;
    first.next = &other;
    struct str body = STR(
        "{\"object\":\"whatsapp_business_account\",\"entry\":[{\"changes\":[{\"field\":\"messages\","
        "\"value\":{\"metadata\":{\"phone_number_id\":\"777\"},\"messages\":[{\"from\":\"1\",\"id\":\"a\","
        "\"type\":\"text\",\"text\":{\"body\":\"x\"}}]}}]}]}");
    struct http_request request = test_post(&arena, "/webhooks/whatsapp", NULL, "application/json", body);
    struct batch batch;
    assert_int_equal(channel_whatsapp.parse(&first, &first, &request, &arena, &batch), ERR_NONE);
    assert_int_equal(batch.message_count, 0);
    assert_int_equal(channel_whatsapp.parse(&first, &other, &request, &arena, &batch), ERR_NONE);
    assert_int_equal(batch.message_count, 1);
}

static struct judged judge(int status, const char *body)
{
    struct http_response response = {.status = status, .body = str_from(body)};
    struct judged judged;
    channel_whatsapp.judge(&test_whatsapp, &response, &arena, &judged);
    return judged;
}

static void throttles_slow_the_channel_but_the_pair_limit_only_the_person(void **state)
{
    (void)state;
    assert_true(judge(429, "{\"error\":{\"code\":80007}}").slows_channel);
    assert_true(judge(429, "{\"error\":{\"code\":613}}").slows_channel);
    assert_false(judge(429, "{\"error\":{\"code\":131056}}").slows_channel);
    assert_true(judge(400, "{\"error\":{\"code\":230}}").stops_channel);
    assert_true(judge(200, "{\"error\":{\"code\":0,\"message\":\"no\"}}").stops_channel);
    assert_false(judge(400, "{\"error\":{\"code\":300}}").stops_channel);
    assert_int_equal(judge(400, "{\"error\":{\"code\":131052}}").verdict, VERDICT_REFUSED);
}

static void a_read_mark_may_show_typing(void **state)
{
    (void)state;
    struct http_request request;
    whatsapp_compose_read(&test_whatsapp, STR("wamid.1"), true, &arena, &request);
    assert_text(request.url, "https://graph.example/v25.0/1234567890/messages");
    assert_text(request.body,
                "{\"messaging_product\":\"whatsapp\",\"status\":\"read\",\"message_id\":\"wamid.1\","
                "\"typing_indicator\":{\"type\":\"text\"}}");
    whatsapp_compose_read(&test_whatsapp, STR("wamid.1"), false, &arena, &request);
    assert_text(request.body,
                "{\"messaging_product\":\"whatsapp\",\"status\":\"read\",\"message_id\":\"wamid.1\"}");
}

/* A text of `points` characters, some of four bytes, with a space now and then. */
static struct str long_text(size_t points)
{
    struct buf text = {.arena = &arena};
    for (size_t i = 0; i < points; i++)
        buf_put_point(&text, i % 37 == 36 ? ' ' : i % 11 ? 'a' + (uint32_t)(i % 26) : 0x1F642);
    return buf_str(&text);
}

static const struct json *body_of(const struct composed *composed, size_t i)
{
    const struct json *body;
    assert_int_equal(json_parse(&arena, composed->requests[i]->body, &body), ERR_NONE);
    return body;
}

static void every_length_stays_within_metas_limits_and_keeps_the_words(void **state)
{
    (void)state;
    for (size_t points = 1; points < 30000; points = points * 3 / 2 + 1) {
        struct choice yes = {STR("y"), STR("Yes"), {0}};
        struct outbound say = {.to = STR("1"), .text = long_text(points), .choices = &yes, .choice_count = 1};
        struct composed composed;
        channel_whatsapp.compose(&test_whatsapp, &say, &arena, &composed);
        assert_in_range(composed.count, 1, COMPOSED_MAX);
        for (size_t i = 0; i + 1 < composed.count; i++)
            assert_in_range(utf8_length(json_text(json_get(json_get(body_of(&composed, i), "text"), "body"))),
                            1, 4096);
        const struct json *last = json_get(body_of(&composed, composed.count - 1), "interactive");
        assert_in_range(utf8_length(json_text(json_get(json_get(last, "body"), "text"))), 1, 1024);
        bool is_cut = composed.degraded_count != 0;
        assert_int_equal(is_cut, points > 28000);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_status_brings_our_id_back),
        cmocka_unit_test(our_own_number_is_not_answered),
        cmocka_unit_test(numbers_with_another_secret_are_not_served),
        cmocka_unit_test(throttles_slow_the_channel_but_the_pair_limit_only_the_person),
        cmocka_unit_test(a_read_mark_may_show_typing),
        cmocka_unit_test(every_length_stays_within_metas_limits_and_keeps_the_words),
    };
    return cmocka_run_group_tests_name("channels/whatsapp", tests, NULL, give_back);
}
