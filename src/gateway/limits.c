/* Is this client too fast?
 *
 * Memory decides, Redis informs. Each worker answers at once from a bucket of its own; what it let pass it
 * adds to the client's common bucket in Redis soon afterwards, and learns how many tokens are left there. So
 * no request waits for Redis, and without it each worker's own limit stands. The price: until they have heard
 * of each other (TELL_MS and a round trip), workers may let pass more than one limit together.
 *
 * Redis can only take tokens away, never below none, and a bucket goes on filling by its own clock: a Redis
 * that lies can cost a client its burst, not its rate. */

#include "gateway/limits.h"

#include "base/clock.h"
#include "base/digest.h"
#include "base/encoding.h"
#include "store/redis.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#define SLOTS        8192
#define PROBES       8
#define TELL_MS      20
#define TELLING_MOST 256
#define NAME_BYTES   16 /* of a client's keyed hash */

struct rate {
    double burst;
    double per_second;
};

static const struct rate usual_rates[LIMITS] = {
    [LIMIT_START] = {.burst = 60, .per_second = 2},
    [LIMIT_SESSION] = {.burst = 10, .per_second = 10.0 / 60},
    [LIMIT_QUICK_CHART] = {.burst = 10, .per_second = 10.0 / 60},
    [LIMIT_SPEECH] = {.burst = 20, .per_second = 20.0 / 60},
    [LIMIT_SIGN_IN] = {.burst = 5, .per_second = 5.0 / 60},
    [LIMIT_SIGN_INS] = {.burst = 60, .per_second = 1},
    [LIMIT_TOKEN] = {.burst = 20, .per_second = 20.0 / 60},
    [LIMIT_REQUEST] = {.burst = 400, .per_second = 100},
};

/* The common bucket: KEYS[1]; tokens that fit, tokens a millisecond, tokens taken. Gives the thousandths of a
 * token that are left. It is forgotten once it would be full again. */
static const struct str take_from_common =
    STR_INIT("local time = redis.call('TIME') "
             "local now = time[1] * 1000 + math.floor(time[2] / 1000) "
             "local burst, rate, taken = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]) "
             "local bucket = redis.call('HMGET', KEYS[1], 'tokens', 'at') "
             "local tokens = burst "
             "if bucket[1] then "
             "tokens = math.min(burst, tonumber(bucket[1]) + math.max(0, now - tonumber(bucket[2])) * rate) "
             "end "
             "tokens = math.max(0, tokens - taken) "
             "redis.call('HSET', KEYS[1], 'tokens', tokens, 'at', now) "
             "redis.call('PEXPIRE', KEYS[1], math.ceil(burst / rate)) "
             "return math.floor(tokens * 1000)");

struct bucket {
    uint64_t client; /* hash; 0: free */
    uint64_t filled_ns;
    double tokens;
    uint32_t untold; /* taken, and not yet told to Redis */
    bool is_telling; /* Redis was told and has not answered */
};

/* A client of whom Redis is to be told. */
struct telling {
    struct limits *limits;
    enum limit limit;
    uint64_t client;
    uint8_t name[NAME_BYTES];
    uint64_t told_ns;
};

struct limits {
    struct redis *redis; /* NULL: memory only */
    struct loop_timer *tell;
    struct rate rates[LIMITS];
    uint8_t key[SHA256_BYTES];
    struct bucket buckets[SLOTS];
    struct telling telling[TELLING_MOST];
    size_t telling_count;
};

/* Clients choose their addresses hardly freely enough to aim at a bucket. */
static uint64_t hash_of(enum limit limit, struct str client)
{
    uint64_t hash = siphash(client) ^ (uint64_t)limit;
    return hash ? hash : 1;
}

/* The client's bucket, else the one among its probes that was used longest ago. */
static struct bucket *find(struct limits *limits, uint64_t client)
{
    struct bucket *oldest = NULL;
    for (size_t i = 0; i < PROBES; i++) {
        struct bucket *bucket = &limits->buckets[(client + i) % SLOTS];
        if (bucket->client == client)
            return bucket;
        if (!oldest || bucket->filled_ns < oldest->filled_ns)
            oldest = bucket;
    }
    return oldest;
}

static void fill(struct bucket *bucket, const struct rate *rate, uint64_t now_ns)
{
    bucket->tokens += (double)(now_ns - bucket->filled_ns) / 1e9 * rate->per_second;
    if (bucket->tokens > rate->burst)
        bucket->tokens = rate->burst;
    bucket->filled_ns = now_ns;
}

/* ---- Sharing ---- */

/* What Redis knows is as old as our telling: since then the bucket has filled, and more was taken here. */
static void learn(struct bucket *bucket, const struct telling *told, int64_t thousandths, uint64_t now_ns)
{
    const struct rate *rate = &told->limits->rates[told->limit];
    if (thousandths < 0 || (double)thousandths > rate->burst * 1000)
        return;
    double since_s = (double)(now_ns - told->told_ns) / 1e9;
    double left = (double)thousandths / 1000 + since_s * rate->per_second - bucket->untold;
    fill(bucket, rate, now_ns);
    if (left < bucket->tokens)
        bucket->tokens = left > 0 ? left : 0;
}

static void told(void *arg, enum err err, const struct redis_reply *reply)
{
    struct telling *telling = arg;
    struct bucket *bucket = find(telling->limits, telling->client);
    if (bucket->client == telling->client) {
        bucket->is_telling = false;
        if (err == ERR_NONE && reply->kind == REDIS_NUMBER)
            learn(bucket, telling, reply->number, clock_monotonic_ns());
    }
    free(telling);
}

static void tell_of(struct bucket *bucket, const struct telling *next)
{
    struct telling *telling = malloc(sizeof *telling);
    if (!telling)
        abort();
    *telling = *next;
    telling->told_ns = clock_monotonic_ns();
    struct arena arena = {0};
    struct str words[] = {
        STR("EVAL"),
        take_from_common,
        STR("1"),
        arena_printf(&arena, "frontdesk:limit:%.*s",
                     STR_ARG(hex_encode(&arena, telling->name, sizeof telling->name))),
        arena_printf(&arena, "%g", telling->limits->rates[telling->limit].burst),
        arena_printf(&arena, "%g", telling->limits->rates[telling->limit].per_second / 1000),
        arena_printf(&arena, "%u", bucket->untold),
    };
    bucket->untold = 0;
    bucket->is_telling = true;
    redis_run(telling->limits->redis, words, sizeof words / sizeof *words, told, telling);
    arena_free(&arena);
}

static void tell(void *arg)
{
    struct limits *limits = arg;
    size_t kept = 0;
    for (size_t i = 0; i < limits->telling_count; i++) {
        const struct telling *telling = &limits->telling[i];
        struct bucket *bucket = find(limits, telling->client);
        if (bucket->client != telling->client)
            continue;
        if (!redis_is_up(limits->redis))
            bucket->untold = 0;
        else if (bucket->is_telling)
            limits->telling[kept++] = *telling;
        else
            tell_of(bucket, telling);
    }
    limits->telling_count = kept;
    if (kept)
        loop_timer_start(limits->tell, TELL_MS, 0);
}

/* The limit stands first, so that one client's buckets have different names. */
static void name_client(const struct limits *limits, enum limit limit, struct str client,
                        uint8_t name[static NAME_BYTES])
{
    struct arena arena = {0};
    uint8_t digest[SHA256_BYTES];
    struct str text = arena_printf(&arena, "%d:%.*s", (int)limit, STR_ARG(client));
    hmac_sha256((struct str){(const char *)limits->key, sizeof limits->key}, text, digest);
    memcpy(name, digest, NAME_BYTES);
    arena_free(&arena);
}

static void note_taken(struct limits *limits, struct bucket *bucket, enum limit limit, struct str client)
{
    if (!limits->redis || (bucket->untold == 0 && limits->telling_count == TELLING_MOST))
        return;
    if (bucket->untold++ > 0)
        return;
    struct telling *telling = &limits->telling[limits->telling_count++];
    *telling = (struct telling){.limits = limits, .limit = limit, .client = bucket->client};
    name_client(limits, limit, client, telling->name);
    if (limits->telling_count == 1)
        loop_timer_start(limits->tell, TELL_MS, 0);
}

/* ---- Deciding ---- */

struct str limit_client(struct str address, char text[static LIMIT_CLIENT_BYTES])
{
    struct in6_addr network;
    if (address.len >= LIMIT_CLIENT_BYTES)
        return address;
    memcpy(text, address.data ? address.data : "", address.len);
    text[address.len] = '\0';
    if (inet_pton(AF_INET6, text, &network) != 1 || IN6_IS_ADDR_V4MAPPED(&network))
        return address;
    memset(network.s6_addr + 8, 0, 8);
    inet_ntop(AF_INET6, &network, text, LIMIT_CLIENT_BYTES);
    return str_from(text);
}

static int wait_of(const struct bucket *bucket, const struct rate *rate)
{
    return bucket->tokens < 1 ? (int)((1 - bucket->tokens) / rate->per_second) + 1 : 0;
}

int limit_wait(struct limits *limits, enum limit limit, struct str address, uint64_t now_ns)
{
    char text[LIMIT_CLIENT_BYTES];
    uint64_t hash = hash_of(limit, limit_client(address, text));
    struct bucket *bucket = find(limits, hash);
    if (bucket->client != hash)
        return 0;
    fill(bucket, &limits->rates[limit], now_ns);
    return wait_of(bucket, &limits->rates[limit]);
}

int limit_take(struct limits *limits, enum limit limit, struct str address, uint64_t now_ns)
{
    char text[LIMIT_CLIENT_BYTES];
    struct str client = limit_client(address, text);
    uint64_t hash = hash_of(limit, client);
    const struct rate *rate = &limits->rates[limit];
    struct bucket *bucket = find(limits, hash);
    if (bucket->client != hash)
        *bucket = (struct bucket){.client = hash, .filled_ns = now_ns, .tokens = rate->burst};
    fill(bucket, rate, now_ns);
    int wait_s = wait_of(bucket, rate);
    if (wait_s)
        return wait_s;
    bucket->tokens -= 1;
    note_taken(limits, bucket, limit, client);
    return 0;
}

struct limits *limits_new(struct loop *loop, struct redis *redis, struct str secret)
{
    struct limits *limits = calloc(1, sizeof *limits);
    if (!limits)
        abort();
    limits->redis = redis;
    memcpy(limits->rates, usual_rates, sizeof limits->rates);
    limits->tell = loop_timer_new(loop, tell, limits);
    hmac_sha256(STR("frontdesk limits"), secret, limits->key);
    return limits;
}

void limits_set(struct limits *limits, enum limit limit, double burst, double per_second)
{
    limits->rates[limit] = (struct rate){burst, per_second};
}

void limits_free(struct limits *limits)
{
    loop_timer_free(limits->tell);
    free(limits);
}
