/* What do the exchanges alone cost on this machine, without a gateway?
 *
 * usage: reference answered|posted PORT PEOPLE SECONDS
 *
 * answered: a request of a webhook's size is read and answered 200 at once, nothing else.
 * posted: a message of WhatsApp's size is sent to the Graph API by libcurl (multi interface, sockets on
 * epoll, connections and easy handles kept), and its answer thrown away.
 *
 * PEOPLE at a time, each by a connection of their own. The other side is a process of its own. Prints one
 * line: exchanges, and the CPU microseconds of one on this side. */

#include "graph.h"
#include "line.h"

#include <curl/curl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define EVENTS     64
#define BODY_BYTES 600

static const char message[] =
    "{\"messaging_product\":\"whatsapp\",\"recipient_type\":\"individual\",\"to\":\"919900000001\","
    "\"biz_opaque_callback_data\":\"2635\",\"type\":\"text\",\"text\":{\"body\":\"Nice to meet you, Asha! "
    "When were "
    "you born? For example 15 August 1990.\",\"preview_url\":false}}";

static struct {
    size_t exchanges;
    double end_s;
} done;

static double now_s(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static double cpu_us(void)
{
    struct rusage used;
    getrusage(RUSAGE_SELF, &used);
    return (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1e6 +
           (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec);
}

static struct sockaddr_in here(int port)
{
    return (struct sockaddr_in){
        .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
}

/* ---- The side that is not measured ---- */

static void not_told(long long phone, const char *body)
{
    (void)phone;
    (void)body;
}

static void serve(int epoll, struct graph *graph)
{
    struct epoll_event events[EVENTS];
    for (;;) {
        int count = epoll_wait(epoll, events, EVENTS, -1);
        for (int i = 0; i < count; i++) {
            if (events[i].data.ptr == graph)
                graph_accept(graph);
            else
                line_ready(events[i].data.ptr);
        }
    }
}

static void ask(struct line *line)
{
    char request[BODY_BYTES + 200];
    int len = snprintf(request, sizeof request,
                       "POST /webhooks/sms HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\n"
                       "Content-Length: %d\r\n\r\n%*s",
                       BODY_BYTES, BODY_BYTES, "");
    line_send(line, request, (size_t)len);
}

static void ask_again(struct line *line, const char *head, const char *body)
{
    (void)head;
    (void)body;
    ask(line);
}

static void let_go(struct line *line)
{
    (void)line;
    exit(0);
}

static struct line *new_line(int epoll, int fd,
                             void (*take)(struct line *line, const char *head, const char *body))
{
    struct line *line = calloc(1, sizeof *line);
    if (!line || fd < 0)
        give_up("no connection");
    line->take = take;
    line->ended = let_go;
    line_open(line, epoll, fd);
    return line;
}

static void ask_for_ever(int port, int people)
{
    struct sockaddr_in address = here(port);
    int epoll = epoll_create1(EPOLL_CLOEXEC);
    for (int i = 0; i < people; i++) {
        int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (connect(fd, (struct sockaddr *)&address, sizeof address) != 0)
            give_up("the port can't be reached");
        ask(new_line(epoll, fd, ask_again));
    }
    serve(epoll, NULL);
}

/* True in the child, which never outlives its parent. */
static bool is_other_side(void)
{
    pid_t parent = getpid();
    pid_t child = fork();
    if (child < 0)
        give_up("no process");
    if (child > 0)
        return false;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        exit(0);
    return true;
}

/* ---- answered ---- */

static void answer(struct line *line, const char *head, const char *body)
{
    static const char ok[] = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\nok";
    (void)head;
    (void)body;
    done.exchanges++;
    line_send(line, ok, sizeof ok - 1);
}

static void run_answered(int port, int people)
{
    struct sockaddr_in address = here(port);
    struct epoll_event events[EVENTS];
    int on = 1;
    int epoll = epoll_create1(EPOLL_CLOEXEC);
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(listener, (struct sockaddr *)&address, sizeof address) != 0 || listen(listener, people) != 0)
        give_up("the port is taken");
    if (is_other_side())
        ask_for_ever(port, people);
    for (int i = 0; i < people; i++)
        new_line(epoll, accept(listener, NULL, NULL), answer);
    while (now_s() < done.end_s) {
        int count = epoll_wait(epoll, events, EVENTS, 1000);
        for (int i = 0; i < count; i++)
            line_ready(events[i].data.ptr);
    }
}

/* ---- posted ---- */

static struct {
    int epoll;
    CURLM *multi;
    bool is_due; /* libcurl wants to be called without a socket */
} poster;

static int watch(CURL *easy, curl_socket_t fd, int what, void *arg, void *is_known)
{
    (void)easy;
    (void)arg;
    struct epoll_event event = {.data.fd = fd};
    event.events = (what & CURL_POLL_IN ? EPOLLIN : 0U) | (what & CURL_POLL_OUT ? EPOLLOUT : 0U);
    int operation = what == CURL_POLL_REMOVE ? EPOLL_CTL_DEL : is_known ? EPOLL_CTL_MOD : EPOLL_CTL_ADD;
    epoll_ctl(poster.epoll, operation, fd, &event);
    curl_multi_assign(poster.multi, fd, what == CURL_POLL_REMOVE ? NULL : &poster);
    return 0;
}

static int set_timer(CURLM *multi, long timeout_ms, void *arg)
{
    (void)multi;
    (void)arg;
    poster.is_due = timeout_ms == 0;
    return 0;
}

static size_t throw_away(char *data, size_t size, size_t count, void *arg)
{
    (void)data;
    (void)arg;
    return size * count;
}

static CURLU *address_of(int port)
{
    char url[100];
    CURLU *address = curl_url();
    snprintf(url, sizeof url, "http://127.0.0.1:%d/v25.0/1234567890/messages", port);
    if (!address || curl_url_set(address, CURLUPART_URL, url, 0) != CURLUE_OK)
        give_up("no libcurl");
    return address;
}

static CURL *new_call(CURLU *address, struct curl_slist *headers)
{
    CURL *easy = curl_easy_init();
    if (!easy)
        give_up("no libcurl");
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_PROXY, "");
    curl_easy_setopt(easy, CURLOPT_CURLU, address);
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, message);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE, (long)(sizeof message - 1));
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, throw_away);
    return easy;
}

/* Who has the answer posts again. */
static void post_again(void)
{
    CURLMsg *ended;
    int left;
    while ((ended = curl_multi_info_read(poster.multi, &left))) {
        CURL *easy = ended->easy_handle;
        if (ended->data.result != CURLE_OK)
            give_up(curl_easy_strerror(ended->data.result));
        done.exchanges++;
        curl_multi_remove_handle(poster.multi, easy);
        curl_multi_add_handle(poster.multi, easy);
    }
}

static void act(int fd, int what)
{
    int running;
    curl_multi_socket_action(poster.multi, fd, what, &running);
    post_again();
}

static void run_posted(int port, int people)
{
    struct epoll_event events[EVENTS];
    CURLU *address = address_of(port);
    struct curl_slist *headers = curl_slist_append(NULL, "Content-Type: application/json");
    headers = curl_slist_append(headers, "Authorization: Bearer "
                                         "EAA9d71I2VZMHuipXiFA0Bj6HFP9CUxTWiArdR4atuXiKDbHfTT2g7MY0E8Kety");
    int graph_epoll = epoll_create1(EPOLL_CLOEXEC);
    struct graph *graph = graph_new(graph_epoll, port, not_told);
    if (is_other_side())
        serve(graph_epoll, graph);
    poster.epoll = epoll_create1(EPOLL_CLOEXEC);
    poster.multi = curl_multi_init();
    curl_multi_setopt(poster.multi, CURLMOPT_SOCKETFUNCTION, watch);
    curl_multi_setopt(poster.multi, CURLMOPT_TIMERFUNCTION, set_timer);
    curl_multi_setopt(poster.multi, CURLMOPT_MAXCONNECTS, (long)people);
    for (int i = 0; i < people; i++)
        curl_multi_add_handle(poster.multi, new_call(address, headers));
    while (now_s() < done.end_s) {
        if (poster.is_due)
            act(CURL_SOCKET_TIMEOUT, 0);
        int count = epoll_wait(poster.epoll, events, EVENTS, poster.is_due ? 0 : 1000);
        for (int i = 0; i < count; i++)
            act(events[i].data.fd, (events[i].events & EPOLLIN ? CURL_CSELECT_IN : 0) |
                                       (events[i].events & EPOLLOUT ? CURL_CSELECT_OUT : 0));
    }
}

int main(int argc, char **argv)
{
    if (argc != 5) {
        fputs("usage: reference answered|posted PORT PEOPLE SECONDS\n", stderr);
        return 2;
    }
    int port = atoi(argv[2]);
    int people = atoi(argv[3]);
    done.end_s = now_s() + atof(argv[4]);
    double before_us = cpu_us();
    if (strcmp(argv[1], "posted") == 0)
        run_posted(port, people);
    else
        run_answered(port, people);
    if (done.exchanges == 0)
        give_up("nothing was exchanged");
    printf("%zu %.1f\n", done.exchanges, (cpu_us() - before_us) / (double)done.exchanges);
    return 0;
}
