/* Who is one client? */

#include "gateway/limits.h"
#include "gateway/web_clients.h"
#include "tests/unit/checking.h"

#include <stdio.h>

/* Requests that a client may make at once, asking from address(i) each time; `most` at most. */
static int let_pass(const char *(*address)(int i), int most)
{
    struct loop *loop = loop_new();
    struct limits *limits = limits_new(loop, NULL, STR("secret"));
    int passed = 0;
    while (passed < most && limit_take(limits, LIMIT_START, str_from(address(passed)), 1) == 0)
        passed++;
    limits_free(limits);
    loop_free(loop);
    return passed;
}

static const char *one(int i)
{
    (void)i;
    return "2001:db8::1";
}

static const char *of_one_network(int i)
{
    static char text[64];
    (void)snprintf(text, sizeof text, "2001:db8:0:1:%x::%x", i, i + 1);
    return text;
}

static const char *of_many_networks(int i)
{
    static char text[64];
    (void)snprintf(text, sizeof text, "2001:db8:0:%x::1", i);
    return text;
}

static const char *mapped(int i)
{
    static char text[64];
    (void)snprintf(text, sizeof text, "::ffff:192.0.2.%d", i % 250);
    return text;
}

static const char *strange(int i)
{
    static char text[512];
    (void)snprintf(text, sizeof text, "%0300d", i);
    return text;
}

static void addresses_of_one_ipv6_network_share_a_limit(void **state)
{
    (void)state;
    int burst = let_pass(one, 1000);
    assert_in_range(burst, 1, 999);
    assert_int_equal(let_pass(of_one_network, 1000), burst);
}

static void other_networks_and_mapped_addresses_do_not(void **state)
{
    (void)state;
    assert_int_equal(let_pass(of_many_networks, 1000), 1000);
    assert_int_equal(let_pass(mapped, 1000), 1000);
}

static void what_is_no_address_is_a_name_like_another(void **state)
{
    (void)state;
    assert_int_equal(let_pass(strange, 1000), 1000);
}

static void sockets_are_counted_by_ipv6_network_too(void **state)
{
    (void)state;
    static struct web_clients own;
    web_clients_clear(&own);
    for (int i = 0; i < 20; i++)
        assert_true(web_client_enter(&own, 1, &own, web_client_name(str_from(of_one_network(i))), 20));
    assert_false(web_client_enter(&own, 1, &own, web_client_name(str_from(of_one_network(20))), 20));
    assert_true(web_client_enter(&own, 1, &own, web_client_name(STR("2001:db8:0:2::1")), 20));
    web_client_leave(&own, web_client_name(str_from(of_one_network(99))));
    assert_true(web_client_enter(&own, 1, &own, web_client_name(str_from(of_one_network(20))), 20));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses_of_one_ipv6_network_share_a_limit),
        cmocka_unit_test(other_networks_and_mapped_addresses_do_not),
        cmocka_unit_test(what_is_no_address_is_a_name_like_another),
        cmocka_unit_test(sockets_are_counted_by_ipv6_network_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
