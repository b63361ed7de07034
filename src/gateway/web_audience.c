/* Who has not heard the newest yet?
 *
 * news (our own turn, Redis, the sweep) → look → (the transcript comes) → each listener hears what it lacks.
 * One look at a session at a time; what comes to pass meanwhile is looked for afterwards. */

#include "gateway/web_audience.h"

#include "base/digest.h"
#include "base/encoding.h"
#include "base/uuid.h"
#include "gateway/web_words.h"
#include "store/redis.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BUCKETS     8192
#define TICK_MS     1000
/* Sweeps while others can tell us what is new; without Redis each tick is one. */
#define RARE_TICKS  10
#define CHANNEL     STR("frontdesk:web")
#define NAME_DIGITS 16

struct audience {
    struct audience *next; /* in its bucket */
    struct audiences *audiences;
    struct listener *listeners;
    struct transcript_ask *ask; /* a look under way; else NULL */
    struct uuid session;
    uint8_t status;   /* that they were told last */
    bool looks_again; /* after this look */
    uint8_t key_len;
    char key[];
};

struct audiences {
    struct gateway *gateway;
    struct audiences_conf conf;
    struct transcripts *transcripts;
    struct loop_timer *tick;
    unsigned ticks;
    bool is_behind;             /* a look failed: somebody may lack something */
    char name[NAME_DIGITS + 1]; /* what this worker calls itself to the others */
    struct audience *buckets[BUCKETS];
};

static void look(struct audience *audience);

/* ---- Who is where ---- */

/* What others are told of a session: its id itself would say when it began. */
static uint64_t hash_of(struct uuid session)
{
    uint8_t digest[SHA256_BYTES];
    uint64_t hash;
    sha256((struct str){(const char *)session.bytes, sizeof session.bytes}, digest);
    memcpy(&hash, digest, sizeof hash);
    return hash;
}

static struct audience **place_of(struct audiences *audiences, struct uuid session)
{
    struct audience **place = &audiences->buckets[hash_of(session) % BUCKETS];
    while (*place && !uuid_eq((*place)->session, session))
        place = &(*place)->next;
    return place;
}

static struct audience *new_audience(struct audiences *audiences, const struct session *session)
{
    struct audience *audience = calloc(1, sizeof *audience + session->key.len);
    if (!audience)
        abort();
    audience->audiences = audiences;
    audience->session = session->id;
    audience->status = (uint8_t)session->status;
    audience->key_len = (uint8_t)session->key.len;
    memcpy(audience->key, session->key.data, session->key.len);
    return audience;
}

static void remove_if_idle(struct audience *audience)
{
    if (audience->listeners || audience->ask)
        return;
    *place_of(audience->audiences, audience->session) = audience->next;
    free(audience);
}

void audience_join(struct audiences *audiences, struct listener *listener, const struct session *session,
                   int64_t heard)
{
    struct audience **place = place_of(audiences, session->id);
    if (!*place)
        *place = new_audience(audiences, session);
    struct audience *audience = *place;
    listener->audience = audience;
    listener->heard = heard;
    listener->next = audience->listeners;
    audience->listeners = listener;
    look(audience);
}

void audience_leave(struct listener *listener)
{
    struct audience *audience = listener->audience;
    if (!audience)
        return;
    struct listener **link = &audience->listeners;
    while (*link != listener)
        link = &(*link)->next;
    *link = listener->next;
    listener->audience = NULL;
    remove_if_idle(audience);
}

struct str audience_key(const struct listener *listener)
{
    return (struct str){listener->audience->key, listener->audience->key_len};
}

struct uuid audience_session(const struct listener *listener)
{
    return listener->audience->session;
}

bool audience_is_looking(const struct listener *listener)
{
    return listener->audience && listener->audience->ask;
}

void audience_tell(const struct listener *one_of_them, struct str text)
{
    const struct audience *audience = one_of_them->audience;
    for (struct listener *listener = audience->listeners; listener; listener = listener->next)
        audience->audiences->conf.hear(listener, text);
}

/* ---- Looking ---- */

static void tell_status(struct audience *audience, struct str status, struct arena *arena)
{
    if (str_eq(status, session_status_name((enum session_status)audience->status)))
        return;
    for (int known = SESSION_STARTED; known <= SESSION_FAILED; known++)
        if (str_eq(status, session_status_name((enum session_status)known)))
            audience->status = (uint8_t)known;
    audience_tell(audience->listeners, web_status_text(status, arena));
    if (audience->status == SESSION_GENERATING_CHART)
        audience_tell(audience->listeners, web_typing_text());
}

/* Who joined after this look had begun may lack what lies before it, and must hear that first. */
static void tell_row(struct audience *audience, const struct transcript_row *row, struct arena *arena)
{
    struct str text = {0};
    for (struct listener *listener = audience->listeners; listener; listener = listener->next) {
        if (listener->heard < audience->ask->after || listener->heard >= row->seq)
            continue;
        if (!text.len)
            text = web_row_text(row, arena);
        if (text.len)
            audience->audiences->conf.hear(listener, text);
        listener->heard = row->seq;
    }
}

static void tell_settled(struct audience *audience)
{
    struct audiences *audiences = audience->audiences;
    struct listener *listener = audience->listeners;
    while (listener) {
        struct listener *next = listener->next;
        audiences->conf.settled(listener);
        listener = next;
    }
}

static void looked(void *arg, enum err err, const struct transcript_row *rows, size_t count,
                   struct str status)
{
    struct audience *audience = arg;
    struct arena arena = {0};
    audience->audiences->is_behind |= err != ERR_NONE;
    for (size_t i = 0; i < count; i++)
        tell_row(audience, &rows[i], &arena);
    bool is_cut = count == TRANSCRIPT_ROWS_MAX;
    if (count && !is_cut && audience->listeners)
        tell_status(audience, status, &arena);
    free(audience->ask);
    audience->ask = NULL;
    if ((is_cut || audience->looks_again) && audience->listeners)
        look(audience);
    else
        tell_settled(audience);
    arena_free(&arena);
    remove_if_idle(audience);
}

static void look(struct audience *audience)
{
    audience->looks_again = audience->ask != NULL;
    if (audience->ask || !audience->listeners)
        return;
    struct transcript_ask *ask = calloc(1, sizeof *ask);
    if (!ask)
        abort();
    *ask = (struct transcript_ask){
        .session = audience->session, .after = INT64_MAX, .done = looked, .arg = audience};
    for (const struct listener *listener = audience->listeners; listener; listener = listener->next)
        if (listener->heard < ask->after)
            ask->after = listener->heard;
    audience->ask = ask;
    transcript_read(audience->audiences->transcripts, ask);
}

/* ---- News ---- */

void audience_news(struct audiences *audiences, struct uuid session)
{
    struct audience *audience = *place_of(audiences, session);
    struct arena arena = {0};
    if (audience)
        look(audience);
    if (audiences->gateway->redis)
        redis_publish(
            audiences->gateway->redis, CHANNEL,
            arena_printf(&arena, "%s:%016llx", audiences->name, (unsigned long long)hash_of(session)));
    arena_free(&arena);
}

static void told(void *arg, struct str text)
{
    struct audiences *audiences = arg;
    uint8_t bytes[8];
    uint64_t hash = 0;
    struct str name = str_slice(text, 0, NAME_DIGITS);
    struct str digits = str_slice(text, NAME_DIGITS + 1, text.len);
    if (str_eq(name, str_from(audiences->name)) || !hex_decode(digits, bytes, sizeof bytes))
        return;
    for (size_t i = 0; i < sizeof bytes; i++)
        hash = hash << 8 | bytes[i];
    for (struct audience *audience = audiences->buckets[hash % BUCKETS]; audience; audience = audience->next)
        if (hash_of(audience->session) == hash)
            look(audience);
}

static void tick(void *arg)
{
    struct audiences *audiences = arg;
    const struct gateway *gateway = audiences->gateway;
    bool hears_others = gateway->redis && redis_is_up(gateway->redis);
    bool is_due = !hears_others || audiences->is_behind || ++audiences->ticks % RARE_TICKS == 0;
    if (!is_due || !gateway->is_ready)
        return;
    audiences->is_behind = false;
    for (size_t i = 0; i < BUCKETS; i++)
        for (struct audience *audience = audiences->buckets[i]; audience; audience = audience->next)
            if (!audience->ask)
                look(audience);
}

struct audiences *audiences_new(struct gateway *gateway, const struct audiences_conf *conf)
{
    struct audiences *audiences = calloc(1, sizeof *audiences);
    if (!audiences)
        abort();
    uint64_t number;
    random_bytes(&number, sizeof number);
    (void)snprintf(audiences->name, sizeof audiences->name, "%016llx", (unsigned long long)number);
    audiences->gateway = gateway;
    audiences->conf = *conf;
    audiences->transcripts = transcripts_new(gateway->loop, gateway->store);
    audiences->tick = loop_timer_new(gateway->loop, tick, audiences);
    loop_timer_start(audiences->tick, TICK_MS, TICK_MS);
    if (gateway->redis)
        redis_listen(gateway->redis, CHANNEL, told, audiences);
    return audiences;
}

void audiences_free(struct audiences *audiences)
{
    loop_timer_free(audiences->tick);
    transcripts_free(audiences->transcripts);
    free(audiences);
}

struct transcripts *audiences_transcripts(struct audiences *audiences)
{
    return audiences->transcripts;
}
