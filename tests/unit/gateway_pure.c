/* The parts of the gateway that are pure: guard, lines of people, networks, pace, stored messages, addresses.
 */

#include "base/clock.h"
#include "gateway/config.h"
#include "gateway/guard.h"
#include "gateway/hours.h"
#include "gateway/input.h"
#include "gateway/limits.h"
#include "gateway/metrics.h"
#include "gateway/pace.h"
#include "gateway/payload.h"
#include "gateway/people.h"
#include "gateway/respond.h"
#include "gateway/routes.h"
#include "gateway/sending.h"
#include "gateway/signature.h"
#include "tests/unit/checking.h"

#include <stdio.h>
#include <stdlib.h>

static struct arena arena;

static int reset(void **state)
{
    (void)state;
    arena_free(&arena);
    return 0;
}

/* ---- guard ---- */

static struct str last_guard;

static bool is_silent(const char *text, bool moved_on, int64_t now_ms)
{
    struct guard_ruling ruling = guard_rule(last_guard, str_from(text), moved_on, true, now_ms, &arena);
    last_guard = ruling.guard;
    return ruling.is_silent;
}

static void the_same_text_four_times_gets_silence(void **state)
{
    (void)state;
    last_guard = (struct str){0};
    for (int i = 0; i < 3; i++)
        assert_false(is_silent("I am away until Monday", false, 1000 + i));
    assert_true(is_silent("I am away until Monday", false, 2000));
    assert_true(is_silent("I am away until Monday", false, 3000));
    assert_false(is_silent("hello", false, 4000));
}

static void an_honest_one_one_one_passes(void **state)
{
    (void)state;
    last_guard = (struct str){0};
    for (int i = 0; i < 10; i++)
        assert_false(is_silent("1", true, 1000 + i));
}

static void the_same_text_after_ten_minutes_is_answered(void **state)
{
    (void)state;
    last_guard = (struct str){0};
    for (int i = 0; i < 4; i++)
        is_silent("hi", false, 1000 + i);
    assert_true(is_silent("hi", false, 5000));
    assert_false(is_silent("hi", false, 5000 + 11 * 60 * 1000));
}

#define MINUTE_MS (60 * 1000)

static void say_forty_times(int64_t from_ms)
{
    char text[32];
    last_guard = (struct str){0};
    for (int i = 0; i < 40; i++) {
        snprintf(text, sizeof text, "text %d", i);
        assert_false(is_silent(text, false, from_ms + i));
    }
}

static void forty_replies_an_hour_are_enough_for_a_machine_whose_text_varies(void **state)
{
    (void)state;
    say_forty_times(1000);
    assert_true(is_silent("I got your mail at 10:01", false, 2000));
    /* It goes on for hours, and hears nothing more. */
    for (int64_t hour = 0; hour < 5; hour++)
        assert_true(is_silent(hour % 2 ? "at noon" : "at one", false, (20 + 50 * hour) * MINUTE_MS));
}

static void after_forty_replies_an_answer_or_an_hour_of_quiet_is_answered(void **state)
{
    (void)state;
    say_forty_times(1000);
    assert_true(is_silent("hello?", false, 2000));
    assert_false(is_silent("15 August 1990", true, 3000));
    assert_false(is_silent("hello?", false, 4000));
    say_forty_times(1000);
    assert_true(is_silent("hello?", false, 2000));
    assert_false(is_silent("hello again", false, 2000 + 61 * MINUTE_MS));
}

/* ---- origins ---- */

static void pages_below_our_own_address_may_talk_to_us(void **state)
{
    (void)state;
    struct config config = {.public_url = STR("https://Bot.example:443/desk")};
    assert_text(origin_of(config.public_url), "https://Bot.example");
    assert_text(origin_of(STR("http://localhost:8000")), "http://localhost:8000");
    assert_text(origin_of(STR("http://[::1]:80/")), "http://[::1]");
    assert_true(origin_is_allowed(&config, STR("https://bot.example")));
    assert_false(origin_is_allowed(&config, STR("https://bot.example.evil.example")));
    assert_false(origin_is_allowed(&config, STR("http://bot.example")));
}

/* ---- people ---- */

static int arrivals[8];
static int arrival_count;

static void note_arrival(void *arg)
{
    arrivals[arrival_count++] = *(int *)arg;
}

static void people_of_one_lane_come_one_at_a_time_in_order(void **state)
{
    (void)state;
    struct people *people = people_new();
    int names[] = {1, 2, 3, 4};
    struct place_in_line places[4];
    arrival_count = 0;
    for (int i = 0; i < 4; i++)
        places[i] =
            (struct place_in_line){.lane = i == 3 ? 9 : 5, .turn_comes = note_arrival, .arg = &names[i]};
    for (int i = 0; i < 4; i++)
        person_enter(people, &places[i]);
    assert_int_equal(arrival_count, 2);
    assert_int_equal(arrivals[0], 1);
    assert_int_equal(arrivals[1], 4);
    person_leave(people, &places[0]);
    assert_int_equal(arrivals[2], 2);
    person_leave(people, &places[1]);
    assert_int_equal(arrivals[3], 3);
    person_leave(people, &places[2]);
    person_leave(people, &places[3]);
    /* Nobody is left: whoever comes again need not wait. */
    person_enter(people, &places[0]);
    assert_int_equal(arrival_count, 5);
    assert_int_equal(arrivals[4], 1);
    person_leave(people, &places[0]);
    people_free(people);
}

static void lanes_tell_brands_and_people_apart(void **state)
{
    (void)state;
    int64_t lane = lane_of(STR("a"), STR("+911"), &arena);
    assert_true(lane == lane_of(STR("a"), STR("+911"), &arena));
    assert_true(lane != lane_of(STR("b"), STR("+911"), &arena));
    assert_true(lane != lane_of(STR("a"), STR("+912"), &arena));
}

/* ---- networks ---- */

static void a_network_contains_its_addresses_only(void **state)
{
    (void)state;
    struct cidr network;
    assert_true(cidr_from(STR("10.1.0.0/16"), &network));
    assert_true(cidr_contains(&network, STR("10.1.255.3")));
    assert_false(cidr_contains(&network, STR("10.2.0.1")));
    assert_false(cidr_contains(&network, STR("not an address")));
    assert_true(cidr_from(STR("192.0.2.7"), &network));
    assert_true(cidr_contains(&network, STR("::ffff:192.0.2.7")));
    assert_false(cidr_contains(&network, STR("192.0.2.8")));
    assert_true(cidr_from(STR("2001:db8::/33"), &network));
    assert_true(cidr_contains(&network, STR("2001:db8:7fff::1")));
    assert_false(cidr_contains(&network, STR("2001:db8:8000::1")));
    assert_false(cidr_from(STR("10.0.0.0/33"), &network));
    assert_false(cidr_from(STR("10.0.0.0/"), &network));
    assert_false(cidr_from(STR("10.0.0"), &network));
}

static void the_client_is_the_right_most_hop_that_is_not_ours(void **state)
{
    (void)state;
    struct config config = {.trusted_proxy_count = 1};
    struct gateway gateway = {.config = &config};
    struct front front = {.gateway = &gateway, .is_public = true};
    cidr_from(STR("10.0.0.0/8"), &config.trusted_proxies[0]);
    assert_text(route_client_address(&front, STR("203.0.113.9"), STR("1.1.1.1")), "203.0.113.9");
    assert_text(route_client_address(&front, STR("10.0.0.1"), STR("6.6.6.6, 198.51.100.7, 10.0.0.2")),
                "198.51.100.7");
    assert_text(route_client_address(&front, STR("10.0.0.1"), STR("")), "10.0.0.1");
    assert_text(route_client_address(&front, STR("10.0.0.1"), STR("10.0.0.3")), "10.0.0.3");
}

/* ---- pace ---- */

static void backoff_doubles_to_ten_minutes_and_spreads(void **state)
{
    (void)state;
    for (int attempts = 1; attempts < 40; attempts++) {
        int64_t least = backoff_ms(attempts, 0);
        int64_t most = backoff_ms(attempts, 999);
        assert_true(least >= 1500 && most <= 750000 && least < most);
    }
    assert_true(backoff_ms(1, 500) < backoff_ms(2, 500));
    assert_int_equal(backoff_ms(30, 0), backoff_ms(39, 0));
}

static void a_throttled_number_pauses_as_asked_but_never_for_days(void **state)
{
    (void)state;
    assert_int_equal(line_pause_ms(0), 2000);
    assert_int_equal(line_pause_ms(45000), 45000);
    assert_int_equal(line_pause_ms((int64_t)7 * 24 * 3600 * 1000), 600000);
}

static void a_person_gets_a_burst_and_then_one_message_in_six_seconds(void **state)
{
    (void)state;
    struct pace *pace = pace_new();
    uint64_t now = 1000000000;
    for (int i = 0; i < 45; i++)
        assert_int_equal(pace_take(pace, STR("911"), now), 0);
    assert_in_range(pace_take(pace, STR("911"), now), 5000, 6001);
    assert_int_equal(pace_take(pace, STR("912"), now), 0);
    assert_int_equal(pace_take(pace, STR("911"), now + UINT64_C(6100000000)), 0);
    assert_in_range(pace_take(pace, STR("911"), now + UINT64_C(6100000000)), 5000, 6001);
    pace_free(pace);
}

static void a_client_too_fast_is_told_when_to_come_again(void **state)
{
    (void)state;
    struct loop *loop = loop_new();
    struct limits *limits = limits_new(loop, NULL, STR(""));
    uint64_t now = 1000000000;
    int wait_s = 0;
    int taken = 0;
    while (!(wait_s = limit_take(limits, LIMIT_START, STR("192.0.2.1"), now)) && taken < 1000)
        taken++;
    assert_in_range(taken, 10, 999);
    assert_in_range(wait_s, 1, 60);
    assert_int_equal(limit_take(limits, LIMIT_START, STR("192.0.2.2"), now), 0);
    assert_int_equal(limit_take(limits, LIMIT_START, STR("192.0.2.1"), now + (uint64_t)wait_s * 1000000000),
                     0);
    limits_free(limits);
    loop_free(loop);
}

/* ---- what is stored ---- */

static void a_message_is_read_as_it_was_stored(void **state)
{
    (void)state;
    const struct choice choices[] = {{STR("7:yes"), STR("Yes"), STR("")},
                                     {STR("7:no"), STR("No"), STR("change it")}};
    struct outbound say = {
        .text = STR("Is \"this\" right?\n\xF0\x9F\x98\x80"),
        .choices = choices,
        .choice_count = 2,
        .link = {STR("https://x.example/a"), STR("Chart")},
        .asks_location = true,
        .language = STR("hi"),
        .input = HINT_CONFIRM,
    };
    struct outbound back;
    assert_true(payload_read(&arena, payload_print(&arena, &say), &back));
    assert_true(str_eq(back.text, say.text) && back.choice_count == 2 &&
                str_eq(back.choices[1].description, STR("change it")));
    assert_true(back.asks_location && back.input == HINT_CONFIRM && str_eq(back.link.title, STR("Chart")));
    assert_false(payload_read(&arena, STR("[1]"), &back));
    recipient_read(&arena, recipient_print(&arena, STR("+911"), STR("IN.1")), &back);
    assert_true(str_eq(back.to, STR("+911")) && str_eq(back.user_id, STR("IN.1")));
}

static void numbers_are_one_address_on_every_channel(void **state)
{
    (void)state;
    assert_text(phone_address(CHANNEL_WHATSAPP, STR("919812345670"), &arena), "+919812345670");
    assert_text(phone_address(CHANNEL_SMS, STR("+919812345670"), &arena), "+919812345670");
    assert_text(phone_address(CHANNEL_SMS, STR("57575"), &arena), "");
    assert_text(phone_address(CHANNEL_SMS, STR("BANK"), &arena), "");
    assert_text(phone_address(CHANNEL_WHATSAPP, STR("IN.13491208655302741918"), &arena), "");
}

/* ---- inputs on which workers died ---- */

static void an_input_is_poison_after_two_deaths(void **state)
{
    (void)state;
    struct shared *shared = shared_new();
    struct metrics_slot *slot = &shared->slots[0];
    uint8_t key[16] = {1, 2, 3};
    uint8_t other[16] = {4};
    memcpy(slot->current_input, key, sizeof key);
    shared_blame(shared, slot);
    assert_false(shared_is_poison(shared, key));
    shared_blame(shared, slot);
    assert_false(shared_is_poison(shared, key));
    memcpy(slot->current_input, key, sizeof key);
    shared_blame(shared, slot);
    assert_true(shared_is_poison(shared, key));
    assert_false(shared_is_poison(shared, other));
}

static void metrics_add_up_all_workers(void **state)
{
    (void)state;
    struct shared *shared = shared_new();
    metric_add(&shared->slots[0], METRIC_TURNS, 2);
    metric_add(&shared->slots[5], METRIC_TURNS, 3);
    metric_error(&shared->slots[1], ERR_NOT_FOUND);
    metric_latency(&shared->slots[0], LATENCY_TURN, 300);
    metric_latency(&shared->slots[1], LATENCY_TURN, 100000000);
    struct buf text = {.arena = &arena};
    metrics_print(shared, &text);
    struct str out = buf_str(&text);
    assert_true(str_find(out, STR("frontdesk_turns_total 5\n")) != STR_NONE);
    assert_true(str_find(out, STR("frontdesk_errors_total{code=\"NOT_FOUND\"} 1\n")) != STR_NONE);
    assert_true(str_find(out, STR("frontdesk_turn_seconds_bucket{le=\"0.000512\"} 1\n")) != STR_NONE);
    assert_true(str_find(out, STR("frontdesk_turn_seconds_bucket{le=\"+Inf\"} 2\n")) != STR_NONE);
}

static int64_t local_ms(uint8_t day_of_january_2026, int hour, int minute)
{
    return date_to_days((struct date){2026, 1, day_of_january_2026}) * INT64_C(86400000) +
           (hour * 60 + minute) * INT64_C(60000);
}

static void they_are_there_at_their_hours_only(void **state)
{
    (void)state;
    struct hours hours;
    static const char *const bad[] = {"mon",
                                      "mon 9-18",
                                      "mon-fri 18:00-09:00",
                                      "fri-mon 09:00-18:00",
                                      "mon 09:00-24:30",
                                      "someday 09:00-18:00",
                                      "mon 09:60-18:00"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(hours_from(str_from(bad[i]), &hours));
    assert_true(hours_from(STR("mon-fri 09:00-18:00, Sat 10:00-14:00, sun 20:00-24:00"), &hours));
    /* 5 January 2026 was a Monday. */
    assert_false(hours_hold(&hours, local_ms(5, 8, 59)));
    assert_true(hours_hold(&hours, local_ms(5, 9, 0)));
    assert_true(hours_hold(&hours, local_ms(9, 17, 59)));
    assert_false(hours_hold(&hours, local_ms(9, 18, 0)));
    assert_true(hours_hold(&hours, local_ms(10, 13, 59)));
    assert_false(hours_hold(&hours, local_ms(11, 12, 0)));
    assert_true(hours_hold(&hours, local_ms(11, 23, 59)));
    assert_true(hours_from((struct str){0}, &hours) && hours_hold(&hours, local_ms(11, 3, 0)));
}

static bool is_believed(const char *secret, struct str header, struct str body)
{
    return signature_is_valid(str_from(secret), header, body, 1000, &arena);
}

static void what_one_secret_signs_is_believed_wherever_it_stands_in_a_rotation(void **state)
{
    (void)state;
    struct str body = STR("{}");
    static const char *const rotations[] = {"new", "new,old", " new , old", ",new", "old,new", "old, new "};
    for (size_t i = 0; i < sizeof rotations / sizeof *rotations; i++)
        assert_true(is_believed(rotations[i], signature_make(STR("new"), body, 1000, &arena), body));
    for (size_t i = 0; i < 4; i++)
        assert_true(is_believed("new", signature_make(str_from(rotations[i]), body, 1000, &arena), body));
}

static void a_signature_covers_every_byte(void **state)
{
    (void)state;
    struct str header = signature_make(STR("new"), STR("{}"), 1000, &arena);
    assert_false(is_believed("new", header, STR("{}\0 ")));
    struct str whole = STR("{\"a\":\"\0b\"}");
    assert_true(is_believed("new", signature_make(STR("new"), whole, 1000, &arena), whole));
    assert_false(is_believed("", signature_make(STR(""), whole, 1000, &arena), whole));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(they_are_there_at_their_hours_only),
        cmocka_unit_test(pages_below_our_own_address_may_talk_to_us),
        cmocka_unit_test(the_same_text_four_times_gets_silence),
        cmocka_unit_test(an_honest_one_one_one_passes),
        cmocka_unit_test(the_same_text_after_ten_minutes_is_answered),
        cmocka_unit_test(forty_replies_an_hour_are_enough_for_a_machine_whose_text_varies),
        cmocka_unit_test(after_forty_replies_an_answer_or_an_hour_of_quiet_is_answered),
        cmocka_unit_test(people_of_one_lane_come_one_at_a_time_in_order),
        cmocka_unit_test(lanes_tell_brands_and_people_apart),
        cmocka_unit_test(a_network_contains_its_addresses_only),
        cmocka_unit_test(the_client_is_the_right_most_hop_that_is_not_ours),
        cmocka_unit_test(backoff_doubles_to_ten_minutes_and_spreads),
        cmocka_unit_test(a_throttled_number_pauses_as_asked_but_never_for_days),
        cmocka_unit_test(a_person_gets_a_burst_and_then_one_message_in_six_seconds),
        cmocka_unit_test(a_client_too_fast_is_told_when_to_come_again),
        cmocka_unit_test(a_message_is_read_as_it_was_stored),
        cmocka_unit_test(numbers_are_one_address_on_every_channel),
        cmocka_unit_test(an_input_is_poison_after_two_deaths),
        cmocka_unit_test(metrics_add_up_all_workers),
        cmocka_unit_test_teardown(what_one_secret_signs_is_believed_wherever_it_stands_in_a_rotation, reset),
        cmocka_unit_test_teardown(a_signature_covers_every_byte, reset),
    };
    return cmocka_run_group_tests(tests, NULL, reset);
}
