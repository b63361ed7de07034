/* What does another service answer?
 *
 * libcurl does the protocol; the loop tells it what is ready and when time is up. http_call -> (curl works,
 * from the loop) -> take_results -> finish -> done. Connections, names and their lifetimes are kept by the
 * multi handle; a call, its easy handle, the URL as it was parsed and all settings that never change serve
 * again and again. */

#include "net/http_client.h"

#include "net/public_address.h"
#include "net/socket_watches.h"

#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define CONNECT_MS           5000L
#define CONNECTIONS_A_HOST   64L
#define CONNECTIONS_KEPT     128L
#define CALLS_KEPT           64
#define ANSWER_HEADERS_BYTES ((size_t)64 * 1024)

struct http_client {
    CURLM *multi;
    struct socket_watches *sockets;
    struct loop_timer *timer;
    struct call *calls;            /* under way */
    struct call *idle[CALLS_KEPT]; /* the one longest unused first */
    size_t idle_count;
};

struct call {
    struct http_client *client;
    struct call *next;
    struct call *previous;
    CURL *easy;
    CURLU *address;   /* `url`, parsed; empty where that is unusable */
    struct str url;   /* where the call leads, or led while it is idle */
    struct arena own; /* of `url` */
    /* From here on: of the one call under way. */
    struct arena arena;
    struct http_response response;
    size_t header_bytes;
    struct buf body;
    size_t body_most;
    bool is_too_large;
    bool only_public;
    bool is_led_inside; /* its URL led to an address that it may not connect to */
    void (*done)(void *arg, enum err err, const struct http_response *response, struct arena *arena);
    void *arg;
};

static void must(bool good)
{
    if (!good)
        abort(); /* out of memory, or a call that libcurl does not know: the supervisor starts again */
}

/* ---- Results ---- */

/* Whether the service can have seen the request, and so whether a repetition is safe. */
static enum err judge(const struct call *call, CURLcode result)
{
    if (call->is_too_large)
        return ERR_TOO_LARGE;
    if (result == CURLE_OK)
        return ERR_NONE;
    if (call->is_led_inside)
        return ERR_INVALID;
    if (result == CURLE_URL_MALFORMAT || result == CURLE_UNSUPPORTED_PROTOCOL)
        return ERR_INVALID;
    long sent = 0;
    if (curl_easy_getinfo(call->easy, CURLINFO_REQUEST_SIZE, &sent) == CURLE_OK && sent == 0)
        return ERR_UNREACHABLE;
    return result == CURLE_OPERATION_TIMEDOUT ? ERR_TIMEOUT : ERR_UNAVAILABLE;
}

static void destroy(struct call *call)
{
    curl_easy_cleanup(call->easy);
    curl_url_cleanup(call->address);
    arena_free(&call->own);
    free(call);
}

static void put_back(struct call *call)
{
    struct http_client *client = call->client;
    curl_easy_setopt(call->easy, CURLOPT_HTTPHEADER, NULL);
    curl_easy_setopt(call->easy, CURLOPT_POSTFIELDS, NULL);
    arena_free(&call->arena);
    if (client->idle_count == CALLS_KEPT)
        destroy(call);
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
        char *call = NULL;
        CURLcode result = message->data.result;
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &call);
        finish((struct call *)(void *)call, judge((struct call *)(void *)call, result));
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

/* ---- The answer ---- */

static size_t take_body(char *data, size_t size, size_t count, void *arg)
{
    struct call *call = arg;
    size_t len = size * count;
    if (len > call->body_most - call->body.len) {
        call->is_too_large = true;
        return 0;
    }
    buf_put(&call->body, (struct str){data, len});
    return len;
}

static size_t take_header(char *data, size_t size, size_t count, void *arg)
{
    struct call *call = arg;
    struct http_response *response = &call->response;
    struct str line = {data, size * count};
    call->header_bytes += line.len;
    if (call->header_bytes > ANSWER_HEADERS_BYTES) {
        call->is_too_large = true;
        return 0;
    }
    /* Another answer begins: the one before was only a 100 Continue. */
    if (str_starts(line, STR("HTTP/")))
        response->header_count = 0;
    size_t colon = str_find_char(line, ':');
    if (colon == STR_NONE || response->header_count == HTTP_ANSWER_HEADERS_MAX)
        return line.len;
    struct str kept = arena_copy(&call->arena, line);
    response->headers = http_grow_headers(&call->arena, response->headers, response->header_count);
    response->headers[response->header_count++] =
        (struct http_header){str_slice(kept, 0, colon), str_trim(str_slice(kept, colon + 1, kept.len))};
    return line.len;
}

/* ---- The request ---- */

#define SET(call, option, value) must(curl_easy_setopt((call)->easy, (option), (value)) == CURLE_OK)

static bool has_control(struct str text)
{
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.data[i] < ' ' || text.data[i] == 0x7F)
            return true;
    return false;
}

/* No text may end the line that it stands on. */
static bool is_sendable(const struct http_request *request)
{
    if (has_control(request->url) || has_control(request->method))
        return false;
    for (size_t i = 0; i < request->header_count; i++)
        if (has_control(request->headers[i].name) || has_control(request->headers[i].value))
            return false;
    return true;
}

/* libcurl takes "Name;" for a header without a value, and "Name:" for one to leave out. */
static const char *header_line(struct arena *arena, const struct http_header *header)
{
    if (header->value.len == 0)
        return arena_join(arena, header->name, STR(";")).data;
    return arena_join(arena, header->name, STR(": "), header->value).data;
}

/* libcurl keeps the list as it is given and only reads it, so it can stand in our arena. */
static void set_headers(struct call *call, const struct http_request *request)
{
    size_t count = 0;
    struct curl_slist *lines = arena_new_array(&call->arena, struct curl_slist, request->header_count + 2);
    for (size_t i = 0; i < request->header_count; i++)
        lines[count++].data = (char *)header_line(&call->arena, &request->headers[i]);
    /* What libcurl would add by itself. */
    lines[count++].data = (char *)"Expect:";
    if (!http_header_of(request, "Content-Type").len)
        lines[count++].data = (char *)"Content-Type:";
    for (size_t i = 1; i < count; i++)
        lines[i - 1].next = &lines[i];
    SET(call, CURLOPT_HTTPHEADER, lines);
}

static void set_method(struct call *call, const struct http_request *request)
{
    const char *name = NULL; /* where it is another than libcurl takes by itself */
    SET(call, CURLOPT_HTTPGET, 1L);
    if (str_eq(request->method, STR("HEAD"))) {
        SET(call, CURLOPT_NOBODY, 1L);
    } else if (!str_eq(request->method, STR("GET"))) {
        SET(call, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body.len);
        SET(call, CURLOPT_POSTFIELDS, arena_cstring(&call->arena, request->body));
        if (!str_eq(request->method, STR("POST")))
            name = arena_cstring(&call->arena, request->method);
    }
    SET(call, CURLOPT_CUSTOMREQUEST, name);
}

static curl_socket_t open_socket(void *arg, curlsocktype purpose, struct curl_sockaddr *to)
{
    (void)purpose;
    struct call *call = arg;
    if (!call->only_public || address_is_public(&to->addr))
        return socket_watches_open(call->client->sockets, to->family, to->socktype, to->protocol);
    call->is_led_inside = true;
    return CURL_SOCKET_BAD;
}

static int close_socket(void *arg, curl_socket_t fd)
{
    return socket_watches_close(arg, fd);
}

static void set_bounds(struct call *call, const struct http_bounds *bounds)
{
    uint64_t asked = bounds->deadline_ms;
    long deadline = asked > 0 && asked < INT32_MAX ? (long)asked : INT32_MAX;
    call->body_most = bounds->answer_bytes ? bounds->answer_bytes : HTTP_CLIENT_ANSWER_BYTES;
    call->only_public = bounds->only_public;
    /* A connection that another call has made was not looked at. */
    SET(call, CURLOPT_FRESH_CONNECT, (long)bounds->only_public);
    SET(call, CURLOPT_FORBID_REUSE, (long)bounds->only_public);
    SET(call, CURLOPT_TIMEOUT_MS, deadline);
    SET(call, CURLOPT_CONNECTTIMEOUT_MS, deadline < CONNECT_MS ? deadline : CONNECT_MS);
}

/* Parses the URL that this and probably the next calls lead to. */
static void lead(struct call *call, struct str url)
{
    arena_free(&call->own);
    call->url = arena_copy(&call->own, url);
    curl_url_cleanup(call->address);
    call->address = curl_url();
    must(call->address != NULL);
    /* An unusable one stays empty, and fails from the loop like every other failure. */
    (void)curl_url_set(call->address, CURLUPART_URL, call->url.data,
                       CURLU_GUESS_SCHEME | CURLU_NON_SUPPORT_SCHEME);
    SET(call, CURLOPT_CURLU, call->address);
}

static struct call *new_call(struct http_client *client)
{
    struct call *call = calloc(1, sizeof *call);
    must(call != NULL);
    call->client = client;
    call->easy = curl_easy_init();
    must(call->easy != NULL);
    SET(call, CURLOPT_NOSIGNAL, 1L);
    SET(call, CURLOPT_QUICK_EXIT, 1L); /* a call given up does not wait for the look-up of its name */
    SET(call, CURLOPT_PROTOCOLS_STR, "http,https");
    SET(call, CURLOPT_PROXY, ""); /* none, whatever the environment says */
    SET(call, CURLOPT_NOPROXY, "");
    SET(call, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    SET(call, CURLOPT_PRIVATE, call);
    SET(call, CURLOPT_WRITEFUNCTION, take_body);
    SET(call, CURLOPT_WRITEDATA, call);
    SET(call, CURLOPT_HEADERFUNCTION, take_header);
    SET(call, CURLOPT_HEADERDATA, call);
    SET(call, CURLOPT_OPENSOCKETFUNCTION, open_socket);
    SET(call, CURLOPT_OPENSOCKETDATA, call);
    SET(call, CURLOPT_CLOSESOCKETFUNCTION, close_socket);
    SET(call, CURLOPT_CLOSESOCKETDATA, client->sockets);
    lead(call, STR(""));
    return call;
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
    struct call *call = client->idle_count == CALLS_KEPT ? take_idle(client, 0) : new_call(client);
    lead(call, url);
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
    bool can_be_sent = is_sendable(request);
    struct call *call = take_call(client, can_be_sent ? request->url : STR(""));
    call->done = done;
    call->arg = arg;
    call->response = (struct http_response){0};
    call->header_bytes = 0;
    call->body = (struct buf){.arena = &call->arena};
    call->is_too_large = call->is_led_inside = false;
    set_bounds(call, bounds);
    if (can_be_sent) {
        set_method(call, request);
        set_headers(call, request);
    }

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
        destroy(client->idle[--client->idle_count]);
    curl_multi_cleanup(client->multi);
    socket_watches_free(client->sockets);
    loop_timer_free(client->timer);
    free(client);
    curl_global_cleanup();
}
