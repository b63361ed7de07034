/* Does a call end once, in time, and with the truth about whether it was received? Our own front is the other
 * side. */

#include "net/http_client.h"
#include "net/http_server.h"
#include "tests/unit/checking.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#define DEADLINE_MS 5000

struct peers {
    struct loop *loop;
    struct http_client *client;
    struct http_server *server;
    int listen_fd;
    char url[64];
    struct http_exchange *kept[2]; /* of /never */
    size_t kept_count;
    bool is_calling; /* http_call is on the stack */
    size_t owed;
    size_t handled;
    /* The last result. */
    enum err err;
    int status;
    size_t body_len;
    char body[256];
    char header[64];
};

static enum err admit(void *arg, const struct http_request *head, size_t *body_limit, struct str *allow)
{
    (void)arg, (void)head, (void)allow;
    *body_limit = (size_t)4 * 1024 * 1024;
    return ERR_NONE;
}

static void problem(void *arg, enum err err, const struct http_request *head, struct arena *arena,
                    struct http_response *out)
{
    (void)head;
    (void)arg, (void)err, (void)arena, (void)out;
}

static void handle(void *arg, struct http_exchange *exchange, const struct http_request *request,
                   struct arena *arena)
{
    struct peers *peers = arg;
    struct http_response response = {.status = 200, .body = request->body};
    peers->handled++;
    if (str_eq(request->path, STR("/never"))) {
        assert_true(peers->kept_count < 2);
        peers->kept[peers->kept_count++] = exchange;
        return;
    }
    if (str_eq(request->path, STR("/moved"))) {
        response.status = 302;
        http_add_header(arena, &response, "Location", STR("/echo"));
    }
    if (str_eq(request->path, STR("/seen")))
        response.body =
            arena_printf(arena, "%.*s|%.*s|%.*s|%.*s|%.*s", STR_ARG(request->method), STR_ARG(request->url),
                         STR_ARG(http_header_of(request, "X-Ours")),
                         STR_ARG(http_header_of(request, "Content-Type")), STR_ARG(request->body));
    if (str_eq(request->path, STR("/large"))) {
        response.body =
            (struct str){arena_alloc(arena, HTTP_CLIENT_ANSWER_BYTES + 1), HTTP_CLIENT_ANSWER_BYTES + 1};
        response.body.len -= str_eq(request->query, STR("fits"));
    }
    http_add_header(arena, &response, "X-Theirs", STR("yes"));
    http_respond(exchange, &response, NULL, NULL);
}

static struct http_server *serve(struct peers *peers)
{
    struct http_server_conf conf = {
        .header_bytes = 4096,
        .max_connections = 1000,
        .request_ms = DEADLINE_MS,
        .idle_ms = DEADLINE_MS,
        .write_ms = DEADLINE_MS,
        .admit = admit,
        .handle = handle,
        .problem = problem,
        .arg = peers,
    };
    return http_server_new(peers->loop, peers->listen_fd, &conf);
}

static void setup(struct peers *peers)
{
    *peers = (struct peers){.loop = loop_new()};
    const char *reason;
    peers->listen_fd = http_listen("127.0.0.1", 0, &reason);
    assert_true(peers->listen_fd >= 0);
    (void)snprintf(peers->url, sizeof peers->url, "http://127.0.0.1:%d", http_listen_port(peers->listen_fd));
    peers->server = serve(peers);
    peers->client = http_client_new(peers->loop);
}

static void answer_kept(struct peers *peers)
{
    while (peers->kept_count)
        http_respond(peers->kept[--peers->kept_count], &(struct http_response){.status = 200}, NULL, NULL);
}

static void teardown(struct peers *peers)
{
    http_client_free(peers->client);
    answer_kept(peers);
    http_server_free(peers->server);
    loop_free(peers->loop);
    close(peers->listen_fd);
}

static void done(void *arg, enum err err, const struct http_response *response, struct arena *arena)
{
    struct peers *peers = arg;
    assert_false(peers->is_calling);
    assert_non_null(arena);
    assert_true(peers->owed > 0);
    assert_true(err != ERR_NONE || response != NULL);
    peers->err = err;
    peers->status = 0;
    if (response) {
        peers->status = response->status;
        peers->body_len = response->body.len;
        (void)snprintf(peers->body, sizeof peers->body, "%.*s", STR_ARG(str_slice(response->body, 0, 255)));
        (void)snprintf(peers->header, sizeof peers->header, "%.*s",
                       STR_ARG(http_header_of(response, "x-theirs")));
    }
    if (--peers->owed == 0)
        loop_stop(peers->loop);
}

static void start(struct peers *peers, const struct http_request *request, uint64_t deadline_ms)
{
    peers->owed++;
    peers->is_calling = true;
    http_call(peers->client, request, deadline_ms, done, peers);
    peers->is_calling = false;
}

static struct http_request request_to(struct peers *peers, const char *method, const char *path,
                                      char url[static 128])
{
    (void)snprintf(url, 128, "%s%s", peers->url, path);
    return (struct http_request){.method = str_from(method), .url = str_from(url)};
}

static enum err call(struct peers *peers, const char *method, const char *path, struct str body)
{
    char url[128];
    struct http_request request = request_to(peers, method, path, url);
    struct arena arena = {0};
    request.body = body;
    http_add_header(&arena, &request, "X-Ours", STR("ours"));
    start(peers, &request, DEADLINE_MS);
    arena_free(&arena);
    loop_run(peers->loop);
    return peers->err;
}

static void a_call_brings_request_and_answer_across(void **state)
{
    (void)state;
    struct peers peers;
    setup(&peers);
    assert_int_equal(call(&peers, "POST", "/seen?a=b", STR("hello")), ERR_NONE);
    assert_string_equal(peers.body, "POST|/seen?a=b|ours||hello");
    assert_string_equal(peers.header, "yes");
    assert_int_equal(call(&peers, "GET", "/seen", STR("")), ERR_NONE);
    assert_string_equal(peers.body, "GET|/seen|ours||");
    assert_int_equal(call(&peers, "PUT", "/seen", STR("")), ERR_NONE);
    assert_string_equal(peers.body, "PUT|/seen|ours||");
    assert_int_equal(call(&peers, "HEAD", "/seen", STR("")), ERR_NONE);
    assert_int_equal(peers.body_len, 0);
    assert_int_equal(call(&peers, "GET", "/seen", STR("")), ERR_NONE);
    assert_string_equal(peers.body, "GET|/seen|ours||");
    assert_int_equal(call(&peers, "GET", "/moved", STR("")), ERR_NONE);
    assert_int_equal(peers.status, 302);
    assert_int_equal(peers.handled, 6);
    teardown(&peers);
}

/* What serves one call after another must lead each where it wants to go: here to more addresses than are
 * kept, to one of them again, and between them to one that is none. */
static void each_call_leads_to_its_own_url(void **state)
{
    (void)state;
    struct peers peers;
    setup(&peers);
    for (int i = 0; i < 100; i++) {
        char path[32];
        char seen[64];
        (void)snprintf(path, sizeof path, "/seen?%d", i % 80);
        (void)snprintf(seen, sizeof seen, "POST|%s|ours||body", path);
        assert_int_equal(call(&peers, "POST", path, STR("body")), ERR_NONE);
        assert_string_equal(peers.body, seen);
        assert_int_equal(call(&peers, "POST", "\n", STR("body")), ERR_INVALID);
    }
    assert_int_equal(peers.handled, 100);
    teardown(&peers);
}

static void stop_loop(void *arg)
{
    loop_stop(arg);
}

/* The service is started again between two calls: the connection that rested is gone, and nobody must stumble
 * over it. */
static void a_resting_connection_may_close(void **state)
{
    (void)state;
    struct peers peers;
    setup(&peers);
    struct loop_timer *timer = loop_timer_new(peers.loop, stop_loop, peers.loop);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(call(&peers, "POST", "/echo", STR("x")), ERR_NONE);
        http_server_free(peers.server);
        peers.server = serve(&peers);
        /* In every other round the client has seen it close before it calls again. */
        if (i % 2)
            continue;
        loop_timer_start(timer, 20, 0);
        loop_run(peers.loop);
    }
    assert_int_equal(peers.handled, 3);
    loop_timer_free(timer);
    teardown(&peers);
}

static void bodies_may_be_large_and_answers_have_a_bound(void **state)
{
    (void)state;
    struct peers peers;
    setup(&peers);
    size_t len = (size_t)1024 * 1024;
    char *large = malloc(len);
    assert_non_null(large);
    memset(large, 'x', len);
    assert_int_equal(call(&peers, "POST", "/echo", (struct str){large, len}), ERR_NONE);
    assert_int_equal(peers.body_len, len);
    free(large);
    assert_int_equal(call(&peers, "GET", "/large?fits", STR("")), ERR_NONE);
    assert_int_equal(peers.body_len, HTTP_CLIENT_ANSWER_BYTES);
    assert_int_equal(call(&peers, "GET", "/large", STR("")), ERR_TOO_LARGE);
    teardown(&peers);
}

static void an_answer_that_does_not_come_is_a_timeout(void **state)
{
    (void)state;
    struct peers peers;
    char url[128];
    setup(&peers);
    struct http_request request = request_to(&peers, "POST", "/never", url);
    start(&peers, &request, 100);
    loop_run(peers.loop);
    assert_int_equal(peers.err, ERR_TIMEOUT);
    assert_int_equal(peers.handled, 1);
    teardown(&peers);
}

static void a_closed_port_and_a_silent_handshake_are_unreachable(void **state)
{
    (void)state;
    struct peers peers;
    setup(&peers);
    const char *reason;
    int fd = http_listen("127.0.0.1", 0, &reason);
    int port = http_listen_port(fd);
    char url[128];
    /* Nobody speaks TLS there, or anything at all: the request cannot have been sent. */
    (void)snprintf(url, sizeof url, "https://127.0.0.1:%d/", port);
    struct http_request request = {.method = STR("POST"), .url = str_from(url)};
    start(&peers, &request, 100);
    loop_run(peers.loop);
    assert_int_equal(peers.err, ERR_UNREACHABLE);
    close(fd);
    (void)snprintf(url, sizeof url, "http://127.0.0.1:%d/", port);
    request.url = str_from(url);
    start(&peers, &request, DEADLINE_MS);
    loop_run(peers.loop);
    assert_int_equal(peers.err, ERR_UNREACHABLE);
    teardown(&peers);
}

/* A service that takes a request and goes in the middle of its answer, or without one. */
struct rude {
    struct loop *loop;
    struct str answer;
    int listen_fd;
    int fd;
    struct loop_watch *listen_watch;
    struct loop_watch *watch;
};

static void rude_read(void *arg, bool readable, bool writable)
{
    (void)readable, (void)writable;
    struct rude *rude = arg;
    char bytes[512];
    assert_true(recv(rude->fd, bytes, sizeof bytes, 0) > 0);
    assert_int_equal(send(rude->fd, rude->answer.data, rude->answer.len, 0), rude->answer.len);
    loop_watch_free(rude->watch);
    close(rude->fd);
}

static void rude_accept(void *arg, bool readable, bool writable)
{
    (void)readable, (void)writable;
    struct rude *rude = arg;
    rude->fd = accept(rude->listen_fd, NULL, NULL);
    assert_true(rude->fd >= 0);
    rude->watch = loop_watch_new(rude->loop, rude->fd, rude_read, rude);
    loop_watch_set(rude->watch, true, false);
}

static void call_rude(struct peers *peers, struct str answer)
{
    const char *reason;
    struct rude rude = {
        .loop = peers->loop, .answer = answer, .listen_fd = http_listen("127.0.0.1", 0, &reason)};
    rude.listen_watch = loop_watch_new(peers->loop, rude.listen_fd, rude_accept, &rude);
    loop_watch_set(rude.listen_watch, true, false);
    char url[128];
    (void)snprintf(url, sizeof url, "http://127.0.0.1:%d/", http_listen_port(rude.listen_fd));
    struct http_request request = {.method = STR("POST"), .url = str_from(url), .body = STR("x")};
    start(peers, &request, DEADLINE_MS);
    loop_run(peers->loop);
    loop_watch_free(rude.listen_watch);
    close(rude.listen_fd);
}

static void a_service_that_hangs_up_may_have_received_it(void **state)
{
    (void)state;
    struct peers peers;
    setup(&peers);
    call_rude(&peers, STR(""));
    assert_int_equal(peers.err, ERR_UNAVAILABLE);
    assert_int_equal(peers.status, 0);
    teardown(&peers);
}

static void of_an_answer_that_breaks_off_its_status_is_known(void **state)
{
    (void)state;
    struct peers peers;
    setup(&peers);
    call_rude(&peers, STR("HTTP/1.1 201 Created\r\nX-Theirs: yes\r\nContent-Length: 9\r\n\r\n{\"a\""));
    assert_int_equal(peers.err, ERR_UNAVAILABLE);
    assert_int_equal(peers.status, 201);
    assert_string_equal(peers.body, "{\"a\"");
    assert_string_equal(peers.header, "yes");
    assert_int_equal(call(&peers, "GET", "/large", STR("")), ERR_TOO_LARGE);
    assert_int_equal(peers.status, 200);
    teardown(&peers);
}

static void unusable_requests_are_invalid(void **state)
{
    (void)state;
    struct peers peers;
    setup(&peers);
    const struct str urls[] = {
        STR_INIT(""),        STR_INIT("ftp://127.0.0.1/"),         STR_INIT("file:///etc/passwd"),
        STR_INIT("http://"), STR_INIT("http://127.0.0.1\r\nX: y"), STR_INIT("http://127.0.0.1/\0x")};
    for (size_t i = 0; i < sizeof urls / sizeof urls[0]; i++) {
        struct http_request request = {.method = STR("GET"), .url = urls[i]};
        start(&peers, &request, DEADLINE_MS);
        loop_run(peers.loop);
        assert_int_equal(peers.err, ERR_INVALID);
    }
    char url[128];
    struct http_request request = request_to(&peers, "POST", "/echo", url);
    struct arena arena = {0};
    http_add_header(&arena, &request, "X", STR("a\r\nInjected: b"));
    start(&peers, &request, DEADLINE_MS);
    arena_free(&arena);
    loop_run(peers.loop);
    assert_int_equal(peers.err, ERR_INVALID);
    assert_int_equal(peers.handled, 0);
    teardown(&peers);
}

static void many_calls_at_once_all_end(void **state)
{
    (void)state;
    struct peers peers;
    char url[128];
    setup(&peers);
    struct http_request request = request_to(&peers, "POST", "/echo", url);
    request.body = STR("hello");
    for (int i = 0; i < 300; i++)
        start(&peers, &request, DEADLINE_MS);
    loop_run(peers.loop);
    assert_int_equal(peers.handled, 300);
    assert_int_equal(peers.err, ERR_NONE);
    teardown(&peers);
}

static void calls_under_way_end_when_the_client_goes(void **state)
{
    (void)state;
    struct peers peers;
    char url[128];
    setup(&peers);
    struct http_request request = request_to(&peers, "POST", "/never", url);
    start(&peers, &request, DEADLINE_MS);
    start(&peers, &request, DEADLINE_MS);
    struct loop_timer *timer = loop_timer_new(peers.loop, (void (*)(void *))loop_stop, peers.loop);
    loop_timer_start(timer, 20, 0);
    loop_run(peers.loop);
    assert_int_equal(peers.owed, 2);
    http_client_free(peers.client);
    assert_int_equal(peers.owed, 0);
    assert_int_equal(peers.err, ERR_UNAVAILABLE);
    peers.client = NULL;
    /* The front may go before the requests it handed out are answered. */
    assert_int_equal(peers.kept_count, 2);
    http_server_free(peers.server);
    peers.server = NULL;
    answer_kept(&peers);
    loop_run(peers.loop); /* ends at once: the last call to end has stopped it */
    loop_run(peers.loop);
    teardown(&peers);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_call_brings_request_and_answer_across),
        cmocka_unit_test(each_call_leads_to_its_own_url),
        cmocka_unit_test(a_resting_connection_may_close),
        cmocka_unit_test(bodies_may_be_large_and_answers_have_a_bound),
        cmocka_unit_test(an_answer_that_does_not_come_is_a_timeout),
        cmocka_unit_test(a_closed_port_and_a_silent_handshake_are_unreachable),
        cmocka_unit_test(a_service_that_hangs_up_may_have_received_it),
        cmocka_unit_test(of_an_answer_that_breaks_off_its_status_is_known),
        cmocka_unit_test(unusable_requests_are_invalid),
        cmocka_unit_test(many_calls_at_once_all_end),
        cmocka_unit_test(calls_under_way_end_when_the_client_goes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
