/* Is REDIS_URL understood as it is meant, and refused where it means nothing? */

#include "store/redis_url.h"
#include "tests/unit/checking.h"

static struct arena arena;

static struct redis_address read_good(const char *url)
{
    struct redis_address address;
    const char *why = NULL;
    if (!redis_address_from(str_from(url), &arena, &address, &why))
        fail_msg("%s: %s", url, why);
    return address;
}

static void a_host_alone_has_redis_usual_port_and_database(void **state)
{
    (void)state;
    static const char *const urls[] = {"redis://cache", "redis://cache/", "redis://cache:6379/0"};
    for (size_t i = 0; i < sizeof urls / sizeof *urls; i++) {
        struct redis_address address = read_good(urls[i]);
        assert_text(address.host, "cache");
        assert_int_equal(address.port, 6379);
        assert_int_equal(address.db, 0);
        assert_int_equal(address.path.len + address.user.len + address.password.len, 0);
    }
}

static void every_part_of_a_redis_url_is_taken(void **state)
{
    (void)state;
    struct redis_address address = read_good("redis://front:p%40ss%3Aword@10.0.0.7:7001/12");
    assert_text(address.user, "front");
    assert_text(address.password, "p@ss:word");
    assert_text(address.host, "10.0.0.7");
    assert_int_equal(address.port, 7001);
    assert_int_equal(address.db, 12);
    address = read_good("redis://:secret@cache?db=3");
    assert_int_equal(address.user.len, 0);
    assert_text(address.password, "secret");
    assert_int_equal(address.db, 3);
}

static void an_ipv6_address_stands_in_brackets(void **state)
{
    (void)state;
    struct redis_address address = read_good("redis://[::1]:7001/2");
    assert_text(address.host, "::1");
    assert_int_equal(address.port, 7001);
    assert_int_equal(read_good("redis://[fd00::7]").port, 6379);
}

static void a_unix_socket_has_a_path(void **state)
{
    (void)state;
    struct redis_address address = read_good("unix:///run/redis/re%20dis.sock?db=4");
    assert_text(address.path, "/run/redis/re dis.sock");
    assert_int_equal(address.db, 4);
    assert_int_equal(address.host.len, 0);
    address = read_good("unix://:secret@/run/redis.sock");
    assert_text(address.path, "/run/redis.sock");
    assert_text(address.password, "secret");
}

static void what_means_nothing_is_refused_with_a_reason(void **state)
{
    (void)state;
    static const char too_long[] =
        "unix:///0123456789012345678901234567890123456789012345678901234567890123456789"
        "01234567890123456789012345678901234567890123456789";
    static const char *const urls[] = {
        "",
        "redis:",
        "redis://",
        "redis:///0",
        "http://cache",
        "rediss://cache",
        "localhost:6379",
        "redis://cache:0",
        "redis://cache:65536",
        "redis://cache:six",
        "redis://cache:",
        "redis://cache/zero",
        "redis://cache/-1",
        "redis://cache/99999999999999999999",
        "redis://cache?db=",
        "redis://cache?timeout=3",
        "redis://someone@cache",
        "redis://someone:@cache",
        "redis://:p%zz@cache",
        "redis://:p%00@cache",
        "redis://[::1",
        "redis://[::1]7001",
        "redis://::1",
        "redis://ca che",
        "redis://cache\nPING",
        "unix://run/redis.sock",
        "unix://",
        "unix:///",
        "unix:///run/redis%00.sock",
        too_long,
    };
    for (size_t i = 0; i < sizeof urls / sizeof *urls; i++) {
        struct redis_address address;
        const char *why = NULL;
        if (redis_address_from(str_from(urls[i]), &arena, &address, &why))
            fail_msg("'%s' was taken", urls[i]);
        assert_non_null(why);
    }
}

static int give_memory_back(void **state)
{
    (void)state;
    arena_free(&arena);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_host_alone_has_redis_usual_port_and_database),
        cmocka_unit_test(every_part_of_a_redis_url_is_taken),
        cmocka_unit_test(an_ipv6_address_stands_in_brackets),
        cmocka_unit_test(a_unix_socket_has_a_path),
        cmocka_unit_test(what_means_nothing_is_refused_with_a_reason),
    };
    return cmocka_run_group_tests(tests, NULL, give_memory_back);
}
