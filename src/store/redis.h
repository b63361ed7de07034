#pragma once

/* Redis on the event loop, for what may be lost: one connection for commands, and one for each channel that
 * is listened to. Nothing here waits, and nothing may depend on it: Redis can vanish, stall or lie at any
 * moment.
 *
 * No personal data goes in, ever: an address becomes a keyed hash before it is part of a key. */

#include "base/err.h"
#include "net/loop.h"
#include "store/redis_url.h"

#define REDIS_WORDS_MAX 16

enum redis_kind {
    REDIS_NIL,
    REDIS_NUMBER,
    REDIS_TEXT,
    REDIS_REFUSAL, /* text: why */
    REDIS_LIST
};

struct redis_reply {
    enum redis_kind kind;
    int64_t number;
    struct str text;
    const struct redis_reply *items; /* of a list; none of them is a list */
    size_t count;
};

struct redis;

/* Connects, and again whenever the connection is lost. `address` must outlive it. */
struct redis *redis_new(struct loop *loop, const struct redis_address *address);
void redis_free(struct redis *redis); /* commands under way end with ERR_UNAVAILABLE first; NULL is fine */

/* It answered within the last two seconds. */
bool redis_is_up(const struct redis *redis);
/* It answers, but has refused to be written to, and still does. */
bool redis_is_read_only(const struct redis *redis);

/* Sends one command, already cut into words (copied). `done` is called once, from the loop: ERR_NONE with a
 * reply, valid during the call; ERR_UNAVAILABLE when Redis is away, went away, or too many commands wait;
 * ERR_TIMEOUT after half a second without an answer, which also ends the connection: in both cases it may or
 * may not have happened; ERR_INTERNAL when Redis refused the command (logged). `done` may be NULL. */
void redis_run(struct redis *redis, const struct str *words, size_t count,
               void (*done)(void *arg, enum err err, const struct redis_reply *reply), void *arg);

/* Tells everybody who listens on the channel, perhaps. */
void redis_publish(struct redis *redis, struct str channel, struct str text);

/* Listens on a channel (a constant) from now on; `heard` is called from the loop for each text, ours too.
 * What is said while the connection is away is never heard. For REDIS_LISTEN_MAX channels at most, each a
 * connection of its own. */
#define REDIS_LISTEN_MAX 2
void redis_listen(struct redis *redis, struct str channel, void (*heard)(void *arg, struct str text),
                  void *arg);
