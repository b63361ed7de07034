/* What does another service answer?
 *
 * libcurl does the protocol; the loop tells it what is ready and when time is up. http_call -> (libcurl
 * works, from the loop) -> take_results -> finish -> done. Connections, names and their lifetimes are kept by
 * the multi handle; what libcurl is told of one call, and does with its answer, is http_call.c's. */

#include "net/http_call.h"
#include "net/socket_watches.h"

#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>

#define CONNECTIONS_A_HOST 64L
#define CONNECTIONS_KEPT   128L
#define CALLS_KEPT         64

struct http_client {
    CURLM *multi;
    struct socket_watches *sockets;
    struct loop_timer *timer;
    struct call *calls;            /* under way */
    struct call *idle[CALLS_KEPT]; /* the one longest unused first */
    size_t idle_count;
};

/* ---- Results ---- */

static void put_back(struct call *call)
{
    struct http_client *client = call->client;
    call_clear(call);
    if (client->idle_count == CALLS_KEPT)
        call_free(call);
    else
        client->idle[client->idle_count++] = call;
}

static void end(struct call *call, enum err err, const struct http_response *response)
{
    struct http_client *client = call->client;
    curl_multi_remove_handle(client->multi, call->easy);
    if (call->previous)
        call->previous->next = call->next;
    else
        client->calls = call->next;
    if (call->next)
        call->next->previous = call->previous;
    call->done(call->arg, err, response, &call->arena);
    put_back(call);
}

static void finish(struct call *call, enum err err)
{
    long status = 0;
    curl_easy_getinfo(call->easy, CURLINFO_RESPONSE_CODE, &status);
    call->response.status = (int)status;
    call->response.body = buf_str(&call->body);
    end(call, err, err == ERR_NONE || status ? &call->response : NULL);
}

static void take_results(struct http_client *client)
{
    CURLMsg *message;
    int left;
    while ((message = curl_multi_info_read(client->multi, &left))) {
        if (message->msg != CURLMSG_DONE)
            continue;
        char *private = NULL;
        CURLcode result = message->data.result;
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &private);
        struct call *call = (struct call *)(void *)private;
        finish(call, call_judge(call, (int)result));
    }
}

/* ---- libcurl on our loop ---- */

static void socket_ready(void *arg, int fd, bool readable, bool writable)
{
    struct http_client *client = arg;
    int running;
    int what = (readable ? CURL_CSELECT_IN : 0) | (writable ? CURL_CSELECT_OUT : 0);
    curl_multi_socket_action(client->multi, fd, what, &running);
    take_results(client);
}

static int watch_socket(CURL *easy, curl_socket_t fd, int what, void *arg, void *socket_arg)
{
    (void)easy;
    (void)socket_arg;
    struct http_client *client = arg;
    if (what == CURL_POLL_REMOVE)
        socket_watches_rest(client->sockets, fd);
    else
        socket_watches_set(client->sockets, fd, what != CURL_POLL_OUT, what != CURL_POLL_IN);
    return 0;
}

static int set_timer(CURLM *multi, long timeout_ms, void *arg)
{
    (void)multi;
    struct http_client *client = arg;
    if (timeout_ms < 0)
        loop_timer_stop(client->timer);
    else
        loop_timer_start(client->timer, (uint64_t)timeout_ms, 0);
    return 0;
}

static void time_is_up(void *arg)
{
    struct http_client *client = arg;
    int running;
    curl_multi_socket_action(client->multi, CURL_SOCKET_TIMEOUT, 0, &running);
    take_results(client);
}

static struct call *take_idle(struct http_client *client, size_t place)
{
    struct call *call = client->idle[place];
    client->idle_count--;
    memmove(&client->idle[place], &client->idle[place + 1],
            (client->idle_count - place) * sizeof(struct call *));
    return call;
}

/* One that led to the same URL before, if there is one. */
static struct call *take_call(struct http_client *client, struct str url)
{
    for (size_t i = client->idle_count; i-- > 0;)
        if (str_eq(client->idle[i]->url, url))
            return take_idle(client, i);
    bool is_full = client->idle_count == CALLS_KEPT;
    struct call *call = is_full ? take_idle(client, 0) : call_new(client->sockets);
    call->client = client;
    call_lead(call, url);
    return call;
}

void http_call(struct http_client *client, const struct http_request *request, uint64_t deadline_ms,
               void (*done)(void *arg, enum err err, const struct http_response *response,
                            struct arena *arena),
               void *arg)
{
    http_fetch(client, request, &(struct http_bounds){.deadline_ms = deadline_ms}, done, arg);
}

void http_fetch(struct http_client *client, const struct http_request *request,
                const struct http_bounds *bounds,
                void (*done)(void *arg, enum err err, const struct http_response *response,
                             struct arena *arena),
                void *arg)
{
    bool can_be_sent = call_can_send(request);
    struct call *call = take_call(client, can_be_sent ? request->url : STR(""));
    call->done = done;
    call->arg = arg;
    call_bound(call, bounds);
    if (can_be_sent)
        call_ask(call, request);
    call->previous = NULL;
    call->next = client->calls;
    if (call->next)
        call->next->previous = call;
    client->calls = call;
    must(curl_multi_add_handle(client->multi, call->easy) == CURLM_OK);
}

struct http_client *http_client_new(struct loop *loop)
{
    must(curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK);
    struct http_client *client = calloc(1, sizeof *client);
    must(client != NULL);
    client->sockets = socket_watches_new(loop, socket_ready, client);
    client->timer = loop_timer_new(loop, time_is_up, client);
    client->multi = curl_multi_init();
    must(client->multi != NULL);
    curl_multi_setopt(client->multi, CURLMOPT_SOCKETFUNCTION, watch_socket);
    curl_multi_setopt(client->multi, CURLMOPT_SOCKETDATA, client);
    curl_multi_setopt(client->multi, CURLMOPT_TIMERFUNCTION, set_timer);
    curl_multi_setopt(client->multi, CURLMOPT_TIMERDATA, client);
    curl_multi_setopt(client->multi, CURLMOPT_MAX_HOST_CONNECTIONS, CONNECTIONS_A_HOST);
    curl_multi_setopt(client->multi, CURLMOPT_MAXCONNECTS, CONNECTIONS_KEPT);
    return client;
}

void http_client_free(struct http_client *client)
{
    if (!client)
        return;
    struct call *call = client->calls;
    while (call) {
        struct call *next = call->next;
        end(call, ERR_UNAVAILABLE, NULL);
        call = next;
    }
    while (client->idle_count)
        call_free(client->idle[--client->idle_count]);
    curl_multi_cleanup(client->multi);
    socket_watches_free(client->sockets);
    loop_timer_free(client->timer);
    free(client);
    curl_global_cleanup();
}
