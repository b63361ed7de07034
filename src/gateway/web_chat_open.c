/* May this request become a socket of the web chat? web_chat_open → http_upgrade → taken. */

#include "base/clock.h"
#include "gateway/respond.h"
#include "gateway/web_chat_state.h"

#include <stdlib.h>
#include <string.h>

struct opening {
    struct web_chat *web;
    struct str key;
    struct str address;
    uint64_t client;
};

static void taken(void *arg, int fd, struct str first)
{
    const struct opening *opening = arg;
    struct web_chat *web = opening->web;
    size_t address_len = opening->address.len < UINT8_MAX ? opening->address.len : UINT8_MAX;
    struct chat *chat = calloc(1, sizeof *chat + address_len);
    if (!chat)
        abort();
    chat->web = web;
    chat->client = opening->client;
    chat->tokens = (float)web->gateway->config->web.message_burst;
    chat->filled_ns = clock_monotonic_ns();
    chat->address_len = (uint8_t)address_len;
    memcpy(chat->address, opening->address.data, address_len);
    if (fd >= 0)
        chat->socket = websocket_open(web->sockets, fd, opening->key, first, chat);
    if (!chat->socket) {
        web_client_leave(web->gateway->web_clients, opening->client);
        free(chat);
        return;
    }
    chat->next = web->chats;
    if (chat->next)
        chat->next->previous = chat;
    web->chats = chat;
    chat_leave_if_done(chat);
}

static bool lists(struct str list, struct str wanted)
{
    struct str part;
    while (list.len && str_cut(&list, ',', &part))
        if (str_eq_nocase(str_trim(part), wanted))
            return true;
    return false;
}

static void ask_for_upgrade(struct gateway *gateway, struct http_exchange *exchange,
                            const struct http_request *request)
{
    struct arena *arena = http_exchange_arena(exchange);
    struct http_response response = {.status = err_status(ERR_UPGRADE_REQUIRED)};
    problem_body(ERR_UPGRADE_REQUIRED, arena, &response);
    metric_error(gateway->metrics, ERR_UPGRADE_REQUIRED);
    http_add_header(arena, &response, "Upgrade", STR("websocket"));
    http_add_header(arena, &response, "Sec-WebSocket-Version", STR("13"));
    respond(gateway, exchange, request, &response);
}

/* ERR_NONE when the request may become a socket. */
static enum err judge_upgrade(struct gateway *gateway, const struct http_request *request,
                              const char **detail)
{
    *detail = "";
    if (!gateway->config->channels[CHANNEL_WEB])
        return ERR_NOT_FOUND;
    if (!websocket_key_is_valid(http_header_of(request, "Sec-WebSocket-Key"))) {
        *detail = "Sec-WebSocket-Key must be 16 bytes in base64.";
        return ERR_MALFORMED;
    }
    if (!origin_is_allowed(gateway->config, http_header_of(request, "Origin"))) {
        *detail = "Pages of this origin may not chat here (ALLOWED_ORIGINS).";
        return ERR_UNAUTHENTIC;
    }
    if (gateway->is_draining ||
        web_chat_sockets(gateway->web_chat) >= (size_t)gateway->config->web.max_sockets)
        return ERR_UNAVAILABLE;
    return ERR_NONE;
}

HANDLER(web_chat_open)
{
    const char *detail;
    const struct config *config = gateway->config;
    if (!lists(http_header_of(request, "Upgrade"), STR("websocket")) ||
        !lists(http_header_of(request, "Connection"), STR("upgrade")) ||
        !str_eq(http_header_of(request, "Sec-WebSocket-Version"), STR("13")) ||
        !str_eq(request->method, STR("GET"))) {
        ask_for_upgrade(gateway, exchange, request);
        return;
    }
    enum err err = judge_upgrade(gateway, request, &detail);
    if (err != ERR_NONE) {
        respond_problem(gateway, exchange, request, err, str_from(detail), NULL, 0);
        return;
    }
    struct opening *opening = arena_new(arena, struct opening);
    *opening = (struct opening){
        .web = gateway->web_chat,
        .key = http_header_of(request, "Sec-WebSocket-Key"),
        .address = request->client,
        .client = web_client_name(request->client),
    };
    if (!web_client_enter(gateway->shared->web_clients, gateway->shared->workers, gateway->web_clients,
                          opening->client, (uint64_t)config->web.sockets_per_client)) {
        respond_too_many(gateway, exchange, request, 10);
        return;
    }
    if (http_upgrade(exchange, taken, opening)) {
        metric_add(gateway->metrics, METRIC_REQUESTS, 1);
        return;
    }
    web_client_leave(gateway->web_clients, opening->client);
    ask_for_upgrade(gateway, exchange, request);
}
