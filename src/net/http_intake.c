/* How do bytes become requests that somebody handles?
 *
 * take -> feed -> (head complete) judge_head -> (request complete) take_request -> conf.handle. What is
 * refused on the way is answered here. Nothing is sent here: http_connection.c does that when all bytes have
 * been taken, so that the answers of pipelined requests leave together. */

#include "base/clock.h"
#include "net/http_connection.h"

#include <stdlib.h>
#include <string.h>

static void append(struct http_connection *connection, struct http_exchange *exchange)
{
    if (connection->last)
        connection->last->next = exchange;
    else
        connection->first = exchange;
    connection->last = exchange;
    connection->exchange_count++;
}

void http_intake_drop(struct http_connection *connection)
{
    struct http_exchange *dropped = connection->reading;
    if (!dropped)
        return;
    struct http_exchange **link = &connection->first;
    struct http_exchange *before = NULL;
    while (*link != dropped) {
        before = *link;
        link = &before->next;
    }
    *link = NULL;
    connection->last = before;
    connection->exchange_count--;
    connection->reading = NULL;
    connection->read_due_ms = 0;
    http_exchange_free(dropped); /* nobody was told of it */
}

void http_intake_refuse(struct http_connection *connection, enum err why)
{
    struct http_exchange *exchange = connection->reading;
    connection->reading = NULL;
    connection->read_due_ms = 0;
    connection->phase = HTTP_LAST;
    http_exchange_refuse(exchange, why, (struct str){0});
}

/* Several such headers are one list (RFC 9110, 5.3). */
static struct str forwarded_for(const struct http_request *request, struct arena *arena)
{
    struct str all = {0};
    for (size_t i = 0; i < request->header_count; i++) {
        struct str value = request->headers[i].value;
        if (!str_eq_nocase(request->headers[i].name, STR("X-Forwarded-For")))
            continue;
        all = all.len ? arena_printf(arena, "%.*s, %.*s", STR_ARG(all), STR_ARG(value)) : value;
    }
    return all;
}

static void fill_client(struct http_connection *connection, struct http_exchange *exchange)
{
    const struct http_server_conf *conf = &connection->server->conf;
    struct http_request *request = &exchange->request;
    request->client = arena_copy(&exchange->arena, str_from(connection->peer));
    if (conf->client_address)
        request->client =
            conf->client_address(conf->arg, request->client, forwarded_for(request, &exchange->arena));
}

/* No more requests are wanted after the one being read. */
static bool is_last_request(const struct http_connection *connection)
{
    return !http_parser_framing(connection->reading->parser)->keep_alive || connection->server->is_draining;
}

/* Answered before its body: unless none is coming, what follows can't be told from a next request. */
static void refuse_head(struct http_connection *connection, enum err err, struct str allow)
{
    struct http_exchange *exchange = connection->reading;
    if (is_last_request(connection) || http_parser_expects_body(exchange->parser))
        connection->phase = HTTP_LAST;
    connection->reading = NULL;
    connection->read_due_ms = 0;
    http_exchange_refuse(exchange, err, allow);
}

/* Asks whether the head is welcome; HTTP_PARSE_HEAD when it is not, and was answered. */
static enum http_parse judge_head(struct http_connection *connection)
{
    const struct http_server_conf *conf = &connection->server->conf;
    struct http_exchange *exchange = connection->reading;
    exchange->is_head = str_eq(exchange->request.method, STR("HEAD"));
    exchange->is_1_1 = http_parser_framing(exchange->parser)->is_1_1;
    fill_client(connection, exchange);

    size_t body_limit = 0;
    struct str allow = {0};
    enum err err = conf->admit(conf->arg, &exchange->request, &body_limit, &allow);
    if (err == ERR_NONE)
        return http_parser_admit(exchange->parser, body_limit);
    refuse_head(connection, err, allow);
    return HTTP_PARSE_HEAD;
}

static void take_request(struct http_connection *connection)
{
    struct http_server *server = connection->server;
    struct http_exchange *exchange = connection->reading;
    if (is_last_request(connection))
        connection->phase = HTTP_LAST;
    connection->reading = NULL;
    connection->read_due_ms = 0;
    server->conf.handle(server->conf.arg, exchange, &exchange->request, &exchange->arena);
}

static void start_request(struct http_connection *connection)
{
    connection->reading = http_exchange_new(connection->server, connection);
    connection->read_due_ms = clock_monotonic_ms() + connection->server->conf.request_ms;
    connection->rest_due_ms = 0; /* idle no longer, also where it is answered before anybody looks */
    append(connection, connection->reading);
}

static void feed(struct http_connection *connection, struct str *bytes)
{
    if (!connection->reading)
        start_request(connection);
    struct http_exchange *exchange = connection->reading;
    enum http_parse progress = http_parser_feed(exchange->parser, bytes);
    if (progress == HTTP_PARSE_HEAD) {
        progress = judge_head(connection);
        /* A client that did not wait for it needs no 100. */
        if (progress == HTTP_PARSE_MORE && http_parser_framing(exchange->parser)->expects_continue &&
            !bytes->len)
            exchange->out = STR("HTTP/1.1 100 Continue\r\n\r\n");
    }
    switch (progress) {
    case HTTP_PARSE_MORE:
    case HTTP_PARSE_HEAD:
        break;
    case HTTP_PARSE_COMPLETE:
        take_request(connection);
        break;
    case HTTP_PARSE_REFUSED:
        http_intake_refuse(connection, http_parser_refusal(exchange->parser));
        break;
    }
}

void http_intake_take(struct http_connection *connection, struct str bytes)
{
    while (bytes.len && connection->phase == HTTP_OPEN &&
           (connection->reading || connection->exchange_count < HTTP_PIPELINE_MAX))
        feed(connection, &bytes);
    bool is_wanted = connection->phase == HTTP_OPEN || connection->phase == HTTP_UPGRADING;
    if (!bytes.len || !is_wanted)
        return;
    connection->held = malloc(bytes.len);
    if (!connection->held)
        abort();
    memcpy(connection->held, bytes.data, bytes.len);
    connection->held_len = bytes.len;
}

bool http_intake_take_held(struct http_connection *connection)
{
    char *held = connection->held;
    if (!held || connection->phase == HTTP_UPGRADING ||
        (connection->phase == HTTP_OPEN && connection->exchange_count >= HTTP_PIPELINE_MAX))
        return false;
    connection->held = NULL;
    http_intake_take(connection, (struct str){held, connection->held_len});
    free(held);
    return true;
}
