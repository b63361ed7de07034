#pragma once

/* How often may one client ask? Token buckets in this worker's memory, forgotten when full: a limit protects,
 * it does not bill. Where Redis is there, the workers of all nodes share one bucket a client.
 * Providers' webhooks are never limited. */

#include "net/loop.h"

struct redis;

enum limit {
    LIMIT_START,       /* new sessions of a client, by the API */
    LIMIT_SESSION,     /* the same, in the web chat */
    LIMIT_QUICK_CHART, /* charts of birth data without a session */
    LIMIT_SPEECH,      /* recordings of a session, by the API: each costs the operator money */
    LIMIT_SIGN_IN,     /* tokens tried for the dashboard, by one client */
    LIMIT_SIGN_INS,    /* the same, by all together */
    LIMIT_TOKEN,       /* wrong tokens that one client's programs send */
    LIMIT_REQUEST,     /* everything else a client asks of the API */
    LIMITS
};

/* Who has one address of IPv6 has 2^64 of them: all of a /64 are one client, and this is what it is called.
 */
#define LIMIT_CLIENT_BYTES 46
struct str limit_client(struct str address, char text[static LIMIT_CLIENT_BYTES]);

/* `redis` may be NULL, and must be freed before the limits are. `secret` keys the hash that stands for a
 * client in Redis: the same text on all nodes that share their limits. */
struct limits *limits_new(struct loop *loop, struct redis *redis, struct str secret);
void limits_free(struct limits *limits);
/* Instead of what stands in limits.c; before the first use. */
void limits_set(struct limits *limits, enum limit limit, double burst, double per_second);
/* 0 when it may; else seconds until it may again. Never waits for Redis. */
int limit_take(struct limits *limits, enum limit limit, struct str client, uint64_t now_ns);
/* What limit_take would give now; takes nothing. For limits on what fails, which is known only afterwards. */
int limit_wait(struct limits *limits, enum limit limit, struct str client, uint64_t now_ns);
