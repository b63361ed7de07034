/* What may a stranger's URL lead to? */

#include "net/http_client.h"
#include "net/http_server.h"
#include "net/public_address.h"
#include "tests/unit/checking.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <unistd.h>

static bool is_public(const char *text)
{
    struct sockaddr_in v4 = {.sin_family = AF_INET};
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6};
    if (inet_pton(AF_INET, text, &v4.sin_addr) == 1)
        return address_is_public((const struct sockaddr *)&v4);
    assert_int_equal(inet_pton(AF_INET6, text, &v6.sin6_addr), 1);
    return address_is_public((const struct sockaddr *)&v6);
}

static void addresses_of_the_internet_are_public(void **state)
{
    (void)state;
    static const char *const addresses[] = {
        "1.1.1.1",        "8.8.8.8",          "9.255.255.255",   "11.0.0.0",        "100.63.255.255",
        "100.128.0.0",    "126.255.255.255",  "128.0.0.1",       "169.253.255.255", "169.255.0.0",
        "172.15.255.255", "172.32.0.0",       "192.167.255.255", "192.169.0.0",     "198.17.255.255",
        "198.20.0.0",     "223.255.255.255",  "2606:4700::1",    "2a00:1450::1",    "2001:4860:4860::8888",
        "::ffff:8.8.8.8", "64:ff9b::8.8.8.8", "2002:808:808::1",
    };
    for (size_t i = 0; i < sizeof addresses / sizeof *addresses; i++)
        if (!is_public(addresses[i]))
            fail_msg("%s is public", addresses[i]);
}

static void addresses_of_inside_are_not(void **state)
{
    (void)state;
    static const char *const addresses[] = {
        "0.0.0.0",
        "10.0.0.1",
        "10.255.255.255",
        "100.64.0.1",
        "127.0.0.1",
        "127.255.255.255",
        "169.254.169.254",
        "172.16.0.1",
        "172.31.255.255",
        "192.0.0.8",
        "192.0.2.1",
        "192.168.1.1",
        "198.18.0.1",
        "198.19.255.255",
        "203.0.113.1",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "64:ff9b::10.0.0.1",
        "fe80::1",
        "fc00::1",
        "fd12:3456::1",
        "ff02::1",
        "2001:db8::1",
        "2001::1",
        "2002:a00:1::1",
        "2002:7f00:1::",
        "3fff::1",
        "::127.0.0.1",
    };
    for (size_t i = 0; i < sizeof addresses / sizeof *addresses; i++)
        if (is_public(addresses[i]))
            fail_msg("%s is not public", addresses[i]);
}

/* ---- The client keeps to it ---- */

struct peers {
    struct loop *loop;
    struct http_client *client;
    size_t handled;
    enum err err;
};

static enum err admit(void *arg, const struct http_request *head, size_t *body_limit, struct str *allow)
{
    (void)arg, (void)head, (void)body_limit, (void)allow;
    return ERR_NONE;
}

static void handle(void *arg, struct http_exchange *exchange, const struct http_request *request,
                   struct arena *arena)
{
    struct peers *peers = arg;
    struct http_response response = {.status = 200};
    (void)request, (void)arena;
    peers->handled++;
    http_respond(exchange, &response, NULL, NULL);
}

static void ended(void *arg, enum err err, const struct http_response *response, struct arena *arena)
{
    struct peers *peers = arg;
    (void)response, (void)arena;
    peers->err = err;
    loop_stop(peers->loop);
}

static enum err fetch(struct peers *peers, const char *host, int port, bool only_public)
{
    char url[64];
    (void)snprintf(url, sizeof url, "http://%s:%d/", host, port);
    struct http_request request = {.method = STR("GET"), .url = str_from(url)};
    struct http_bounds bounds = {.deadline_ms = 5000, .only_public = only_public};
    http_fetch(peers->client, &request, &bounds, ended, peers);
    loop_run(peers->loop);
    return peers->err;
}

static void what_must_stay_outside_is_not_even_connected(void **state)
{
    (void)state;
    const char *reason;
    struct peers peers = {.loop = loop_new()};
    peers.client = http_client_new(peers.loop);
    int fd = http_listen("127.0.0.1", 0, &reason);
    int port = http_listen_port(fd);
    struct http_server_conf conf = {.header_bytes = 8192,
                                    .max_connections = 4,
                                    .request_ms = 5000,
                                    .idle_ms = 5000,
                                    .write_ms = 5000,
                                    .admit = admit,
                                    .handle = handle,
                                    .arg = &peers};
    struct http_server *server = http_server_new(peers.loop, fd, &conf);
    /* By its address and by a name, also while a connection of ours is kept there; and ours go on after it.
     */
    assert_int_equal(fetch(&peers, "127.0.0.1", port, true), ERR_INVALID);
    assert_int_equal(fetch(&peers, "localhost", port, true), ERR_INVALID);
    assert_int_equal(peers.handled, 0);
    assert_int_equal(fetch(&peers, "127.0.0.1", port, false), ERR_NONE);
    assert_int_equal(fetch(&peers, "127.0.0.1", port, true), ERR_INVALID);
    assert_int_equal(fetch(&peers, "127.0.0.1", port, false), ERR_NONE);
    assert_int_equal(peers.handled, 2);
    http_client_free(peers.client);
    http_server_free(server);
    loop_free(peers.loop);
    close(fd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses_of_the_internet_are_public),
        cmocka_unit_test(addresses_of_inside_are_not),
        cmocka_unit_test(what_must_stay_outside_is_not_even_connected),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
