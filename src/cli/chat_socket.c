/* How do a client's frames look? RFC 6455, sections 4.1 and 5: everything it sends is masked. */

#include "cli/chat_socket.h"

#include "base/clock.h"
#include "base/digest.h"
#include "base/encoding.h"

#include <netdb.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define RECEIVED_BYTES ((size_t)256 * 1024)
#define OPENING_MS     10000
#define FINAL          0x80
#define MASKED         0x80
#define LENGTH_16      126
#define LENGTH_64      127

enum opcode { OPCODE_TEXT = 1, OPCODE_CLOSE = 8, OPCODE_PING = 9, OPCODE_PONG = 10 };

struct chat_socket {
    int fd;
    size_t len; /* bytes received and not yet read */
    char received[RECEIVED_BYTES];
};

static bool send_all(int fd, const char *bytes, size_t len)
{
    while (len > 0) {
        ssize_t sent = send(fd, bytes, len, MSG_NOSIGNAL);
        if (sent <= 0)
            return false;
        bytes += sent;
        len -= (size_t)sent;
    }
    return true;
}

static bool send_frame(struct chat_socket *socket, enum opcode opcode, struct str text)
{
    struct arena arena = {0};
    struct buf frame = {.arena = &arena};
    char mask[4];
    random_bytes(mask, sizeof mask);
    buf_put_char(&frame, (char)(FINAL | opcode));
    if (text.len < LENGTH_16) {
        buf_put_char(&frame, (char)(MASKED | text.len));
    } else {
        buf_put_char(&frame, (char)(MASKED | LENGTH_16));
        buf_put_char(&frame, (char)(text.len >> 8 & 0xFF));
        buf_put_char(&frame, (char)(text.len & 0xFF));
    }
    buf_put(&frame, (struct str){mask, sizeof mask});
    for (size_t i = 0; i < text.len; i++)
        buf_put_char(&frame, (char)(text.data[i] ^ mask[i % sizeof mask]));
    bool is_sent = send_all(socket->fd, frame.data, frame.len);
    arena_free(&arena);
    return is_sent;
}

bool chat_socket_send(struct chat_socket *socket, struct str text)
{
    return text.len <= UINT16_MAX && send_frame(socket, OPCODE_TEXT, text);
}

/* More bytes; false when none came in time or none will. */
static bool receive(struct chat_socket *socket, int patience_ms, bool *is_over)
{
    struct pollfd poll_fd = {.fd = socket->fd, .events = POLLIN};
    if (poll(&poll_fd, 1, patience_ms) <= 0)
        return false;
    ssize_t got = recv(socket->fd, socket->received + socket->len, RECEIVED_BYTES - socket->len, 0);
    *is_over = got <= 0;
    if (got > 0)
        socket->len += (size_t)got;
    return got > 0;
}

static void forget(struct chat_socket *socket, size_t bytes)
{
    memmove(socket->received, socket->received + bytes, socket->len - bytes);
    socket->len -= bytes;
}

/* A whole frame at the front of what was received; false: not yet. The server's are never masked. */
static bool read_frame(const struct chat_socket *socket, enum opcode *opcode, size_t *head, size_t *len)
{
    const uint8_t *bytes = (const uint8_t *)socket->received;
    size_t length_bytes = 0;
    if (socket->len < 2)
        return false;
    *opcode = (enum opcode)(bytes[0] & 0x0F);
    *len = bytes[1] & 0x7F;
    if (*len == LENGTH_16)
        length_bytes = 2;
    if (*len == LENGTH_64)
        length_bytes = 8;
    *head = 2 + length_bytes;
    if (socket->len < *head)
        return false;
    for (size_t i = 0; i < length_bytes; i++)
        *len = (i ? *len << 8 : 0) | bytes[2 + i];
    return *len <= socket->len - *head;
}

enum chat_heard chat_socket_hear(struct chat_socket *socket, int patience_ms, struct arena *arena,
                                 struct str *text)
{
    uint64_t began_ns = clock_monotonic_ns();
    for (;;) {
        enum opcode opcode;
        size_t head;
        size_t len;
        bool is_over = false;
        if (read_frame(socket, &opcode, &head, &len)) {
            *text = arena_copy(arena, (struct str){socket->received + head, len});
            forget(socket, head + len);
            if (opcode == OPCODE_TEXT)
                return CHAT_HEARD_TEXT;
            if (opcode == OPCODE_CLOSE)
                return CHAT_HEARD_END;
            if (opcode == OPCODE_PING && !send_frame(socket, OPCODE_PONG, *text))
                return CHAT_HEARD_END;
            continue;
        }
        int waited_ms = (int)((clock_monotonic_ns() - began_ns) / 1000000);
        if (socket->len == RECEIVED_BYTES)
            return CHAT_HEARD_END;
        if (!receive(socket, waited_ms < patience_ms ? patience_ms - waited_ms : 0, &is_over))
            return is_over ? CHAT_HEARD_END : CHAT_HEARD_NOTHING;
    }
}

static int connect_to(struct str host, struct str port, struct arena *arena)
{
    const struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
    struct addrinfo *addresses;
    int fd = -1;
    if (getaddrinfo(arena_cstring(arena, host), arena_cstring(arena, port), &hints, &addresses) != 0)
        return -1;
    for (const struct addrinfo *address = addresses; address && fd < 0; address = address->ai_next) {
        fd = socket(address->ai_family, SOCK_STREAM | SOCK_CLOEXEC, address->ai_protocol);
        if (fd >= 0 && connect(fd, address->ai_addr, address->ai_addrlen) != 0) {
            close(fd);
            fd = -1;
        }
    }
    freeaddrinfo(addresses);
    return fd;
}

/* The request, and the head of its answer. */
static bool shake_hands(struct chat_socket *socket, struct str authority, struct arena *arena)
{
    uint8_t key[16];
    random_bytes(key, sizeof key);
    struct str head = arena_printf(arena,
                                   "GET /ws HTTP/1.1\r\nHost: %.*s\r\nUpgrade: websocket\r\n"
                                   "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                                   "Sec-WebSocket-Key: %.*s\r\n\r\n",
                                   STR_ARG(authority), STR_ARG(base64_encode(arena, key, sizeof key)));
    if (!send_all(socket->fd, head.data, head.len))
        return false;
    for (bool is_over = false; !is_over && receive(socket, OPENING_MS, &is_over);) {
        struct str got = {socket->received, socket->len};
        size_t end = str_find(got, STR("\r\n\r\n"));
        if (end == STR_NONE)
            continue;
        bool is_open = str_starts(got, STR("HTTP/1.1 101 "));
        forget(socket, end + 4);
        return is_open;
    }
    return false;
}

struct chat_socket *chat_socket_open(struct str url, const char **why)
{
    struct arena arena = {0};
    struct str authority = str_slice(url, sizeof "http://" - 1, url.len);
    authority = str_slice(authority, 0, str_find_char(authority, '/'));
    size_t colon = authority.len;
    while (colon > 0 && authority.data[colon - 1] != ':' && authority.data[colon - 1] != ']')
        colon--;
    bool has_port = colon > 0 && authority.data[colon - 1] == ':';
    struct str host = has_port ? str_slice(authority, 0, colon - 1) : authority;
    struct str port = has_port ? str_slice(authority, colon, authority.len) : STR("80");
    if (host.len > 2 && host.data[0] == '[')
        host = str_slice(host, 1, host.len - 1);
    struct chat_socket *opened = calloc(1, sizeof *opened);
    if (!opened)
        abort();
    opened->fd = connect_to(host, port, &arena);
    *why = opened->fd < 0 ? "nobody listens there: is the gateway running? See --url" : NULL;
    if (opened->fd >= 0 && !shake_hands(opened, authority, &arena))
        *why = "the web chat was refused";
    arena_free(&arena);
    if (!*why)
        return opened;
    chat_socket_close(opened);
    return NULL;
}

void chat_socket_close(struct chat_socket *socket)
{
    if (!socket)
        return;
    if (socket->fd >= 0) {
        (void)send_frame(socket, OPCODE_CLOSE, (struct str){0});
        close(socket->fd);
    }
    free(socket);
}

int chat_socket_descriptor(const struct chat_socket *socket)
{
    return socket->fd;
}
