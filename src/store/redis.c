/* What do we ask of Redis? A connection that listens may send nothing else, so it has one of its own. */

#include "store/redis.h"

#include "store/redis_link.h"

#include <stdlib.h>

struct redis {
    struct loop *loop;
    const struct redis_address *address;
    struct redis_link *commands;
    struct redis_link *listeners[REDIS_LISTEN_MAX];
    size_t listener_count;
};

struct redis *redis_new(struct loop *loop, const struct redis_address *address)
{
    struct redis *redis = calloc(1, sizeof *redis);
    if (!redis)
        abort();
    redis->loop = loop;
    redis->address = address;
    struct redis_link_conf conf = {.address = address, .purpose = "commands"};
    redis->commands = redis_link_new(loop, &conf);
    return redis;
}

void redis_free(struct redis *redis)
{
    if (!redis)
        return;
    redis_link_free(redis->commands);
    for (size_t i = 0; i < redis->listener_count; i++)
        redis_link_free(redis->listeners[i]);
    free(redis);
}

bool redis_is_up(const struct redis *redis)
{
    return redis_link_is_up(redis->commands);
}

bool redis_is_read_only(const struct redis *redis)
{
    return redis_link_is_read_only(redis->commands);
}

void redis_run(struct redis *redis, const struct str *words, size_t count,
               void (*done)(void *arg, enum err err, const struct redis_reply *reply), void *arg)
{
    redis_link_run(redis->commands, words, count, done, arg);
}

void redis_publish(struct redis *redis, struct str channel, struct str text)
{
    if (redis_is_up(redis))
        redis_run(redis, (struct str[]){STR("PUBLISH"), channel, text}, 3, NULL, NULL);
}

void redis_listen(struct redis *redis, struct str channel, void (*heard)(void *arg, struct str text),
                  void *arg)
{
    struct redis_link_conf conf = {
        .address = redis->address, .purpose = "listening", .channel = channel, .heard = heard, .arg = arg};
    if (redis->listener_count == REDIS_LISTEN_MAX)
        abort();
    redis->listeners[redis->listener_count++] = redis_link_new(redis->loop, &conf);
}
