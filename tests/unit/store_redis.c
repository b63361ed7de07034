/* Does a command to Redis always come back, once, from the loop, whatever the other side does? */

#include "base/digest.h"
#include "store/redis.h"
#include "store/redis_wire.h"
#include "tests/unit/checking.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define SERVED_MOST 8

/* A server on the same loop that greets well, and answers what is asked then with `answer`. */
struct world {
    struct loop *loop;
    struct redis *redis;
    struct redis_address address;
    char folder[32];
    char path[64];
    int listener;
    struct loop_watch *listening;
    struct served {
        struct world *world;
        int fd;
        struct loop_watch *watch;
    } served[SERVED_MOST];
    size_t served_count;
    const char *answer; /* NULL: silence */
    struct loop_timer *look;
    struct loop_timer *never; /* ends a test that hangs */
    void (*when_up)(struct world *world);
    bool is_in_call;
    int answers;
    enum err err;
    struct redis_reply reply;
    char text[64];
};

static void say(const struct served *served, const char *text)
{
    assert_int_equal(send(served->fd, text, strlen(text), MSG_NOSIGNAL), strlen(text));
}

static void hear(void *arg, bool readable, bool writable)
{
    struct served *served = arg;
    char bytes[4096];
    (void)readable;
    (void)writable;
    ssize_t len = recv(served->fd, bytes, sizeof bytes - 1, 0);
    if (len <= 0) {
        loop_watch_free(served->watch);
        served->watch = NULL;
        return;
    }
    struct str heard = {bytes, (size_t)len};
    if (str_find(heard, STR("SUBSCRIBE")) != STR_NONE)
        say(served,
            "*3\r\n$9\r\nsubscribe\r\n$2\r\nch\r\n:1\r\n*3\r\n$7\r\nmessage\r\n$2\r\nch\r\n$2\r\nhi\r\n");
    else if (str_find(heard, STR("PING")) != STR_NONE)
        say(served, "+PONG\r\n");
    else if (served->world->answer)
        say(served, served->world->answer);
}

static void accept_one(void *arg, bool readable, bool writable)
{
    struct world *world = arg;
    (void)readable;
    (void)writable;
    assert_true(world->served_count < SERVED_MOST);
    struct served *served = &world->served[world->served_count++];
    *served = (struct served){.world = world, .fd = accept(world->listener, NULL, NULL)};
    assert_true(served->fd >= 0);
    served->watch = loop_watch_new(world->loop, served->fd, hear, served);
    loop_watch_set(served->watch, true, false);
}

static void listen_here(struct world *world)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    memcpy(address.sun_path, world->path, strlen(world->path));
    world->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(world->listener, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(listen(world->listener, SERVED_MOST), 0);
    world->listening = loop_watch_new(world->loop, world->listener, accept_one, world);
    loop_watch_set(world->listening, true, false);
}

static void look_whether_up(void *arg)
{
    struct world *world = arg;
    if (!redis_is_up(world->redis))
        return;
    loop_timer_stop(world->look);
    world->when_up(world);
}

static void hangs(void *arg)
{
    (void)arg;
    fail_msg("nothing happened for ten seconds");
}

static void open_world(struct world *world, const char *answer, bool is_there)
{
    *world = (struct world){.loop = loop_new(), .answer = answer, .folder = "/tmp/redis-unit-XXXXXX"};
    assert_non_null(mkdtemp(world->folder));
    snprintf(world->path, sizeof world->path, "%s/socket", world->folder);
    world->address.path = str_from(world->path);
    if (is_there)
        listen_here(world);
    world->redis = redis_new(world->loop, &world->address);
    world->look = loop_timer_new(world->loop, look_whether_up, world);
    world->never = loop_timer_new(world->loop, hangs, world);
    loop_timer_start(world->never, 10000, 0);
}

static void close_world(struct world *world)
{
    redis_free(world->redis);
    loop_timer_free(world->look);
    loop_timer_free(world->never);
    for (size_t i = 0; i < world->served_count; i++) {
        loop_watch_free(world->served[i].watch);
        close(world->served[i].fd);
    }
    if (world->listening) {
        loop_watch_free(world->listening);
        close(world->listener);
        unlink(world->path);
    }
    rmdir(world->folder);
    loop_free(world->loop);
}

static void answered(void *arg, enum err err, const struct redis_reply *reply)
{
    struct world *world = arg;
    assert_false(world->is_in_call);
    world->answers++;
    world->err = err;
    if (reply) {
        world->reply = *reply;
        snprintf(world->text, sizeof world->text, "%.*s", STR_ARG(reply->text));
    }
    loop_stop(world->loop);
}

static void ask(struct world *world)
{
    world->is_in_call = true;
    redis_run(world->redis, (struct str[]){STR("GET"), STR("key")}, 2, answered, world);
    world->is_in_call = false;
}

/* Connects, asks once, and comes back with what was answered. */
static void ask_when_up(struct world *world, const char *answer)
{
    open_world(world, answer, true);
    world->when_up = ask;
    loop_timer_start(world->look, 1, 1);
    loop_run(world->loop);
    assert_int_equal(world->answers, 1);
}

static void an_answer_comes_back_as_what_it_is(void **state)
{
    (void)state;
    struct world world;
    ask_when_up(&world, ":42\r\n");
    assert_int_equal(world.err, ERR_NONE);
    assert_int_equal(world.reply.kind, REDIS_NUMBER);
    assert_int_equal(world.reply.number, 42);
    close_world(&world);
    ask_when_up(&world, "$5\r\nhello\r\n");
    assert_int_equal(world.reply.kind, REDIS_TEXT);
    assert_string_equal(world.text, "hello");
    close_world(&world);
    ask_when_up(&world, "$-1\r\n");
    assert_int_equal(world.err, ERR_NONE);
    assert_int_equal(world.reply.kind, REDIS_NIL);
    close_world(&world);
}

static void a_refusal_is_an_error_and_keeps_the_connection(void **state)
{
    (void)state;
    struct world world;
    ask_when_up(&world, "-WRONGTYPE no\r\n");
    assert_int_equal(world.err, ERR_INTERNAL);
    assert_true(redis_is_up(world.redis));
    close_world(&world);
}

static void silence_ends_by_the_deadline_and_with_it_the_connection(void **state)
{
    (void)state;
    struct world world;
    ask_when_up(&world, NULL);
    assert_int_equal(world.err, ERR_TIMEOUT);
    assert_false(redis_is_up(world.redis));
    close_world(&world);
}

static void nonsense_ends_the_connection(void **state)
{
    (void)state;
    static const char *const nonsense[] = {
        "HTTP/1.1 400\r\n\r\n", "*2000000000\r\n", "*9\r\n", "$-7\r\n", ":12x\r\n", "\r\n"};
    for (size_t i = 0; i < sizeof nonsense / sizeof *nonsense; i++) {
        struct world world;
        ask_when_up(&world, nonsense[i]);
        assert_int_equal(world.err, ERR_UNAVAILABLE);
        assert_false(redis_is_up(world.redis));
        close_world(&world);
    }
}

static void while_away_a_command_fails_at_once_but_not_within_the_call(void **state)
{
    (void)state;
    struct world world;
    open_world(&world, NULL, false);
    ask(&world);
    assert_int_equal(world.answers, 0);
    loop_run(world.loop);
    assert_int_equal(world.answers, 1);
    assert_int_equal(world.err, ERR_UNAVAILABLE);
    close_world(&world);
}

static void ask_and_leave(struct world *world)
{
    ask(world);
    loop_stop(world->loop);
}

static void a_command_under_way_ends_when_all_ends(void **state)
{
    (void)state;
    struct world world;
    open_world(&world, NULL, true);
    world.when_up = ask_and_leave;
    loop_timer_start(world.look, 1, 1);
    loop_run(world.loop);
    assert_int_equal(world.answers, 0);
    close_world(&world);
    assert_int_equal(world.answers, 1);
    assert_int_equal(world.err, ERR_UNAVAILABLE);
}

static void ask_too_much(struct world *world)
{
    for (int i = 0; i < 1024; i++)
        redis_run(world->redis, (struct str[]){STR("GET"), STR("key")}, 2, NULL, NULL);
    ask(world);
}

static void too_many_commands_are_refused_not_kept(void **state)
{
    (void)state;
    struct world world;
    open_world(&world, NULL, true);
    world.when_up = ask_too_much;
    loop_timer_start(world.look, 1, 1);
    loop_run(world.loop);
    assert_int_equal(world.answers, 1);
    assert_int_equal(world.err, ERR_UNAVAILABLE);
    assert_true(redis_is_up(world.redis));
    close_world(&world);
}

static void heard(void *arg, struct str text)
{
    struct world *world = arg;
    snprintf(world->text, sizeof world->text, "%.*s", STR_ARG(text));
    loop_stop(world->loop);
}

static void what_is_said_on_the_channel_is_heard(void **state)
{
    (void)state;
    struct world world;
    open_world(&world, NULL, true);
    redis_listen(world.redis, STR("ch"), heard, &world);
    loop_run(world.loop);
    assert_string_equal(world.text, "hi");
    close_world(&world);
}

/* Bytes of the protocol in no good order: read or refused, never more. */
static void no_bytes_break_the_reader(void **state)
{
    (void)state;
    static const char alphabet[] = "*$:+-0123456789\r\n\r\n\r\nax\0";
    for (int round = 0; round < 20000; round++) {
        uint8_t noise[48];
        char bytes[sizeof noise];
        random_bytes(noise, sizeof noise);
        for (size_t i = 0; i < sizeof noise; i++)
            bytes[i] = alphabet[noise[i] % (sizeof alphabet - 1)];
        struct redis_reader *reader = redis_reader_new();
        struct redis_reply reply;
        enum redis_read got = REDIS_READ_REPLY;
        assert_true(redis_reader_feed(reader, (struct str){bytes, sizeof bytes}));
        for (size_t i = 0; got == REDIS_READ_REPLY; i++) {
            assert_true(i <= sizeof bytes);
            got = redis_reader_next(reader, &reply);
            if (got == REDIS_READ_REPLY && reply.kind == REDIS_LIST)
                assert_true(reply.count <= REDIS_ITEMS_MAX);
        }
        redis_reader_free(reader);
    }
}

static void an_endless_answer_is_refused(void **state)
{
    (void)state;
    struct redis_reader *reader = redis_reader_new();
    static const char flood[8192] = "$2000000000\r\n";
    struct redis_reply reply;
    size_t taken = 0;
    while (redis_reader_feed(reader, (struct str){flood, sizeof flood}) && taken < 10 * REDIS_REPLY_BYTES) {
        taken += sizeof flood;
        assert_int_equal(redis_reader_next(reader, &reply), REDIS_READ_MORE);
    }
    assert_true(taken <= REDIS_REPLY_BYTES);
    redis_reader_free(reader);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_answer_comes_back_as_what_it_is),
        cmocka_unit_test(a_refusal_is_an_error_and_keeps_the_connection),
        cmocka_unit_test(silence_ends_by_the_deadline_and_with_it_the_connection),
        cmocka_unit_test(nonsense_ends_the_connection),
        cmocka_unit_test(while_away_a_command_fails_at_once_but_not_within_the_call),
        cmocka_unit_test(a_command_under_way_ends_when_all_ends),
        cmocka_unit_test(too_many_commands_are_refused_not_kept),
        cmocka_unit_test(what_is_said_on_the_channel_is_heard),
        cmocka_unit_test(no_bytes_break_the_reader),
        cmocka_unit_test(an_endless_answer_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
