#pragma once

/* The web chat: what a browser sends over its socket, and what it is sent. */

#include "channels/channel.h"
#include "channels/wording.h"

extern const struct channel channel_web;

enum web_frame_kind { WEB_HELLO, WEB_MESSAGE, WEB_PING };

/* One client message. */
struct web_frame {
    enum web_frame_kind kind;
    struct {
        struct str session_key; /* empty: a new session */
        struct str language;
        struct str flow;
        int64_t last_seen; /* the last seq that arrived; 0: none */
    } hello;
    struct str id; /* WEB_MESSAGE: as the client wrote it, to be acknowledged in its spelling */
    /* WEB_MESSAGE: provider_id is that id in lower case; the gateway puts its session before it. */
    struct inbound message;
};

/* Reads one client message. Otherwise ERR_MALFORMED, and `*detail`, a constant, says what is wrong with it.
 */
enum err web_read(struct str text, struct arena *arena, struct web_frame *out, const char **detail);

/* A server message of type "message"; seq 0 leaves the number out. */
struct str web_message(const struct outbound *say, int64_t seq, struct arena *arena,
                       struct degradations notes);
