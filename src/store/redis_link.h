#pragma once

/* One connection to Redis, for commands or to listen. For redis.c only: see redis.h. */

#include "store/redis.h"

struct redis_link;

struct redis_link_conf {
    const struct redis_address *address;
    const char *purpose; /* for the log */
    struct str channel;  /* empty: it doesn't listen */
    void (*heard)(void *arg, struct str text);
    void *arg;
};

struct redis_link *redis_link_new(struct loop *loop, const struct redis_link_conf *conf);
void redis_link_free(struct redis_link *link); /* NULL is fine */
bool redis_link_is_up(const struct redis_link *link);
bool redis_link_is_read_only(const struct redis_link *link);
void redis_link_run(struct redis_link *link, const struct str *words, size_t count,
                    void (*done)(void *arg, enum err err, const struct redis_reply *reply), void *arg);
