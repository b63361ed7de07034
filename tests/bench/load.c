/* How fast are whole conversations answered?
 *
 * usage: load sms|whatsapp HOST:PORT GRAPH_PORT PEOPLE SECONDS FIRST_PHONE
 *
 * PEOPLE talk at a time, each over a connection of their own; who has finished is followed by somebody new,
 * until SECONDS have passed. A person says the next thing when the answer to the last has come: on SMS
 * in the webhook's response, on WhatsApp by a call of the Graph API, which this program plays, and the
 * webhook's 200. Every answer is checked. Prints one line: messages, seconds, p50 and p99 in ms, wrong. */

#include "graph.h"
#include "line.h"
#include "speak.h"

#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>

#define STEPS         6
#define PATIENCE_MS   20000
#define MISTAKES_TOLD 5

/* What is said, and what the answer must contain. */
static const struct {
    const char *sms;
    const char *whatsapp;
    const char *answer;
} steps[STEPS] = {
    {"hi", "hi", "your name?"},
    {"Asha Rao", "Asha Rao", "When were you born"},
    {"15 August 1990", "15 August 1990", "What time were you born"},
    {"6:30 pm", "6:30 pm", "Which town or city"},
    {"Pune", "Pune", "Is this right?"},
    {"1", "yes", "birth chart is being made"},
};

struct person {
    struct line line;
    int slot;
    long long phone;
    int step;
    double began_ms;
    bool is_acknowledged;
    bool is_answered;
};

static struct {
    bool is_whatsapp;
    struct person *people;
    int count;
    int busy;
    long long first_phone;
    long long next_conversation;
    double end_ms;
    double *latencies_ms;
    size_t messages;
    size_t capacity;
    size_t wrong;
} load;

static double now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static void say(struct person *person)
{
    char request[4096];
    struct said said = {
        .phone = person->phone,
        .id = person->phone * 10 + person->step,
        .text = load.is_whatsapp ? steps[person->step].whatsapp : steps[person->step].sms,
    };
    size_t len = load.is_whatsapp ? speak_whatsapp(&said, request, sizeof request)
                                  : speak_sms(&said, request, sizeof request);
    person->is_acknowledged = false;
    person->is_answered = false;
    person->began_ms = now_ms();
    line_send(&person->line, request, len);
}

/* A person's number ends in their place, so that the Graph API finds them. */
static void begin_conversation(struct person *person)
{
    if (now_ms() > load.end_ms) {
        load.busy--;
        return;
    }
    person->phone = load.first_phone + load.next_conversation++ * load.count + person->slot;
    person->step = 0;
    say(person);
}

static void check(const struct person *person, const char *answer)
{
    if (strstr(answer, steps[person->step].answer))
        return;
    if (load.wrong++ < MISTAKES_TOLD)
        fprintf(stderr, "load: expected \"%s\", got: %.300s\n", steps[person->step].answer, answer);
}

static void note_latency(double ms)
{
    if (load.messages == load.capacity) {
        load.capacity = load.capacity ? 2 * load.capacity : 65536;
        load.latencies_ms = realloc(load.latencies_ms, load.capacity * sizeof *load.latencies_ms);
        if (!load.latencies_ms)
            give_up("out of memory");
    }
    load.latencies_ms[load.messages++] = ms;
}

static void go_on(struct person *person)
{
    if (!person->is_acknowledged || !person->is_answered)
        return;
    note_latency(now_ms() - person->began_ms);
    if (++person->step < STEPS)
        say(person);
    else
        begin_conversation(person);
}

static void take_response(struct line *line, const char *head, const char *body)
{
    struct person *person = line->arg;
    if (strncmp(head, "HTTP/1.1 200", 12) != 0) {
        fprintf(stderr, "load: %.200s\n%.300s\n", head, body);
        give_up("a webhook was not answered 200");
    }
    person->is_acknowledged = true;
    if (!load.is_whatsapp) {
        check(person, body);
        person->is_answered = true;
    }
    go_on(person);
}

static void take_call(long long phone, const char *body)
{
    if (phone < load.first_phone)
        return;
    struct person *person = &load.people[(phone - load.first_phone) % load.count];
    /* At least once: an answer may come again, and then it is for a step that is over. */
    if (person->phone != phone || person->is_answered)
        return;
    check(person, body);
    person->is_answered = true;
    go_on(person);
}

static void cut_off(struct line *line)
{
    (void)line;
    give_up("the gateway closed a connection");
}

static int connect_to(const char *host_and_port)
{
    char host[256];
    const char *colon = strrchr(host_and_port, ':');
    struct addrinfo hints = {.ai_family = AF_INET, .ai_socktype = SOCK_STREAM};
    struct addrinfo *found;
    if (!colon || (size_t)(colon - host_and_port) >= sizeof host)
        give_up("expected HOST:PORT");
    memcpy(host, host_and_port, (size_t)(colon - host_and_port));
    host[colon - host_and_port] = '\0';
    if (getaddrinfo(host, colon + 1, &hints, &found) != 0)
        give_up("that host is not known");
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || connect(fd, found->ai_addr, found->ai_addrlen) != 0)
        give_up("the gateway can't be reached");
    freeaddrinfo(found);
    return fd;
}

static void open_people(int epoll, const char *host_and_port)
{
    load.people = calloc((size_t)load.count, sizeof *load.people);
    if (!load.people)
        give_up("out of memory");
    for (int i = 0; i < load.count; i++) {
        struct person *person = &load.people[i];
        person->slot = i;
        person->line.take = take_response;
        person->line.ended = cut_off;
        person->line.arg = person;
        line_open(&person->line, epoll, connect_to(host_and_port));
    }
}

static void run(int epoll, struct graph *graph)
{
    struct epoll_event events[64];
    load.busy = load.count;
    for (int i = 0; i < load.count; i++)
        begin_conversation(&load.people[i]);
    while (load.busy > 0) {
        int count = epoll_wait(epoll, events, 64, PATIENCE_MS);
        if (count == 0)
            give_up("no answer for 20 seconds");
        for (int i = 0; i < count; i++) {
            if (events[i].data.ptr == graph)
                graph_accept(graph);
            else
                line_ready(events[i].data.ptr);
        }
    }
}

static int by_size(const void *a, const void *b)
{
    double left = *(const double *)a;
    double right = *(const double *)b;
    return left < right ? -1 : left > right;
}

static double percentile(double part)
{
    return load.messages ? load.latencies_ms[(size_t)((double)(load.messages - 1) * part)] : 0;
}

int main(int argc, char **argv)
{
    if (argc != 7) {
        fputs("usage: load sms|whatsapp HOST:PORT GRAPH_PORT PEOPLE SECONDS FIRST_PHONE\n", stderr);
        return 2;
    }
    int epoll = epoll_create1(EPOLL_CLOEXEC);
    load.is_whatsapp = strcmp(argv[1], "whatsapp") == 0;
    load.count = atoi(argv[4]);
    load.first_phone = atoll(argv[6]);
    if (load.count < 1)
        give_up("PEOPLE must be at least 1");
    speak_setup(argv[2]);
    struct graph *graph = graph_new(epoll, atoi(argv[3]), take_call);
    open_people(epoll, argv[2]);
    double began_ms = now_ms();
    load.end_ms = began_ms + atof(argv[5]) * 1e3;
    run(epoll, graph);
    double seconds = (now_ms() - began_ms) / 1e3;
    qsort(load.latencies_ms, load.messages, sizeof *load.latencies_ms, by_size);
    printf("%zu %.3f %.2f %.2f %zu\n", load.messages, seconds, percentile(0.5), percentile(0.99), load.wrong);
    return 0;
}
