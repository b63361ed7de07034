#pragma once

/* What the server, its connections and their exchanges know of each other. Private to net/. */

#include "base/form.h"
#include "net/http_answer.h"
#include "net/http_parse.h"
#include "net/http_server.h"

#include <netinet/in.h>
#include <sys/socket.h>

/* Requests of one connection that may be under way at once; its further bytes wait. */
#define HTTP_PIPELINE_MAX 16
/* Read at once from a socket, into one buffer for all connections. */
#define HTTP_INPUT_BYTES  ((size_t)64 * 1024)

struct http_connection;

struct http_exchange {
    struct http_server *server;
    struct http_connection *connection; /* NULL: the client has gone */
    struct http_exchange *next;         /* in the order of requests; later in a list of the server */
    struct arena arena;
    struct http_request request;
    struct form form; /* the body's, once somebody has read it as one */
    struct http_parser *parser;
    struct str out;   /* bytes still to send, in `arena` */
    bool is_answered; /* `out` holds the answer, or the rest of it */
    bool is_head;
    bool is_1_1;
    void (*written)(void *arg, enum err err);
    void *written_arg;
    enum err outcome;                                   /* for `written` */
    void (*taken)(void *arg, int fd, struct str first); /* NULL: it is answered, not upgraded */
    void *taken_arg;
};

enum http_phase {
    HTTP_OPEN,
    HTTP_LAST,      /* no more requests are taken; those owed are answered */
    HTTP_UPGRADING, /* the same, and then the socket is given away with the bytes that came meanwhile */
    HTTP_LINGERING, /* our side is shut; what still comes is thrown away for a moment */
};

struct http_connection {
    struct http_server *server;
    struct http_connection *next;
    struct http_connection *previous;
    int fd;
    struct loop_watch *watch;
    struct loop_timer *timer;
    uint64_t timer_ms; /* when the timer fires; 0: it does not run */
    enum http_phase phase;
    bool is_proceeding;          /* proceed is on the stack: it will see to whatever changed */
    bool has_ended;              /* the client sends nothing more */
    bool is_turned_away;         /* over the limit, counted apart */
    struct http_exchange *first; /* in the order of requests */
    struct http_exchange *last;
    struct http_exchange *reading; /* the last one, while its request is still arriving */
    size_t exchange_count;
    char *held; /* input that waits until fewer requests are under way */
    size_t held_len;
    size_t thrown_away;
    uint64_t read_due_ms; /* deadlines on the monotonic clock; 0: none */
    uint64_t write_due_ms;
    uint64_t rest_due_ms; /* idle, or lingering */
    char peer[INET6_ADDRSTRLEN];
};

struct http_server {
    struct loop *loop;
    struct http_server_conf conf;
    struct http_budget bodies;
    int listen_fd;
    int descriptors;                 /* that the process may have */
    struct loop_watch *listen_watch; /* NULL while draining */
    struct loop_timer *pause;        /* lets the listener rest when descriptors have run out */
    struct http_connection *connections;
    size_t connection_count; /* without those being turned away */
    size_t turned_away_count;
    size_t busy; /* exchanges not yet answered and flushed */
    bool is_draining;
    bool is_freed;                  /* by its owner; goes when the last exchange has gone */
    struct http_exchange *finished; /* as they ended; `written` is called in the check phase */
    struct http_exchange **finished_end;
    struct loop_check *finished_check;
    struct http_exchange *spare; /* emptied, for the next requests */
    size_t spare_count;
    int64_t date_s; /* the second that `date` says */
    char date[HTTP_DATE_BYTES];
    char input[HTTP_INPUT_BYTES];
};

/* http_connection.c. `fd` belongs to the connection from here. */
void http_connection_open(struct http_server *server, int fd, const struct sockaddr_storage *peer);
/* Answers 503 without reading, and closes. */
void http_connection_turn_away(struct http_server *server, int fd);
void http_connection_drain(struct http_connection *connection); /* may free it */
void http_connection_close(struct http_connection *connection); /* at once; frees it */
struct http_connection *http_connection_next(const struct http_connection *connection);
/* The answer is in exchange->out: sends what can be sent. May free the connection. */
void http_connection_answered(struct http_connection *connection);
/* An answer given now to that exchange ends the connection. */
bool http_connection_ends_with(const struct http_connection *connection,
                               const struct http_exchange *exchange);

/* http_intake.c: takes requests off the bytes; those beyond the number that may be under way are kept. */
void http_intake_take(struct http_connection *connection, struct str bytes);
/* False: there was nothing that could be taken. */
bool http_intake_take_held(struct http_connection *connection);
/* The request being read is answered by us, as the connection's last one. */
void http_intake_refuse(struct http_connection *connection, enum err why);
/* The request being read, if any, will never be complete. */
void http_intake_drop(struct http_connection *connection);

/* http_exchange.c */
struct http_exchange *http_exchange_new(struct http_server *server, struct http_connection *connection);
void http_exchange_free(struct http_exchange *exchange); /* one that nobody was told of */
/* Its answer was taken by the kernel, or never will be. */
void http_exchange_finish(struct http_exchange *exchange, enum err outcome);
void http_exchange_run_finished(void *server);
/* Puts the answer to a refused request into exchange->out. */
void http_exchange_refuse(struct http_exchange *exchange, enum err why, struct str allow);

/* http_server.c */
struct str http_server_date(struct http_server *server);
void http_server_fill_problem(struct http_server *server, enum err why, const struct http_request *head,
                              struct arena *arena, struct http_response *out);
/* Frees a server that its owner gave back, once nothing needs it. */
void http_server_release(struct http_server *server);
