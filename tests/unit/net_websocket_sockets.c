/* Does a socket bring messages both ways, close as it should, and leave nothing behind? */

#include "net/websocket.h"
#include "tests/unit/checking.h"

#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#define KEY         STR("dGhlIHNhbXBsZSBub25jZQ==")
#define HELLO_FRAME "\x81\x85\0\0\0\0hello"

struct world {
    struct loop *loop;
    struct websockets *sockets;
    struct websocket *socket;
    struct loop_timer *end;
    int client;
    char said[64];
    int messages;
    int closed;
};

static void message(void *arg, struct websocket *socket, struct str text)
{
    struct world *world = arg;
    assert_true(text.len < sizeof world->said);
    memcpy(world->said, text.data, text.len);
    world->said[text.len] = '\0';
    world->messages++;
    websocket_send(socket, STR("heard"));
}

static void closed(void *arg)
{
    struct world *world = arg;
    world->closed++;
    world->socket = NULL;
}

static void stop(void *arg)
{
    loop_stop(arg);
}

static void run_for(struct world *world, uint64_t ms)
{
    loop_timer_start(world->end, ms, 0);
    loop_run(world->loop);
}

static void begin(struct world *world, struct str first)
{
    struct websockets_conf conf = {.message_bytes = 32,
                                   .queue_bytes = 4096,
                                   .ping_s = 30,
                                   .dead_s = 60,
                                   .message = message,
                                   .closed = closed};
    int pair[2];
    *world = (struct world){.loop = loop_new()};
    world->end = loop_timer_new(world->loop, stop, world->loop);
    world->sockets = websockets_new(world->loop, &conf);
    assert_non_null(world->sockets);
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, pair), 0);
    world->client = pair[0];
    world->socket = websocket_open(world->sockets, pair[1], KEY, first, world);
    assert_non_null(world->socket);
    assert_int_equal(world->messages, 0); /* never from within the call */
}

static void finish(struct world *world)
{
    close(world->client);
    loop_timer_free(world->end);
    websockets_free(world->sockets);
    loop_free(world->loop);
}

static void say(const struct world *world, const char *bytes, size_t len)
{
    assert_int_equal(send(world->client, bytes, len, 0), (ssize_t)len);
}

/* What came, without the head of the answer where there is one. */
static struct str hear(const struct world *world, char *room, size_t size)
{
    ssize_t got = recv(world->client, room, size, 0);
    struct str all = {room, got > 0 ? (size_t)got : 0};
    size_t head = str_find(all, STR("\r\n\r\n"));
    return head == STR_NONE ? all : str_slice(all, head + 4, all.len);
}

static void what_came_with_the_request_is_heard(void **state)
{
    (void)state;
    struct world world;
    char room[1024];
    begin(&world, STR(HELLO_FRAME));
    run_for(&world, 50);
    assert_string_equal(world.said, "hello");
    struct str heard = hear(&world, room, sizeof room);
    assert_true(str_eq(heard, STR("\x81\x05heard")));
    finish(&world);
    assert_int_equal(world.closed, 0);
}

static void a_close_comes_after_what_was_sent(void **state)
{
    (void)state;
    struct world world;
    char room[1024];
    begin(&world, (struct str){0});
    websocket_send(world.socket, STR("one"));
    websocket_send(world.socket, STR("two"));
    websocket_close(world.socket, WEBSOCKET_GOING_AWAY, "bye");
    websocket_send(world.socket, STR("late"));
    run_for(&world, 100);
    struct str heard = hear(&world, room, sizeof room);
    assert_true(str_eq(heard, STR("\x81\x03one\x81\x03two\x88\x05\x03\xe9"
                                  "bye")));
    say(&world, "\x88\x82\0\0\0\0\x03\xe9", 8);
    run_for(&world, 100);
    assert_int_equal(world.closed, 1);
    finish(&world);
}

static void a_client_that_goes_is_noticed_once(void **state)
{
    (void)state;
    struct world world;
    begin(&world, (struct str){0});
    shutdown(world.client, SHUT_WR);
    run_for(&world, 100);
    assert_int_equal(world.closed, 1);
    finish(&world);
    assert_int_equal(world.closed, 1);
}

static void too_much_that_waits_cuts_it_off(void **state)
{
    (void)state;
    struct world world;
    static const char text[1000];
    begin(&world, (struct str){0});
    for (int i = 0; i < 5; i++)
        websocket_send(world.socket, (struct str){text, sizeof text});
    run_for(&world, 100);
    assert_int_equal(world.closed, 1);
    finish(&world);
}

static void the_next_message_begins_empty(void **state)
{
    (void)state;
    struct world world;
    begin(&world, (struct str){0});
    say(&world, "\x01\x83\0\0\0\0abc\x80\x83\0\0\0\0def" HELLO_FRAME, 29);
    run_for(&world, 100);
    assert_int_equal(world.messages, 2);
    assert_string_equal(world.said, "hello");
    finish(&world);
}

static void keys_are_sixteen_bytes(void **state)
{
    (void)state;
    assert_true(websocket_key_is_valid(KEY));
    assert_false(websocket_key_is_valid((struct str){0}));
    assert_false(websocket_key_is_valid(STR("dGhlIHNhbXBsZSBub25jZQ=")));
    assert_false(websocket_key_is_valid(STR("dGhlIHNhbXBsZSBub25jZQ\r\n")));
    assert_false(websocket_key_is_valid(STR("AAAAAAAAAAAAAAAAAAAAAAAA")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_came_with_the_request_is_heard),
        cmocka_unit_test(a_close_comes_after_what_was_sent),
        cmocka_unit_test(a_client_that_goes_is_noticed_once),
        cmocka_unit_test(too_much_that_waits_cuts_it_off),
        cmocka_unit_test(the_next_message_begins_empty),
        cmocka_unit_test(keys_are_sixteen_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
