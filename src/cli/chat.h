#pragma once

/* Inside `frontdesk chat` only: a person at a terminal, and the door by which they talk with a running
 * gateway. Each door uses what anybody outside uses: the REST API, the web chat's socket, Twilio's signed
 * webhooks. */

#include "base/json.h"
#include "gateway/config.h"
#include "net/http_client.h"

#define CHAT_CHOICES_MAX OUTBOUND_CHOICES_MAX

struct chat {
    const struct config *config;
    struct str url;                          /* of the gateway, no slash at the end */
    struct str language;                     /* wanted; empty: the gateway's own */
    struct str tongue;                       /* what that language calls itself: "हिन्दी" */
    struct str number;                       /* whose, by SMS and telephone */
    bool traces;                             /* tells how long each answer took */
    bool is_terminal;                        /* a person types; else lines come from a pipe or file */
    struct str status;                       /* as last heard of; empty: not known */
    struct choice choices[CHAT_CHOICES_MAX]; /* of the last thing said */
    size_t choice_count;
    struct loop *loop;
    struct http_client *client;
    struct arena arena; /* for as long as they talk */
};

enum chat_end { CHAT_GOES_ON, CHAT_IS_OVER, CHAT_FAILED };

struct chat_door {
    const char *name;
    /* Begins; shows what is said first. */
    enum chat_end (*open)(struct chat *chat);
    /* Says one line, and shows what is said to it. */
    enum chat_end (*say)(struct chat *chat, struct str line);
    /* No line is left: shows what is still to come of it. */
    void (*close)(struct chat *chat);
    /* Of doors by which something may be said at any time; else NULL. */
    int (*descriptor)(void);
    enum chat_end (*hear)(struct chat *chat);
};
extern const struct chat_door chat_api;
extern const struct chat_door chat_web;
extern const struct chat_door chat_whatsapp;
extern const struct chat_door chat_sms;
extern const struct chat_door chat_voice;

/* chat_show.c: what the person sees. */
void chat_show(struct chat *chat, struct str text);
void chat_show_choices(const struct chat *chat);
/* {"text":…,"link":…,"choices":…}, as a message is stored and as the web chat says it; its choices are
 * remembered. */
void chat_show_message(struct chat *chat, const struct json *message);
void chat_note(const struct chat *chat, const char *format, ...) __attribute__((format(printf, 2, 3)));
void chat_show_status(struct chat *chat, struct str status); /* once it is another than before */
void chat_trace(const struct chat *chat, const char *what, uint64_t began_ns); /* only with --trace */
void chat_prompt(const struct chat *chat);

/* chat_http.c: one request, waited for. False, after saying why, where no answer came. `request->url` is the
 * path and query. An answer that is no success is told; `response` is valid as long as `arena`. */
bool chat_request(struct chat *chat, struct http_request *request, struct arena *arena,
                  struct http_response *response);
bool chat_is_success(const struct chat *chat, const struct http_response *response, struct arena *arena);
