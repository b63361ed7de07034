/* How does every command for Redis come back in time, whatever becomes of it?
 *
 *   away → opening → greeting → up
 *    ↑________________________|  lost, silent for too long, or talking nonsense
 *
 * Commands are sent in order and answered in order; every one has the same patience, so only the oldest needs
 * a timer. While Redis is away they fail at once. A ping each second finds out when it has gone silent. One
 * that answers may still refuse to be written to: a replica, or one without memory or disk. Then something is
 * written instead of the ping, to find out when that is over. */

#include "store/redis_link.h"

#include "base/clock.h"
#include "base/log.h"
#include "store/redis_connection.h"
#include "store/redis_queue.h"

#include <stdio.h>
#include <stdlib.h>

#define PATIENCE_MS    500  /* of a command */
#define OPEN_MS        2000 /* from looking up the name to the end of the greeting */
#define BEAT_MS        1000
#define RETRY_LEAST_MS 50
#define RETRY_MOST_MS  2000
#define WAITING_MOST   1024
#define UNSENT_BYTES   ((size_t)1024 * 1024)
#define LOGGED_BYTES   160

enum state { AWAY, OPENING, GREETING, UP };

struct redis_link {
    struct redis_link_conf conf;
    enum state state;
    struct redis_connection *connection;
    struct loop_timer *deadline;
    struct loop_timer *retry;
    struct loop_timer *beat;
    struct loop_timer *refuse;
    struct redis_queue sent;    /* answered in this order */
    struct redis_queue refused; /* end in the next turn of the loop */
    uint64_t open_deadline_ns;
    uint64_t retry_ms;
    bool is_told_away; /* logged once, not at every attempt */
    bool is_read_only; /* it refused to be written to, and has not been since */
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

static void close_connection(struct redis_link *link)
{
    link->is_read_only = false;
    redis_connection_close(link->connection);
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
    close_connection(link);
    loop_timer_start(link->retry, link->retry_ms, 0);
    link->retry_ms = link->retry_ms * 2 < RETRY_MOST_MS ? link->retry_ms * 2 : RETRY_MOST_MS;
    while (link->sent.first)
        redis_queue_finish_first(&link->sent, err, NULL);
}

static void lost(void *arg, struct str why)
{
    lose(arg, why, ERR_UNAVAILABLE);
}

static void deadline_passed(void *arg)
{
    struct redis_link *link = arg;
    /* If it was us who were held up, the answer lies here already. */
    if (link->state >= GREETING)
        redis_connection_receive(link->connection);
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

/* ---- Commands and their replies ---- */

/* The codes of Redis' refusals to write; from within a script they may stand further behind. */
static bool says_read_only(struct str refusal)
{
    static const struct str codes[] = {STR_INIT("READONLY "), STR_INIT("OOM "), STR_INIT("MISCONF "),
                                       STR_INIT("NOREPLICAS ")};
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
        if (str_find(refusal, codes[i]) != STR_NONE)
            return true;
    return false;
}

static void send_command(struct redis_link *link, const struct str *words, size_t count,
                         void (*done)(void *arg, enum err err, const struct redis_reply *reply), void *arg)
{
    uint64_t deadline_ns = clock_monotonic_ns() + PATIENCE_MS * UINT64_C(1000000);
    redis_connection_send(link->connection, words, count);
    redis_queue_put(&link->sent,
                    (struct redis_waiting){.deadline_ns = deadline_ns, .done = done, .arg = arg});
    if (link->sent.count == 1)
        arm_deadline(link);
}

static void note_refusal(struct redis_link *link, struct str refusal)
{
    bool was_read_only = link->is_read_only;
    link->is_read_only = was_read_only || says_read_only(refusal);
    if (!was_read_only)
        log_event(LOG_ERROR, "Redis refused a command",
                  log_str("why", utf8_truncate_bytes(refusal, LOGGED_BYTES)));
}

static bool is_heard(const struct redis_link *link, const struct redis_reply *reply)
{
    return link->conf.channel.len && reply->kind == REDIS_LIST && reply->count == 3 &&
           str_eq(reply->items[0].text, STR("message"));
}

static void replied(void *arg, const struct redis_reply *reply)
{
    struct redis_link *link = arg;
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
        note_refusal(link, reply->text);
    redis_queue_finish_first(&link->sent, err, reply);
    if (link->state != AWAY)
        arm_deadline(link);
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
    if (link->state != UP || (err != ERR_NONE && !reply))
        return;
    if (err == ERR_NONE)
        link->is_read_only = false;
    link->retry_ms = RETRY_LEAST_MS;
    loop_timer_start(link->beat, BEAT_MS, 0);
}

static void beat(void *arg)
{
    struct redis_link *link = arg;
    if (link->is_read_only)
        send_command(link, (struct str[]){STR("SET"), STR("frontdesk:trial"), STR("1"), STR("EX"), STR("10")},
                     5, beat_answered, link);
    else
        send_command(link, (struct str[]){STR("PING")}, 1, beat_answered, link);
}

static void opened(void *arg)
{
    struct redis_link *link = arg;
    const struct redis_address *address = link->conf.address;
    char db[8];
    link->state = GREETING;
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

static void connect_again(void *arg)
{
    struct redis_link *link = arg;
    link->open_deadline_ns = clock_monotonic_ns() + OPEN_MS * UINT64_C(1000000);
    link->state = OPENING;
    arm_deadline(link);
    redis_connection_open(link->connection);
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
    if (link->state == UP && link->sent.count < WAITING_MOST &&
        redis_connection_unsent(link->connection) < UNSENT_BYTES) {
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

bool redis_link_is_read_only(const struct redis_link *link)
{
    return link->is_read_only;
}

struct redis_link *redis_link_new(struct loop *loop, const struct redis_link_conf *conf)
{
    struct redis_link *link = calloc(1, sizeof *link);
    if (!link)
        abort();
    link->conf = *conf;
    link->retry_ms = RETRY_LEAST_MS;
    link->connection = redis_connection_new(
        loop, &(struct redis_connection_conf){
                  .address = conf->address, .opened = opened, .replied = replied, .lost = lost, .arg = link});
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
    close_connection(link);
    while (link->sent.first)
        redis_queue_finish_first(&link->sent, ERR_UNAVAILABLE, NULL);
    while (link->refused.first)
        redis_queue_finish_first(&link->refused, ERR_UNAVAILABLE, NULL);
    loop_timer_free(link->deadline);
    loop_timer_free(link->retry);
    loop_timer_free(link->beat);
    loop_timer_free(link->refuse);
    redis_connection_free(link->connection);
    free(link);
}
