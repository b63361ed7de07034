/* A server that answers with what it was asked, for the tests of the HTTP front: front_echo [name=value]…
 * Names: header_bytes, max_connections, request_ms, idle_ms, write_ms, body_limit. Prints its port, then
 * serves until SIGTERM, on which it drains.
 *
 * /echo answers with the body, /later too, but only after 100 ms; /slow/N and /never choose their own time;
 * /large/N has N bytes; /nothing is 404 before the body, /get takes GET only, /headers answers with what was
 * understood. What became of each answer is printed as "written NAME". */

#include "base/log.h"
#include "net/http_server.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct echo {
    struct loop *loop;
    struct http_server *server;
    struct loop_timer *drained;
    struct loop_signal *term;
    struct http_exchange *kept; /* of /never */
    size_t body_limit;
};

struct later {
    struct http_exchange *exchange;
    struct loop_timer *timer;
    struct http_response response;
};

static enum err admit(void *arg, const struct http_request *head, size_t *body_limit, struct str *allow)
{
    struct echo *echo = arg;
    *body_limit = echo->body_limit;
    if (str_eq(head->path, STR("/nothing")))
        return ERR_NOT_FOUND;
    if (str_eq(head->path, STR("/get")) && !str_eq(head->method, STR("GET"))) {
        *allow = STR("GET, HEAD");
        return ERR_METHOD;
    }
    if (str_eq(head->path, STR("/json")) &&
        !str_eq(http_header_of(head, "Content-Type"), STR("application/json")))
        return ERR_MEDIA_TYPE;
    return ERR_NONE;
}

static void problem(void *arg, enum err err, const struct http_request *head, struct arena *arena,
                    struct http_response *out)
{
    (void)arg;
    (void)head;
    http_add_header(arena, out, "Content-Type", STR("application/problem+json"));
    out->body =
        arena_printf(arena, "{\"status\":%d,\"title\":\"%.*s\"}\n", err_status(err), STR_ARG(err_title(err)));
}

static struct str client_address(void *arg, struct str peer, struct str forwarded_for)
{
    (void)arg;
    return forwarded_for.len ? forwarded_for : peer;
}

static void written(void *arg, enum err err)
{
    (void)arg;
    if (err != ERR_NONE) {
        (void)printf("written %s\n", err_name(err));
        (void)fflush(stdout);
    }
}

static struct str describe(const struct http_request *request, struct arena *arena)
{
    struct buf buf = {.arena = arena};
    buf_printf(&buf, "%.*s %.*s path=%.*s query=%.*s client=%.*s\n", STR_ARG(request->method),
               STR_ARG(request->url), STR_ARG(request->path), STR_ARG(request->query),
               STR_ARG(request->client));
    for (size_t i = 0; i < request->header_count; i++)
        buf_printf(&buf, "[%.*s]=[%.*s]\n", STR_ARG(request->headers[i].name),
                   STR_ARG(request->headers[i].value));
    return buf_str(&buf);
}

static void answer_later(void *arg)
{
    struct later *later = arg;
    loop_timer_free(later->timer);
    http_respond(later->exchange, &later->response, written, NULL);
    free(later);
}

static void wait_with(struct echo *echo, struct http_exchange *exchange, const struct http_response *response,
                      uint64_t ms)
{
    struct later *later = calloc(1, sizeof *later);
    if (!later)
        abort();
    later->exchange = exchange;
    later->response = *response;
    later->timer = loop_timer_new(echo->loop, answer_later, later);
    loop_timer_start(later->timer, ms, 0);
}

static int64_t number_after(struct str path, struct str prefix)
{
    int64_t number = 0;
    return str_starts(path, prefix) && str_to_int64(str_slice(path, prefix.len, path.len), &number) ? number
                                                                                                    : -1;
}

static void handle(void *arg, struct http_exchange *exchange, const struct http_request *request,
                   struct arena *arena)
{
    struct echo *echo = arg;
    struct http_response response = {.status = 200, .body = request->body};
    int64_t slow_ms = str_eq(request->path, STR("/later")) ? 100 : number_after(request->path, STR("/slow/"));
    int64_t large = number_after(request->path, STR("/large/"));
    http_add_header(arena, &response, "Content-Type", STR("text/plain"));
    if (str_eq(request->path, STR("/headers")))
        response.body = describe(request, arena);
    if (str_eq(request->path, STR("/split")))
        http_add_header(arena, &response, "X-Split", STR("a\r\nX-Injected: b"));
    if (str_eq(request->path, STR("/empty")))
        response.status = 204;
    if (large >= 0) {
        response.body = (struct str){arena_alloc(arena, (size_t)large), (size_t)large};
        memset((char *)response.body.data, 'x', response.body.len);
    }
    if (str_eq(request->path, STR("/never")))
        echo->kept = exchange;
    else if (slow_ms >= 0)
        wait_with(echo, exchange, &response, (uint64_t)slow_ms);
    else
        http_respond(exchange, &response, written, NULL);
}

static void look_whether_drained(void *arg)
{
    struct echo *echo = arg;
    if (http_server_busy(echo->server) == 0)
        loop_stop(echo->loop);
}

static void drain(void *arg)
{
    struct echo *echo = arg;
    if (echo->kept)
        http_respond(echo->kept, &(struct http_response){.status = 503}, written, NULL);
    echo->kept = NULL;
    http_server_drain(echo->server);
    loop_timer_start(echo->drained, 1, 5);
}

static size_t setting(int argc, char **argv, const char *name, size_t otherwise)
{
    size_t len = strlen(name);
    for (int i = 1; i < argc; i++)
        if (strncmp(argv[i], name, len) == 0 && argv[i][len] == '=')
            return (size_t)strtoull(argv[i] + len + 1, NULL, 10);
    return otherwise;
}

int main(int argc, char **argv)
{
    log_setup(LOG_WARN, LOG_TEXT);
    const char *reason = "";
    int listen_fd = http_listen("127.0.0.1", 0, &reason);
    if (listen_fd < 0) {
        (void)fprintf(stderr, "front_echo: %s\n", reason);
        return 1;
    }
    struct echo echo = {.loop = loop_new(),
                        .body_limit = setting(argc, argv, "body_limit", (size_t)1024 * 1024)};
    struct http_server_conf conf = {
        .header_bytes = setting(argc, argv, "header_bytes", (size_t)16 * 1024),
        .max_connections = setting(argc, argv, "max_connections", 1000),
        .request_ms = setting(argc, argv, "request_ms", 10000),
        .idle_ms = setting(argc, argv, "idle_ms", 60000),
        .write_ms = setting(argc, argv, "write_ms", 10000),
        .admit = admit,
        .handle = handle,
        .client_address = client_address,
        .problem = problem,
        .arg = &echo,
    };
    echo.server = http_server_new(echo.loop, listen_fd, &conf);
    echo.drained = loop_timer_new(echo.loop, look_whether_drained, &echo);
    echo.term = loop_signal_new(echo.loop, SIGTERM, drain, &echo);
    (void)printf("%d\n", http_listen_port(listen_fd));
    (void)fflush(stdout);

    loop_run(echo.loop);
    http_server_free(echo.server);
    loop_timer_free(echo.drained);
    loop_signal_free(echo.term);
    loop_free(echo.loop);
    close(listen_fd);
    return 0;
}
