/* What happens on one connection?
 *
 * Bytes come (take_input), become requests (http_intake_take), which wait in the order they came until they
 * are answered; answers leave in that order (send_answers). `proceed` is the one place where a connection
 * moves on: it sends what can be sent, takes input that had to wait, and then waits for the next event or
 * ends. Whatever ends a connection early makes it HTTP_LAST: no more requests are taken, those owed are
 * answered. After the last answer it lingers: our side is shut, the client's bytes are thrown away for a
 * moment, so that the answer is not lost to a reset. */

#include "net/http_connection.h"

#include "base/clock.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

/* How long, and for how many bytes, the rest of a refused request is thrown away. */
#define LINGER_MS    2000
#define LINGER_BYTES ((size_t)8 * 1024 * 1024)

static struct http_exchange *take_first(struct http_connection *connection)
{
    struct http_exchange *exchange = connection->first;
    connection->first = exchange->next;
    if (!connection->first)
        connection->last = NULL;
    connection->exchange_count--;
    return exchange;
}

bool http_connection_ends_with(const struct http_connection *connection, const struct http_exchange *exchange)
{
    return connection->phase != HTTP_OPEN && exchange == connection->last;
}

/* ---- The end ---- */

/* All but the descriptor. */
static void forget(struct http_connection *connection)
{
    struct http_server *server = connection->server;
    if (connection->previous)
        connection->previous->next = connection->next;
    else
        server->connections = connection->next;
    if (connection->next)
        connection->next->previous = connection->previous;
    if (connection->is_turned_away)
        server->turned_away_count--;
    else
        server->connection_count--;
    loop_watch_free(connection->watch);
    loop_timer_free(connection->timer);
    free(connection->held);
    free(connection);
}

void http_connection_close(struct http_connection *connection)
{
    http_intake_drop(connection);
    while (connection->first) {
        struct http_exchange *exchange = take_first(connection);
        exchange->connection = NULL;
        exchange->next = NULL;
        if (exchange->is_answered || exchange->taken)
            http_exchange_finish(exchange, ERR_UNREACHABLE);
    }
    int fd = connection->fd;
    forget(connection);
    close(fd);
}

/* The rest goes on by another protocol, with somebody else. */
static void hand_over(struct http_connection *connection)
{
    struct http_exchange *exchange = take_first(connection);
    loop_watch_free(connection->watch); /* before another loop's watch is set on the descriptor */
    connection->watch = NULL;
    exchange->taken(exchange->taken_arg, connection->fd,
                    (struct str){connection->held, connection->held_len});
    http_exchange_finish(exchange, ERR_NONE);
    forget(connection);
}

static void start_lingering(struct http_connection *connection)
{
    connection->phase = HTTP_LINGERING;
    connection->rest_due_ms = clock_monotonic_ms() + LINGER_MS;
    shutdown(connection->fd, SHUT_WR);
}

/* ---- Sending ---- */

/* What may leave now: answers up to the first request that has none, whose 100 Continue may leave too. */
static size_t gather(const struct http_connection *connection, struct iovec pieces[static HTTP_PIPELINE_MAX])
{
    size_t count = 0;
    for (const struct http_exchange *exchange = connection->first; exchange && exchange->out.len;
         exchange = exchange->next) {
        pieces[count++] = (struct iovec){(char *)exchange->out.data, exchange->out.len};
        if (!exchange->is_answered || count == HTTP_PIPELINE_MAX)
            break;
    }
    return count;
}

static void note_sent(struct http_connection *connection, size_t sent)
{
    while (sent) {
        struct http_exchange *exchange = connection->first;
        size_t taken = sent < exchange->out.len ? sent : exchange->out.len;
        exchange->out = str_slice(exchange->out, taken, exchange->out.len);
        sent -= taken;
        if (exchange->out.len)
            return;
        connection->write_due_ms = 0;
        if (exchange->is_answered)
            http_exchange_finish(take_first(connection), ERR_NONE);
    }
}

/* False when the client has gone, and the connection with it. */
static bool send_answers(struct http_connection *connection)
{
    struct iovec pieces[HTTP_PIPELINE_MAX];
    size_t count;
    while ((count = gather(connection, pieces)) > 0) {
        struct msghdr message = {.msg_iov = pieces, .msg_iovlen = count};
        ssize_t sent = sendmsg(connection->fd, &message, MSG_NOSIGNAL);
        if (sent >= 0) {
            note_sent(connection, (size_t)sent);
        } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
            if (!connection->write_due_ms)
                connection->write_due_ms = clock_monotonic_ms() + connection->server->conf.write_ms;
            return true;
        } else if (errno != EINTR) {
            http_connection_close(connection);
            return false;
        }
    }
    return true;
}

/* ---- Moving on ---- */

static void arm_timer(struct http_connection *connection)
{
    const uint64_t dues[] = {connection->read_due_ms, connection->write_due_ms, connection->rest_due_ms};
    uint64_t due = 0;
    for (size_t i = 0; i < sizeof dues / sizeof dues[0]; i++)
        if (dues[i] && (!due || dues[i] < due))
            due = dues[i];
    /* A timer that fires too early looks again: cheaper than moving it at each request. */
    if (!due || (connection->timer_ms && connection->timer_ms <= due))
        return;
    uint64_t now = clock_monotonic_ms();
    connection->timer_ms = due;
    loop_timer_start(connection->timer, due > now ? due - now : 0, 0);
}

static void wait_for_more(struct http_connection *connection)
{
    bool is_idle = connection->phase == HTTP_OPEN && !connection->first;
    if (is_idle && !connection->rest_due_ms)
        connection->rest_due_ms = clock_monotonic_ms() + connection->server->conf.idle_ms;
    else if (!is_idle && connection->phase != HTTP_LINGERING)
        connection->rest_due_ms = 0;
    bool reads = connection->phase == HTTP_LINGERING || (connection->phase == HTTP_OPEN && !connection->held);
    loop_watch_set(connection->watch, reads, connection->write_due_ms != 0);
    arm_timer(connection);
}

/* May free the connection. */
static void proceed(struct http_connection *connection)
{
    connection->is_proceeding = true;
    do {
        if (!send_answers(connection))
            return;
    } while (http_intake_take_held(connection));
    connection->is_proceeding = false;
    if (connection->phase == HTTP_UPGRADING && connection->first == connection->last) {
        hand_over(connection);
        return;
    }
    if (connection->phase == HTTP_LAST && !connection->first) {
        if (connection->has_ended) {
            http_connection_close(connection);
            return;
        }
        start_lingering(connection);
    }
    wait_for_more(connection);
}

void http_connection_answered(struct http_connection *connection)
{
    if (!connection->is_proceeding)
        proceed(connection);
}

static void take_input(struct http_connection *connection, struct str bytes)
{
    if (connection->phase == HTTP_LINGERING) {
        connection->thrown_away += bytes.len;
        if (connection->thrown_away > LINGER_BYTES)
            http_connection_close(connection);
        return;
    }
    connection->is_proceeding = true;
    http_intake_take(connection, bytes);
    proceed(connection);
}

/* A client that only shut its side still gets the answers it is owed. */
static void input_ended(struct http_connection *connection)
{
    if (connection->phase == HTTP_LINGERING) {
        http_connection_close(connection);
        return;
    }
    http_intake_drop(connection);
    connection->has_ended = true;
    connection->phase = HTTP_LAST;
    proceed(connection);
}

static void read_input(struct http_connection *connection)
{
    char *input = connection->server->input;
    ssize_t got = recv(connection->fd, input, HTTP_INPUT_BYTES, 0);
    if (got > 0)
        take_input(connection, (struct str){input, (size_t)got});
    else if (got == 0)
        input_ended(connection);
    else if (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR)
        http_connection_close(connection);
}

static void on_ready(void *arg, bool readable, bool writable)
{
    struct http_connection *connection = arg;
    /* What may be read now is still there after the answers have left, which may end the connection. An error
     * comes as both: then the one that was waited for finds it. */
    if (writable && connection->write_due_ms)
        proceed(connection);
    else if (readable)
        read_input(connection);
}

static void on_timer(void *arg)
{
    struct http_connection *connection = arg;
    uint64_t now = clock_monotonic_ms();
    connection->timer_ms = 0;
    if ((connection->write_due_ms && now >= connection->write_due_ms) ||
        (connection->rest_due_ms && now >= connection->rest_due_ms)) {
        http_connection_close(connection);
    } else if (connection->read_due_ms && now >= connection->read_due_ms) {
        http_intake_refuse(connection, ERR_REQUEST_TIMEOUT);
        proceed(connection);
    } else {
        arm_timer(connection);
    }
}

/* ---- Beginning ---- */

static void note_peer(struct http_connection *connection, const struct sockaddr_storage *peer)
{
    const void *address = NULL;
    int family = peer->ss_family;
    if (family == AF_INET) {
        address = &((const struct sockaddr_in *)(const void *)peer)->sin_addr;
    } else if (family == AF_INET6) {
        const struct in6_addr *address6 = &((const struct sockaddr_in6 *)(const void *)peer)->sin6_addr;
        bool is_mapped = IN6_IS_ADDR_V4MAPPED(address6);
        family = is_mapped ? AF_INET : AF_INET6;
        address = is_mapped ? address6->s6_addr + 12 : address6->s6_addr;
    }
    if (address)
        inet_ntop(family, address, connection->peer, sizeof connection->peer);
}

static struct http_connection *new_connection(struct http_server *server, int fd)
{
    struct http_connection *connection = calloc(1, sizeof *connection);
    if (!connection)
        abort();
    connection->server = server;
    connection->fd = fd;
    connection->watch = loop_watch_new(server->loop, fd, on_ready, connection);
    connection->timer = loop_timer_new(server->loop, on_timer, connection);
    connection->next = server->connections;
    if (connection->next)
        connection->next->previous = connection;
    server->connections = connection;
    return connection;
}

void http_connection_open(struct http_server *server, int fd, const struct sockaddr_storage *peer)
{
    /* An answer is one write: waiting for more to send with it would only delay it. */
    int yes = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    struct http_connection *connection = new_connection(server, fd);
    server->connection_count++;
    note_peer(connection, peer);
    wait_for_more(connection);
}

void http_connection_turn_away(struct http_server *server, int fd)
{
    struct http_connection *connection = new_connection(server, fd);
    connection->is_turned_away = true;
    server->turned_away_count++;
    struct arena arena = {0};
    struct http_response response = {0};
    const struct http_request unread = {0};
    http_server_fill_problem(server, ERR_UNAVAILABLE, &unread, &arena, &response);
    struct http_answer answer = {.response = &response, .date = http_server_date(server), .closes = true};
    struct str text = http_answer_text(&answer, &arena);
    /* A socket just opened has room for it; if not, the client only sees the end. */
    ssize_t sent = send(fd, text.data, text.len, MSG_NOSIGNAL);
    (void)sent;
    arena_free(&arena);
    start_lingering(connection);
    wait_for_more(connection);
}

void http_connection_drain(struct http_connection *connection)
{
    if (connection->phase != HTTP_OPEN || connection->reading)
        return;
    if (!connection->first) {
        http_connection_close(connection);
        return;
    }
    connection->phase = HTTP_LAST;
    http_connection_answered(connection);
}

struct http_connection *http_connection_next(const struct http_connection *connection)
{
    return connection->next;
}
