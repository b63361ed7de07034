/* Where is the host called that?
 *
 * Literal addresses and "localhost" need nobody. For any other name the C library asks DNS in a thread of its
 * own (getaddrinfo_a); a timer looks whether it has come back. Each reconnection asks anew, so that a server
 * which moved is found. */

#include "store/host_name.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LOOK_MS  10
/* What a name that is given up may keep us from leaving. */
#define LEAVE_MS 50

struct host_name {
    struct host_name *next_left_behind;
    struct loop_timer *look;
    char *host;
    char port[8];
    struct gaicb question; /* the library's while is_asked */
    struct addrinfo hints;
    bool is_asked;
    bool is_wanted; /* somebody waits for `found` */
    struct endpoint endpoints[ENDPOINTS_MAX];
    size_t count;
    void (*found)(void *arg, const struct endpoint *endpoints, size_t count);
    void *arg;
};

static void take(struct host_name *name, const struct addrinfo *list)
{
    name->count = 0;
    for (; list && name->count < ENDPOINTS_MAX; list = list->ai_next) {
        struct endpoint *endpoint = &name->endpoints[name->count];
        if (list->ai_addrlen > sizeof endpoint->address)
            continue;
        memcpy(&endpoint->address, list->ai_addr, list->ai_addrlen);
        endpoint->len = list->ai_addrlen;
        name->count++;
    }
}

/* With AI_NUMERICHOST nobody is asked: it reads what is written. */
static void add_literal(struct host_name *name, const char *host)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV};
    struct addrinfo *list = NULL;
    if (getaddrinfo(host, name->port, &hints, &list) != 0)
        return;
    if (name->count < ENDPOINTS_MAX) {
        struct endpoint *endpoint = &name->endpoints[name->count++];
        memcpy(&endpoint->address, list->ai_addr, list->ai_addrlen);
        endpoint->len = list->ai_addrlen;
    }
    freeaddrinfo(list);
}

static void find_literal(struct host_name *name)
{
    name->count = 0;
    if (strcmp(name->host, "localhost") == 0) {
        add_literal(name, "127.0.0.1");
        add_literal(name, "::1");
    } else {
        add_literal(name, name->host);
    }
}

static bool question_is_open(struct host_name *name)
{
    if (!name->is_asked)
        return false;
    int code = gai_error(&name->question);
    if (code == EAI_INPROGRESS)
        return true;
    name->is_asked = false;
    take(name, code == 0 ? name->question.ar_result : NULL);
    if (code == 0)
        freeaddrinfo(name->question.ar_result);
    name->question.ar_result = NULL;
    return false;
}

static void look(void *arg)
{
    struct host_name *name = arg;
    if (question_is_open(name)) {
        loop_timer_start(name->look, LOOK_MS, 0);
        return;
    }
    if (!name->is_wanted)
        return;
    name->is_wanted = false;
    name->found(name->arg, name->endpoints, name->count);
}

void host_name_ask(struct host_name *name)
{
    name->is_wanted = true;
    if (!name->is_asked) {
        find_literal(name);
        if (name->count == 0) {
            name->hints = (struct addrinfo){.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV};
            name->question =
                (struct gaicb){.ar_name = name->host, .ar_service = name->port, .ar_request = &name->hints};
            name->is_asked = getaddrinfo_a(GAI_NOWAIT, (struct gaicb *[]){&name->question}, 1, NULL) == 0;
        }
    }
    loop_timer_start(name->look, 0, 0);
}

void host_name_stop(struct host_name *name)
{
    name->is_wanted = false;
}

struct host_name *host_name_new(struct loop *loop, struct str host, int port,
                                void (*found)(void *arg, const struct endpoint *endpoints, size_t count),
                                void *arg)
{
    struct host_name *name = calloc(1, sizeof *name);
    if (!name)
        abort();
    name->host = strndup(host.data, host.len);
    if (!name->host)
        abort();
    (void)snprintf(name->port, sizeof name->port, "%d", port);
    name->look = loop_timer_new(loop, look, name);
    name->found = found;
    name->arg = arg;
    return name;
}

/* The library's thread writes into `name` until it is done: memory that it still holds is left to it. */
void host_name_free(struct host_name *name)
{
    static struct host_name *left_behind; /* reachable, so that no tool takes them for lost */
    if (!name)
        return;
    loop_timer_free(name->look);
    if (question_is_open(name)) {
        gai_cancel(&name->question);
        gai_suspend((const struct gaicb *[]){&name->question}, 1,
                    &(struct timespec){.tv_nsec = LEAVE_MS * 1000000});
        if (question_is_open(name)) {
            name->next_left_behind = left_behind;
            left_behind = name;
            return;
        }
    }
    free(name->host);
    free(name);
}
