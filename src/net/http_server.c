/* Who may come in? The listening socket, the limit on connections, and the drain before the end. */

#include "base/clock.h"
#include "base/log.h"
#include "net/http_connection.h"

#include <errno.h>
#include <limits.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#define LISTEN_BACKLOG            511
/* Accepted in one turn of the loop, so that other workers get their share. */
#define ACCEPT_MAX                32
/* Clients over the limit that are told so at the same time; more are only closed. */
#define TURNED_AWAY_MAX           128
/* Rest of the listener when the process has no descriptor left. */
#define ACCEPT_PAUSE_MS           100
/* Of the descriptors, an eighth is kept for what those who are in already need: the pair that a web chat
 * takes, PostgreSQL, providers. Before that, from three quarters on, other workers come first. */
#define WITHOUT_ROOM(descriptors) ((descriptors) - (descriptors) / 8)
#define WITH_LITTLE(descriptors)  ((descriptors) - (descriptors) / 4)

static void admit_connection(struct http_server *server, int fd, const struct sockaddr_storage *peer,
                             bool has_room)
{
    if (has_room && server->connection_count < server->conf.max_connections)
        http_connection_open(server, fd, peer);
    else if (server->turned_away_count < TURNED_AWAY_MAX)
        http_connection_turn_away(server, fd);
    else
        close(fd);
}

static void rest(struct http_server *server)
{
    loop_watch_set(server->listen_watch, false, false);
    loop_timer_start(server->pause, ACCEPT_PAUSE_MS, 0);
}

/* Out of descriptors or memory: the waiting client would wake us again and again. */
static void give_up(struct http_server *server, const char *reason)
{
    log_event(LOG_WARN, "cannot accept a connection", log_cstr("reason", reason),
              log_int("connections", (int64_t)server->connection_count));
    rest(server);
}

static void rested(void *arg)
{
    struct http_server *server = arg;
    if (server->listen_watch)
        loop_watch_set(server->listen_watch, true, false);
}

static void accept_connections(void *arg, bool readable, bool writable)
{
    (void)readable, (void)writable;
    struct http_server *server = arg;
    for (int i = 0; i < ACCEPT_MAX; i++) {
        struct sockaddr_storage peer = {0};
        socklen_t len = sizeof peer;
        int fd = accept4(server->listen_fd, (struct sockaddr *)&peer, &len, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd < 0) {
            if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM)
                give_up(server, strerror(errno));
            /* Otherwise nobody waits any more, or one client went before it was accepted. */
            return;
        }
        /* The kernel gives the lowest number that is free. */
        bool has_room = fd < WITHOUT_ROOM(server->descriptors);
        admit_connection(server, fd, &peer, has_room);
        if (!has_room)
            give_up(server, "few descriptors are left");
        else if (fd >= WITH_LITTLE(server->descriptors))
            rest(server);
        else
            continue;
        return;
    }
}

static int count_descriptors(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur > INT_MAX)
        return INT_MAX;
    return (int)limit.rlim_cur;
}

struct http_server *http_server_new(struct loop *loop, int listen_fd, const struct http_server_conf *conf)
{
    struct http_server *server = calloc(1, sizeof *server);
    if (!server)
        abort();
    server->loop = loop;
    server->conf = *conf;
    server->bodies.most = conf->body_bytes;
    server->listen_fd = listen_fd;
    server->descriptors = count_descriptors();
    server->finished_end = &server->finished;
    server->finished_check = loop_check_new(loop, http_exchange_run_finished, server);
    server->pause = loop_timer_new(loop, rested, server);
    server->listen_watch = loop_watch_new(loop, listen_fd, accept_connections, server);
    loop_watch_set(server->listen_watch, true, false);
    return server;
}

static void stop_listening(struct http_server *server)
{
    loop_watch_free(server->listen_watch);
    loop_timer_free(server->pause);
    server->listen_watch = NULL;
    server->pause = NULL;
}

void http_server_drain(struct http_server *server)
{
    server->is_draining = true;
    stop_listening(server);
    struct http_connection *connection = server->connections;
    while (connection) {
        struct http_connection *next = http_connection_next(connection);
        http_connection_drain(connection);
        connection = next;
    }
}

size_t http_server_busy(const struct http_server *server)
{
    return server->busy;
}

void http_server_free(struct http_server *server)
{
    if (!server)
        return;
    stop_listening(server);
    while (server->connections)
        http_connection_close(server->connections);
    server->is_freed = true;
    http_exchange_run_finished(server);
}

void http_server_release(struct http_server *server)
{
    if (!server->is_freed || server->busy || server->finished)
        return;
    while (server->spare) {
        struct http_exchange *exchange = server->spare;
        server->spare = exchange->next;
        arena_free(&exchange->arena);
        free(exchange);
    }
    loop_check_free(server->finished_check);
    free(server);
}

struct str http_server_date(struct http_server *server)
{
    int64_t now_ms = clock_now_ms();
    if (now_ms / 1000 != server->date_s) {
        server->date_s = now_ms / 1000;
        http_date(now_ms, server->date);
    }
    return (struct str){server->date, HTTP_DATE_BYTES - 1};
}

void http_server_fill_problem(struct http_server *server, enum err why, const struct http_request *head,
                              struct arena *arena, struct http_response *out)
{
    out->status = err_status(why);
    server->conf.problem(server->conf.arg, why, head, arena, out);
}

static int try_address(const struct addrinfo *address)
{
    int fd = socket(address->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, address->ai_protocol);
    if (fd < 0)
        return -1;
    int yes = 1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (bind(fd, address->ai_addr, address->ai_addrlen) == 0 && listen(fd, LISTEN_BACKLOG) == 0)
        return fd;
    int error = errno;
    close(fd);
    errno = error;
    return -1;
}

int http_listen(const char *address, int port, const char **reason)
{
    char service[16];
    (void)snprintf(service, sizeof service, "%d", port);
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE | AI_NUMERICSERV};
    struct addrinfo *found = NULL;
    int result = getaddrinfo(address, service, &hints, &found);
    if (result != 0) {
        *reason = gai_strerror(result);
        return -1;
    }
    int fd = -1;
    for (const struct addrinfo *each = found; each && fd < 0; each = each->ai_next)
        fd = try_address(each);
    if (fd < 0)
        *reason = strerror(errno);
    freeaddrinfo(found);
    return fd;
}

int http_listen_port(int fd)
{
    union {
        struct sockaddr any;
        struct sockaddr_in in4;
        struct sockaddr_in6 in6;
    } own = {0};
    socklen_t len = sizeof own;
    if (getsockname(fd, &own.any, &len) != 0)
        return -1;
    return ntohs(own.any.sa_family == AF_INET6 ? own.in6.sin6_port : own.in4.sin_port);
}
