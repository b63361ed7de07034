/* How does a command wait for Redis without anybody waiting?
 *
 *   away → naming → connecting → greeting → up
 *    ↑________________________________________|  lost, silent for too long, or talking nonsense
 *
 * Commands are sent in order and answered in order; every one has the same patience, so only the oldest needs
 * a timer. While Redis is away they fail at once. A ping each second finds out when it has gone silent. */

#include "store/redis_link.h"

#include "base/clock.h"
#include "base/log.h"
#include "store/host_name.h"
#include "store/redis_queue.h"
#include "store/redis_socket.h"
#include "store/redis_wire.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PATIENCE_MS    500  /* of a command */
#define OPEN_MS        2000 /* from looking up the name to the end of the greeting */
#define BEAT_MS        1000
#define RETRY_LEAST_MS 50
#define RETRY_MOST_MS  2000
#define WAITING_MOST   1024
#define UNSENT_BYTES   ((size_t)1024 * 1024)
#define READ_BYTES     ((size_t)16 * 1024)
#define LOGGED_BYTES   160

enum state { AWAY, NAMING, CONNECTING, GREETING, UP };

struct redis_link {
    struct loop *loop;
    struct redis_link_conf conf;
    enum state state;
    int fd; /* -1 while AWAY or NAMING */
    struct loop_watch *watch;
    struct redis_reader *reader;
    struct host_name *name; /* NULL for a Unix socket */
    struct loop_timer *deadline;
    struct loop_timer *retry;
    struct loop_timer *beat;
    struct loop_timer *refuse;
    struct redis_queue sent;    /* answered in this order */
    struct redis_queue refused; /* end in the next turn of the loop */
    char *unsent;               /* allocated */
    size_t unsent_len;
    uint64_t open_deadline_ns;
    uint64_t retry_ms;
    size_t attempts;
    bool is_told_away; /* logged once, not at every attempt */
};

static uint64_t oldest_deadline_ns(const struct redis_link *link)
{
    return link->sent.first ? link->sent.first->deadline_ns : 0;
}

static void arm_deadline(struct redis_link *link)
{
    uint64_t at_ns = oldest_deadline_ns(link);
    if (link->state != AWAY && link->state != UP)
        at_ns = link->open_deadline_ns;
    if (!at_ns) {
        loop_timer_stop(link->deadline);
        return;
    }
    uint64_t now_ns = clock_monotonic_ns();
    loop_timer_start(link->deadline, at_ns > now_ns ? (at_ns - now_ns) / 1000000 + 1 : 0, 0);
}

/* ---- Losing it ---- */

static void close_socket(struct redis_link *link)
{
    loop_watch_free(link->watch);
    link->watch = NULL;
    if (link->fd >= 0)
        close(link->fd);
    link->fd = -1;
    redis_reader_free(link->reader);
    link->reader = NULL;
    free(link->unsent);
    link->unsent = NULL;
    link->unsent_len = 0;
    if (link->name)
        host_name_stop(link->name);
    loop_timer_stop(link->beat);
    loop_timer_stop(link->deadline);
    link->state = AWAY;
}

/* Those under way may have happened or not; nobody depends on it. What their callbacks ask meanwhile is
 * refused, so this ends. */
static void lose(struct redis_link *link, struct str why, enum err err)
{
    if (!link->is_told_away)
        log_event(LOG_WARN, "Redis is away; we go on without it", log_cstr("for", link->conf.purpose),
                  log_str("why", utf8_truncate_bytes(why, LOGGED_BYTES)));
    link->is_told_away = true;
    close_socket(link);
    loop_timer_start(link->retry, link->retry_ms, 0);
    link->retry_ms = link->retry_ms * 2 < RETRY_MOST_MS ? link->retry_ms * 2 : RETRY_MOST_MS;
    while (link->sent.first)
        redis_queue_finish_first(&link->sent, err, NULL);
}

static void lose_by_errno(struct redis_link *link, int why)
{
    lose(link, str_from(strerror(why)), ERR_UNAVAILABLE);
}

/* ---- Sending ---- */

static void watch_socket(struct redis_link *link)
{
    loop_watch_set(link->watch, link->state != CONNECTING, link->state == CONNECTING || link->unsent_len > 0);
}

static void send_command(struct redis_link *link, const struct str *words, size_t count,
                         void (*done)(void *arg, enum err err, const struct redis_reply *reply), void *arg)
{
    size_t len;
    char *bytes = redis_words(words, count, &len);
    char *unsent = realloc(link->unsent, link->unsent_len + len);
    if (!unsent)
        abort();
    memcpy(unsent + link->unsent_len, bytes, len);
    redis_words_free(bytes);
    link->unsent = unsent;
    link->unsent_len += len;
    uint64_t deadline_ns = clock_monotonic_ns() + PATIENCE_MS * UINT64_C(1000000);
    redis_queue_put(&link->sent,
                    (struct redis_waiting){.deadline_ns = deadline_ns, .done = done, .arg = arg});
    if (link->sent.count == 1)
        arm_deadline(link);
    watch_socket(link);
}

/* False when the connection was lost. */
static bool flush(struct redis_link *link)
{
    ssize_t sent = send(link->fd, link->unsent, link->unsent_len, MSG_NOSIGNAL);
    if (sent < 0 && errno != EAGAIN && errno != EINTR) {
        lose_by_errno(link, errno);
        return false;
    }
    if (sent > 0) {
        link->unsent_len -= (size_t)sent;
        memmove(link->unsent, link->unsent + sent, link->unsent_len);
    }
    watch_socket(link);
    return true;
}

/* ---- Hearing ---- */

static bool is_heard(const struct redis_link *link, const struct redis_reply *reply)
{
    return link->conf.channel.len && reply->kind == REDIS_LIST && reply->count == 3 &&
           str_eq(reply->items[0].text, STR("message"));
}

static void take_reply(struct redis_link *link, const struct redis_reply *reply)
{
    if (is_heard(link, reply)) {
        if (link->state == UP && str_eq(reply->items[1].text, link->conf.channel))
            link->conf.heard(link->conf.arg, reply->items[2].text);
        return;
    }
    if (!link->sent.first) {
        lose(link, reply->kind == REDIS_REFUSAL ? reply->text : STR("an answer that nobody asked for"),
             ERR_UNAVAILABLE);
        return;
    }
    enum err err = reply->kind == REDIS_REFUSAL ? ERR_INTERNAL : ERR_NONE;
    if (err != ERR_NONE && link->state == UP)
        log_event(LOG_ERROR, "Redis refused a command",
                  log_str("why", utf8_truncate_bytes(reply->text, LOGGED_BYTES)));
    redis_queue_finish_first(&link->sent, err, reply);
    if (link->state != AWAY)
        arm_deadline(link);
}

static void take_bytes(struct redis_link *link, struct str bytes)
{
    struct redis_reader *reader = link->reader;
    if (!redis_reader_feed(reader, bytes)) {
        lose(link, STR("it sends more than was asked for"), ERR_UNAVAILABLE);
        return;
    }
    while (link->state != AWAY) {
        struct redis_reply reply;
        switch (redis_reader_next(reader, &reply)) {
        case REDIS_READ_REPLY:
            take_reply(link, &reply);
            break;
        case REDIS_READ_MORE:
            return;
        case REDIS_READ_NONSENSE:
            lose(link, STR("it does not speak as Redis does"), ERR_UNAVAILABLE);
            return;
        }
    }
}

/* One read a turn of the loop: a server that never stops talking must not stop the rest. */
static void receive(struct redis_link *link)
{
    char bytes[READ_BYTES];
    ssize_t len = recv(link->fd, bytes, sizeof bytes, 0);
    if (len > 0)
        take_bytes(link, (struct str){bytes, (size_t)len});
    else if (len == 0)
        lose(link, STR("it closed the connection"), ERR_UNAVAILABLE);
    else if (errno != EAGAIN && errno != EINTR)
        lose_by_errno(link, errno);
}

static void deadline_passed(void *arg)
{
    struct redis_link *link = arg;
    /* If it was us who were held up, the answer lies here already. */
    if (link->state >= GREETING)
        receive(link);
    if (link->state == AWAY)
        return;
    uint64_t deadline_ns = link->state == UP ? oldest_deadline_ns(link) : link->open_deadline_ns;
    if (!deadline_ns || deadline_ns > clock_monotonic_ns()) {
        /* The loop counts whole milliseconds from the last one that began: it may be early by a part of one.
         */
        arm_deadline(link);
        return;
    }
    lose(link, link->state == UP ? STR("a command was not answered in time") : STR("no connection in time"),
         ERR_TIMEOUT);
}

/* ---- Greeting ---- */

/* Redis may repeat the words of a command that it does not know: of this one, only the code is logged. */
static void password_answered(void *arg, enum err err, const struct redis_reply *reply)
{
    struct redis_link *link = arg;
    if (link->state == AWAY || err == ERR_NONE)
        return;
    struct arena arena = {0};
    struct str code = reply ? str_slice(reply->text, 0, str_find_char(reply->text, ' ')) : (struct str){0};
    lose(link, arena_printf(&arena, "it does not take our password: %.*s", STR_ARG(code)), err);
    arena_free(&arena);
}

/* A step of the greeting that must only not be refused. */
static void greeting_answered(void *arg, enum err err, const struct redis_reply *reply)
{
    struct redis_link *link = arg;
    if (link->state == AWAY || err == ERR_NONE)
        return;
    lose(link, reply ? reply->text : STR("the greeting was not answered"), err);
}

static bool is_welcome(const struct redis_link *link, const struct redis_reply *reply)
{
    if (link->conf.channel.len)
        return reply->kind == REDIS_LIST && reply->count == 3 &&
               str_eq(reply->items[0].text, STR("subscribe"));
    return reply->kind == REDIS_TEXT && str_eq(reply->text, STR("PONG"));
}

static void greeted(void *arg, enum err err, const struct redis_reply *reply)
{
    struct redis_link *link = arg;
    if (link->state == AWAY)
        return;
    if (err != ERR_NONE || !is_welcome(link, reply)) {
        lose(link, err != ERR_NONE && reply ? reply->text : STR("it does not answer as Redis does"),
             ERR_UNAVAILABLE);
        return;
    }
    link->state = UP;
    link->is_told_away = false;
    log_event(LOG_INFO, "Redis is there", log_cstr("for", link->conf.purpose));
    loop_timer_start(link->beat, BEAT_MS, 0);
}

/* A connection that has lived for a while was worth making: the next loss begins with a short pause again. */
static void beat_answered(void *arg, enum err err, const struct redis_reply *reply)
{
    struct redis_link *link = arg;
    (void)reply;
    if (link->state != UP || err != ERR_NONE)
        return;
    link->retry_ms = RETRY_LEAST_MS;
    loop_timer_start(link->beat, BEAT_MS, 0);
}

static void beat(void *arg)
{
    struct redis_link *link = arg;
    send_command(link, (struct str[]){STR("PING")}, 1, beat_answered, link);
}

static void greet(struct redis_link *link)
{
    const struct redis_address *address = link->conf.address;
    char db[8];
    link->state = GREETING;
    link->reader = redis_reader_new();
    if (address->password.len && address->user.len)
        send_command(link, (struct str[]){STR("AUTH"), address->user, address->password}, 3,
                     password_answered, link);
    else if (address->password.len)
        send_command(link, (struct str[]){STR("AUTH"), address->password}, 2, password_answered, link);
    if (address->db) {
        (void)snprintf(db, sizeof db, "%d", address->db);
        send_command(link, (struct str[]){STR("SELECT"), str_from(db)}, 2, greeting_answered, link);
    }
    if (link->conf.channel.len)
        send_command(link, (struct str[]){STR("SUBSCRIBE"), link->conf.channel}, 2, greeted, link);
    else
        send_command(link, (struct str[]){STR("PING")}, 1, greeted, link);
}

/* ---- Connecting ---- */

static void socket_ready(void *arg, bool readable, bool writable)
{
    struct redis_link *link = arg;
    if (link->state == CONNECTING) {
        int why = redis_socket_error(link->fd);
        if (why)
            lose_by_errno(link, why);
        else
            greet(link);
        return;
    }
    if (writable && link->unsent_len && !flush(link))
        return;
    if (readable)
        receive(link);
}

static void open_socket(struct redis_link *link, int fd)
{
    if (fd < 0) {
        lose_by_errno(link, errno);
        return;
    }
    link->fd = fd;
    link->state = CONNECTING;
    link->watch = loop_watch_new(link->loop, fd, socket_ready, link);
    watch_socket(link);
}

/* A name may stand for several addresses; each attempt takes the next. */
static void named(void *arg, const struct endpoint *endpoints, size_t count)
{
    struct redis_link *link = arg;
    if (count == 0)
        lose(link, STR("its host was not found"), ERR_UNAVAILABLE);
    else
        open_socket(link, redis_socket_to(&endpoints[link->attempts++ % count]));
}

static void connect_again(void *arg)
{
    struct redis_link *link = arg;
    link->open_deadline_ns = clock_monotonic_ns() + OPEN_MS * UINT64_C(1000000);
    link->state = NAMING;
    arm_deadline(link);
    if (link->name)
        host_name_ask(link->name);
    else
        open_socket(link, redis_socket_to_path(link->conf.address->path));
}

/* ---- For redis.c ---- */

static void refuse(void *arg)
{
    struct redis_link *link = arg;
    for (size_t left = link->refused.count; left > 0; left--)
        redis_queue_finish_first(&link->refused, ERR_UNAVAILABLE, NULL);
}

void redis_link_run(struct redis_link *link, const struct str *words, size_t count,
                    void (*done)(void *arg, enum err err, const struct redis_reply *reply), void *arg)
{
    if (link->state == UP && link->sent.count < WAITING_MOST && link->unsent_len < UNSENT_BYTES) {
        send_command(link, words, count, done, arg);
        return;
    }
    redis_queue_put(&link->refused, (struct redis_waiting){.done = done, .arg = arg});
    loop_timer_start(link->refuse, 0, 0);
}

bool redis_link_is_up(const struct redis_link *link)
{
    return link->state == UP;
}

struct redis_link *redis_link_new(struct loop *loop, const struct redis_link_conf *conf)
{
    struct redis_link *link = calloc(1, sizeof *link);
    if (!link)
        abort();
    link->loop = loop;
    link->conf = *conf;
    link->fd = -1;
    link->retry_ms = RETRY_LEAST_MS;
    if (conf->address->path.len == 0)
        link->name = host_name_new(loop, conf->address->host, conf->address->port, named, link);
    link->deadline = loop_timer_new(loop, deadline_passed, link);
    link->retry = loop_timer_new(loop, connect_again, link);
    link->beat = loop_timer_new(loop, beat, link);
    link->refuse = loop_timer_new(loop, refuse, link);
    loop_timer_start(link->retry, 0, 0);
    return link;
}

void redis_link_free(struct redis_link *link)
{
    if (!link)
        return;
    close_socket(link);
    while (link->sent.first)
        redis_queue_finish_first(&link->sent, ERR_UNAVAILABLE, NULL);
    while (link->refused.first)
        redis_queue_finish_first(&link->refused, ERR_UNAVAILABLE, NULL);
    loop_timer_free(link->deadline);
    loop_timer_free(link->retry);
    loop_timer_free(link->beat);
    loop_timer_free(link->refuse);
    host_name_free(link->name);
    free(link);
}
