/* What does Meta answer to a message? */

#include "graph.h"

#include "line.h"

#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>

struct graph {
    int epoll;
    int fd;
    long long next_id;
    void (*got)(long long phone, const char *body);
};

static void answer(struct line *line, const char *body)
{
    char response[1024];
    int len =
        snprintf(response, sizeof response,
                 "HTTP/1.1 200 OK\r\nContent-Type: application/json; charset=UTF-8\r\nContent-Length: %zu\r\n"
                 "facebook-api-version: v25.0\r\nConnection: keep-alive\r\n\r\n%s",
                 strlen(body), body);
    line_send(line, response, (size_t)len);
}

static void take(struct line *line, const char *head, const char *body)
{
    struct graph *graph = line->arg;
    const char *to = strstr(body, "\"to\":\"");
    if (strncmp(head, "POST ", 5) != 0)
        give_up("the gateway called the Graph API with something else than POST");
    if (!to) {
        /* A read mark. */
        answer(line, "{\"success\":true}");
        return;
    }
    char accepted[512];
    to += strlen("\"to\":\"");
    long long phone = strtoll(*to == '+' ? to + 1 : to, NULL, 10);
    snprintf(accepted, sizeof accepted,
             "{\"messaging_product\":\"whatsapp\",\"contacts\":[{\"input\":\"%lld\",\"wa_id\":\"%lld\"}],"
             "\"messages\":[{\"id\":\"wamid.GRAPH%024lld\"}]}",
             phone, phone, graph->next_id++);
    answer(line, accepted);
    graph->got(phone, body);
}

static void ended(struct line *line)
{
    free(line);
}

void graph_accept(struct graph *graph)
{
    int fd = accept4(graph->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0)
        return;
    struct line *line = calloc(1, sizeof *line);
    if (!line)
        give_up("out of memory");
    line->take = take;
    line->ended = ended;
    line->arg = graph;
    line_open(line, graph->epoll, fd);
}

struct graph *graph_new(int epoll, int port, void (*got)(long long phone, const char *body))
{
    struct graph *graph = calloc(1, sizeof *graph);
    if (!graph)
        give_up("out of memory");
    int on = 1;
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = graph};
    graph->epoll = epoll;
    graph->got = got;
    graph->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    setsockopt(graph->fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (graph->fd < 0 || bind(graph->fd, (struct sockaddr *)&address, sizeof address) != 0 ||
        listen(graph->fd, 256) != 0 || epoll_ctl(epoll, EPOLL_CTL_ADD, graph->fd, &event) != 0)
        give_up("the Graph API's port is taken");
    return graph;
}
