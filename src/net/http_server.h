#pragma once

/* The strict HTTP/1.1 front. Bytes become complete, bounded requests; answers leave in the order of the
 * requests. */

#include "base/arena.h"
#include "base/err.h"
#include "http.h"
#include "net/loop.h"

struct http_server;

/* One request and its answer still owed. Stays valid until http_respond, even when the client has gone. */
struct http_exchange;

struct http_server_conf {
    size_t header_bytes;    /* request line and headers together */
    size_t max_connections; /* beyond: 503 at once and close */
    size_t body_bytes;      /* that all bodies together may take; beyond: 503. 0: no bound */
    uint64_t request_ms;    /* for a whole request to arrive, from its first byte */
    uint64_t idle_ms;       /* between requests of a kept-alive connection */
    uint64_t write_ms;      /* for a client to take an answer */
    /* Before memory is taken for a body: the most that `request` (head only) may bring, or an error to refuse
     * with (ERR_NOT_FOUND, ERR_METHOD with *allow set to the Allow header's value, ERR_MEDIA_TYPE …). */
    enum err (*admit)(void *arg, const struct http_request *head, size_t *body_limit, struct str *allow);
    /* A complete request. Its texts live until http_respond of the exchange; `arena` too, and may be used by
     * the turn. */
    void (*handle)(void *arg, struct http_exchange *exchange, const struct http_request *request,
                   struct arena *arena);
    /* The client's address: given the peer's and X-Forwarded-For, by trusted proxies. May be NULL: the
     * peer's. */
    struct str (*client_address)(void *arg, struct str peer, struct str forwarded_for);
    /* The body of an error the front itself answers (400, 408, 413, …) to a request of which this head was
     * read, or nothing; sets body and headers. */
    void (*problem)(void *arg, enum err err, const struct http_request *head, struct arena *arena,
                    struct http_response *out);
    void *arg;
};

/* Serves on a listening socket (not closed by the server). */
struct http_server *http_server_new(struct loop *loop, int listen_fd, const struct http_server_conf *conf);
/* Stops accepting; idle connections are closed, busy ones after their answer. */
void http_server_drain(struct http_server *server);
size_t http_server_busy(const struct http_server *server); /* exchanges not yet answered and flushed */
/* Closes every connection; what was answered but not sent is told so now. Not from inside a callback of the
 * server. Exchanges still owed stay valid until http_respond; `written` then says ERR_UNREACHABLE, from the
 * loop. */
void http_server_free(struct http_server *server);

/* Answers; Content-Length, Date and Connection are added. The response is copied. `written` (may be NULL) is
 * called once, from the loop: ERR_NONE when the kernel has taken the whole answer, ERR_UNREACHABLE when the
 * client has gone. The exchange, its request and its arena are gone after this call returns and `written` was
 * called. */
void http_respond(struct http_exchange *exchange, const struct http_response *response,
                  void (*written)(void *arg, enum err err), void *written_arg);
struct arena *http_exchange_arena(struct http_exchange *exchange);

/* Gives the client's connection away instead of an answer; only from within `handle`. False, and nothing was
 * done, where the request is not HTTP/1.1. Otherwise `taken` is called once, from the loop, when earlier
 * answers have left: with the socket, which is then its own, and with the bytes that came after the request
 * (valid during the call); or with -1 when the client has gone. The exchange is gone after that. */
bool http_upgrade(struct http_exchange *exchange, void (*taken)(void *arg, int fd, struct str first),
                  void *arg);

/* Opens, binds and listens on "address", port (0: any free one); -1 and *reason on failure. */
int http_listen(const char *address, int port, const char **reason);
int http_listen_port(int fd); /* the port it got */
