/* What does libcurl ask for us, and what of the answer is kept?
 *
 * call_lead, call_bound, call_ask -> (libcurl works, see http_client.c) -> call_judge -> call_clear. The easy
 * handle, the URL as it was parsed and all settings that never change serve again and again. */

#include "net/http_call.h"

#include "base/log.h"
#include "net/public_address.h"
#include "net/socket_watches.h"

#include <curl/curl.h>
#include <sys/socket.h>

#define CONNECT_MS           5000L
#define ANSWER_HEADERS_BYTES ((size_t)64 * 1024)

#define SET(call, option, value) must(curl_easy_setopt((call)->easy, (option), (value)) == CURLE_OK)

/* ---- The request ---- */

static bool has_control(struct str text)
{
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.data[i] < ' ' || text.data[i] == 0x7F)
            return true;
    return false;
}

bool call_can_send(const struct http_request *request)
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

void call_ask(struct call *call, const struct http_request *request)
{
    set_method(call, request);
    set_headers(call, request);
}

void call_bound(struct call *call, const struct http_bounds *bounds)
{
    uint64_t asked = bounds->deadline_ms;
    long deadline = asked > 0 && asked < INT32_MAX ? (long)asked : INT32_MAX;
    call->response = (struct http_response){0};
    call->header_bytes = 0;
    call->body = (struct buf){.arena = &call->arena};
    call->is_too_large = call->is_led_inside = false;
    call->body_most = bounds->answer_bytes ? bounds->answer_bytes : HTTP_CLIENT_ANSWER_BYTES;
    call->only_public = bounds->only_public;
    /* A connection that another call has made was not looked at. */
    SET(call, CURLOPT_FRESH_CONNECT, (long)bounds->only_public);
    SET(call, CURLOPT_FORBID_REUSE, (long)bounds->only_public);
    SET(call, CURLOPT_TIMEOUT_MS, deadline);
    SET(call, CURLOPT_CONNECTTIMEOUT_MS, deadline < CONNECT_MS ? deadline : CONNECT_MS);
}

void call_lead(struct call *call, struct str url)
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

void call_clear(struct call *call)
{
    SET(call, CURLOPT_HTTPHEADER, NULL);
    SET(call, CURLOPT_POSTFIELDS, NULL);
    arena_free(&call->arena);
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

/* Whether the service can have seen the request, and so whether a repetition is safe. */
static enum err why_not(const struct call *call, CURLcode result)
{
    if (call->is_too_large)
        return ERR_TOO_LARGE;
    if (call->is_led_inside)
        return ERR_INVALID;
    if (result == CURLE_URL_MALFORMAT || result == CURLE_UNSUPPORTED_PROTOCOL)
        return ERR_INVALID;
    long sent = 0;
    if (curl_easy_getinfo(call->easy, CURLINFO_REQUEST_SIZE, &sent) == CURLE_OK && sent == 0)
        return ERR_UNREACHABLE;
    return result == CURLE_OPERATION_TIMEDOUT ? ERR_TIMEOUT : ERR_UNAVAILABLE;
}

/* DNS, a certificate, silence: the caller needs to know less than the operator. Of where it led only the host
 * is said: paths hold accounts and numbers. */
static void tell_failure(const struct call *call, CURLcode result)
{
    char *host = NULL;
    (void)curl_url_get(call->address, CURLUPART_HOST, &host, 0);
    log_event(LOG_WARN, "a call to another service failed", log_cstr("host", host),
              log_cstr("why", curl_easy_strerror(result)));
    curl_free(host);
}

enum err call_judge(struct call *call, int result)
{
    if (!call->is_too_large && result != CURLE_OK)
        tell_failure(call, (CURLcode)result);
    if (call->is_too_large || result != CURLE_OK)
        return why_not(call, (CURLcode)result);
    long status = 0;
    curl_easy_getinfo(call->easy, CURLINFO_RESPONSE_CODE, &status);
    call->response.status = (int)status;
    call->response.body = buf_str(&call->body);
    return ERR_NONE;
}

/* ---- Its sockets, and its life ---- */

static curl_socket_t open_socket(void *arg, curlsocktype purpose, struct curl_sockaddr *to)
{
    (void)purpose;
    struct call *call = arg;
    if (!call->only_public || address_is_public(&to->addr))
        return socket_watches_open(call->sockets, to->family, to->socktype, to->protocol);
    call->is_led_inside = true;
    return CURL_SOCKET_BAD;
}

static int close_socket(void *arg, curl_socket_t fd)
{
    return socket_watches_close(arg, fd);
}

struct call *call_new(struct socket_watches *sockets)
{
    struct call *call = calloc(1, sizeof *call);
    must(call != NULL);
    call->sockets = sockets;
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
    SET(call, CURLOPT_CLOSESOCKETDATA, sockets);
    call_lead(call, STR(""));
    return call;
}

void call_free(struct call *call)
{
    curl_easy_cleanup(call->easy);
    curl_url_cleanup(call->address);
    arena_free(&call->own);
    free(call);
}
