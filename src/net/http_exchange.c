/* Who owns a request until its answer has left?
 *
 * new -> (complete, handled) -> http_respond -> finish -> run_finished -> spare. The connection may go at any
 * time in between: the exchange stays until it was answered, so whoever answers never has to ask. */

#include "net/http_connection.h"

#include <stdlib.h>

/* Exchanges kept for reuse, each with one block of memory. */
#define SPARE_MAX 64

struct http_exchange *http_exchange_new(struct http_server *server, struct http_connection *connection)
{
    struct http_exchange *exchange = server->spare;
    if (exchange) {
        server->spare = exchange->next;
        server->spare_count--;
    } else {
        exchange = malloc(sizeof *exchange);
        if (!exchange)
            abort();
        exchange->arena = (struct arena){0};
    }
    *exchange = (struct http_exchange){
        .server = server,
        .connection = connection,
        .arena = exchange->arena,
        .is_1_1 = true,
    };
    exchange->request.form = &exchange->form;
    exchange->parser = http_parser_new(&exchange->arena, &exchange->request, server->conf.header_bytes);
    http_parser_charge(exchange->parser, &server->bodies);
    server->busy++;
    return exchange;
}

static void recycle(struct http_exchange *exchange)
{
    struct http_server *server = exchange->server;
    http_parser_free(exchange->parser);
    if (server->spare_count < SPARE_MAX && !server->is_freed) {
        arena_reset(&exchange->arena);
        exchange->next = server->spare;
        server->spare = exchange;
        server->spare_count++;
        return;
    }
    arena_free(&exchange->arena);
    free(exchange);
}

void http_exchange_free(struct http_exchange *exchange)
{
    exchange->server->busy--;
    recycle(exchange);
}

void http_exchange_finish(struct http_exchange *exchange, enum err outcome)
{
    struct http_server *server = exchange->server;
    server->busy--;
    exchange->outcome = outcome;
    exchange->connection = NULL;
    exchange->next = NULL;
    *server->finished_end = exchange;
    server->finished_end = &exchange->next;
    loop_check_ask(server->finished_check);
}

void http_exchange_run_finished(void *arg)
{
    struct http_server *server = arg;
    struct http_exchange *exchange = server->finished;
    server->finished = NULL;
    server->finished_end = &server->finished;
    while (exchange) {
        struct http_exchange *next = exchange->next;
        if (exchange->written)
            exchange->written(exchange->written_arg, exchange->outcome);
        if (exchange->taken && exchange->outcome != ERR_NONE)
            exchange->taken(exchange->taken_arg, -1, (struct str){0});
        recycle(exchange);
        exchange = next;
    }
    http_server_release(server);
}

/* Puts the answer into exchange->out. */
static void put_answer(struct http_exchange *exchange, const struct http_response *response)
{
    bool closes = http_connection_ends_with(exchange->connection, exchange);
    struct http_answer answer = {
        .response = response,
        .before = exchange->out,
        .date = http_server_date(exchange->server),
        .is_head = exchange->is_head,
        .closes = closes,
        .says_alive = !exchange->is_1_1,
    };
    exchange->out = http_answer_text(&answer, &exchange->arena);
    exchange->is_answered = true;
}

void http_exchange_refuse(struct http_exchange *exchange, enum err why, struct str allow)
{
    struct http_response response = {0};
    http_server_fill_problem(exchange->server, why, &exchange->request, &exchange->arena, &response);
    if (allow.len)
        http_add_header(&exchange->arena, &response, "Allow", allow);
    put_answer(exchange, &response);
}

void http_respond(struct http_exchange *exchange, const struct http_response *response,
                  void (*written)(void *arg, enum err err), void *written_arg)
{
    exchange->written = written;
    exchange->written_arg = written_arg;
    if (!exchange->connection) {
        http_exchange_finish(exchange, ERR_UNREACHABLE);
        return;
    }
    put_answer(exchange, response);
    http_connection_answered(exchange->connection);
}

bool http_upgrade(struct http_exchange *exchange, void (*taken)(void *arg, int fd, struct str first),
                  void *arg)
{
    if (!exchange->is_1_1)
        return false;
    exchange->taken = taken;
    exchange->taken_arg = arg;
    exchange->connection->phase = HTTP_UPGRADING;
    return true;
}

struct arena *http_exchange_arena(struct http_exchange *exchange)
{
    return &exchange->arena;
}
