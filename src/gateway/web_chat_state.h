#pragma once

/* Inside web_chat.c, web_chat_open.c, web_chat_hello.c and web_chat_say.c: one socket, and all of them. */

#include "channels/web.h"
#include "gateway/turn.h"
#include "gateway/web_audience.h"
#include "gateway/web_chat.h"
#include "gateway/web_words.h"
#include "net/websocket.h"

enum chat_stage {
    CHAT_NEW,      /* nobody said hello yet */
    CHAT_GREETING, /* the hello is being looked into */
    CHAT_OPEN
};

/* Something said, from its arrival until its turn has ended. */
struct said {
    struct arena arena; /* holds this struct, too */
    struct chat *chat;
    struct web_frame frame;
    struct inbound message;
    struct turn_load load; /* of a hello with a key */
    struct said *next;     /* held until the hello was answered */
};

struct chat {
    struct listener listener; /* first: the listener is the chat */
    struct web_chat *web;
    struct websocket *socket; /* NULL once it was closed */
    struct chat *next;
    struct chat *previous;
    struct said *held; /* said before the welcome, in order */
    uint64_t client;
    uint64_t filled_ns; /* when tokens were last counted */
    float tokens;       /* messages it may send now */
    uint16_t under_way; /* hello and messages whose turns have not ended */
    uint8_t held_count;
    uint8_t stage;
    uint8_t address_len;
    char address[]; /* the client's */
};

struct web_chat {
    struct gateway *gateway;
    struct audiences *audiences;
    struct websockets *sockets;
    struct loop_timer *tick;
    struct chat *chats;
    bool is_draining;
};

/* web_chat.c */
void chat_send(struct chat *chat, struct str text);
void chat_error(struct chat *chat, const char *code, const char *detail, struct str id);
/* Closes the socket where the server is going away, but not before what was received is answered. */
void chat_leave_if_done(struct chat *chat);
/* A hello or message has ended; may free the chat. */
void chat_ended(struct chat *chat);
void said_free(struct said *said);

/* web_chat_hello.c. Take `said`. */
void chat_hello(struct chat *chat, struct said *said);
/* The session is gone: says so and begins a new one. */
void chat_begin_again(struct chat *chat, struct said *said);

/* web_chat_say.c. Takes `said`. */
void chat_say(struct chat *chat, struct said *said);
