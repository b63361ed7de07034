#pragma once

/* One connection to Redis: commands out, replies in. Whoever has it decides when it is opened, and for how
 * long anything may take. For redis_link.c only. */

#include "store/redis.h"

struct redis_connection;

struct redis_connection_conf {
    const struct redis_address *address;
    void (*opened)(void *arg);
    void (*replied)(void *arg, const struct redis_reply *reply); /* valid during the call */
    /* It could not be made, ended, or talks nonsense: it is still to be closed. `why` is valid during the
     * call. Comes also from within redis_connection_open and redis_connection_receive. */
    void (*lost)(void *arg, struct str why);
    void *arg;
};

/* Closed at first. */
struct redis_connection *redis_connection_new(struct loop *loop, const struct redis_connection_conf *conf);
void redis_connection_free(struct redis_connection *connection);

void redis_connection_open(struct redis_connection *connection);  /* a closed one: then `opened` or `lost` */
void redis_connection_close(struct redis_connection *connection); /* at once; nothing is called */

/* On an open one. At most REDIS_WORDS_MAX words; they are copied. */
void redis_connection_send(struct redis_connection *connection, const struct str *words, size_t count);
/* Bytes that Redis has not taken. */
size_t redis_connection_unsent(const struct redis_connection *connection);
/* On an open one: what lies in the socket already, before the loop comes by. */
void redis_connection_receive(struct redis_connection *connection);
