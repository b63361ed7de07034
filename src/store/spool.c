/* How does a worker use the spool without ever waiting for the disk?
 *
 *   spool_put  → gathered → one append and one flush for all of them (another thread) → each told
 *   spool_take → (the drain lock) → the oldest segment → handled by the caller → spool_settle → the next
 *
 * Only one worker of a node takes segments; the lock is its process', so a dead one leaves it to the others.
 */

#include "base/log.h"
#include "store/spool_file.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Taken together into one append; the rest waits for the next. */
#define APPEND_BYTES ((size_t)4 * 1024 * 1024)

struct spool {
    struct loop *loop;
    const struct spool_conf *conf;
    struct spool_put *first; /* gathered */
    struct spool_put *last;
    bool is_appending;
    bool is_trying;
    size_t under_way;
    int drain_lock;              /* -1: not ours */
    uint32_t held[SPOOL_PLACES]; /* by this worker, not yet counted in shared memory */
    uint64_t held_count;
};

static uint32_t *place_of(struct spool *spool, int64_t owner)
{
    return &spool->held[(uint64_t)owner % SPOOL_PLACES];
}

static void append_gathered(struct spool *spool);

/* ---- Putting ---- */

struct append {
    struct spool *spool;
    struct arena arena;
    struct spool_put *first;
    struct spool_record *records;
    size_t count;
    enum err err;
};

static void append(void *arg)
{
    struct append *append = arg;
    append->err = spool_append(append->spool->conf, append->records, append->count);
}

static void release(struct spool *spool, const struct spool_put *put)
{
    for (size_t i = 0; i < put->owner_count; i++)
        --*place_of(spool, put->owners[i]);
    spool->held_count--;
}

static void appended(void *arg)
{
    struct append ended = *(struct append *)arg;
    struct spool *spool = ended.spool;
    spool->is_appending = false;
    append_gathered(spool);
    while (ended.first) {
        struct spool_put *put = ended.first;
        ended.first = put->next;
        spool->under_way--;
        release(spool, put);
        put->done(put->arg, ended.err);
    }
    arena_free(&ended.arena);
}

static void append_gathered(struct spool *spool)
{
    if (spool->is_appending || !spool->first)
        return;
    struct arena arena = {0};
    struct append *task = arena_new(&arena, struct append);
    struct spool_put *end = spool->first;
    size_t bytes = 0;
    size_t count = 0;
    while (end && (count == 0 || bytes + end->text.len <= APPEND_BYTES)) {
        bytes += end->text.len;
        count++;
        end = end->next;
    }
    *task = (struct append){.spool = spool, .first = spool->first, .count = count};
    task->records = arena_new_array(&arena, struct spool_record, count);
    struct spool_put *put = spool->first;
    for (size_t i = 0; i < count; i++) {
        task->records[i] =
            (struct spool_record){.text = put->text, .owners = put->owners, .owner_count = put->owner_count};
        struct spool_put *next = put->next;
        if (i + 1 == count)
            put->next = NULL;
        put = next;
    }
    spool->first = end;
    if (!end)
        spool->last = NULL;
    task->arena = arena;
    spool->is_appending = true;
    loop_work(spool->loop, append, appended, task);
}

void spool_hold(struct spool *spool, const struct spool_put *put)
{
    for (size_t i = 0; i < put->owner_count; i++)
        ++*place_of(spool, put->owners[i]);
    spool->held_count++;
}

void spool_put(struct spool *spool, struct spool_put *put)
{
    put->next = NULL;
    if (spool->last)
        spool->last->next = put;
    else
        spool->first = put;
    spool->last = put;
    spool->under_way++;
    append_gathered(spool);
}

bool spool_is_empty(const struct spool *spool)
{
    return spool->held_count == 0 && atomic_load(&spool->conf->shared->records) == 0;
}

bool spool_is_awaited(const struct spool *spool, int64_t owner)
{
    size_t place = (uint64_t)owner % SPOOL_PLACES;
    return spool->held[place] || atomic_load(&spool->conf->shared->waiting[place]);
}

/* ---- Trying ---- */

struct trial {
    struct spool *spool;
    bool was_refused;
    int why;
};

static void try_disk(void *arg)
{
    struct trial *trial = arg;
    trial->why = spool_try_disk(trial->spool->conf);
}

static void tried(void *arg)
{
    struct trial ended = *(struct trial *)arg;
    struct spool *spool = ended.spool;
    free(arg);
    spool->is_trying = false;
    spool->under_way--;
    bool is_refused = atomic_load(&spool->conf->shared->is_refused);
    if (is_refused && !ended.was_refused)
        log_event(LOG_ERROR,
                  "the spool's disk refuses: what comes while PostgreSQL is away would be refused too",
                  log_cstr("why", strerror(ended.why)));
    else if (!is_refused && ended.was_refused)
        log_event(LOG_INFO, "the spool's disk takes what it is given again");
}

void spool_try(struct spool *spool)
{
    if (spool->is_trying)
        return;
    struct trial *trial = calloc(1, sizeof *trial);
    if (!trial)
        abort();
    *trial = (struct trial){.spool = spool, .was_refused = atomic_load(&spool->conf->shared->is_refused)};
    spool->is_trying = true;
    spool->under_way++;
    loop_work(spool->loop, try_disk, tried, trial);
}

/* ---- Taking ---- */

struct taking {
    struct spool *spool;
    struct spool_segment *segment;
    bool is_pause;
    enum err err;
    void (*taken)(void *arg, enum err err, struct spool_segment *segment);
    void (*settled)(void *arg, enum err err);
    void *arg;
};

static struct taking *taking_new(struct spool *spool, void *arg)
{
    struct taking *taking = calloc(1, sizeof *taking);
    if (!taking)
        abort();
    taking->spool = spool;
    taking->arg = arg;
    spool->under_way++;
    return taking;
}

static void let_others(struct spool *spool)
{
    if (spool->drain_lock >= 0)
        close(spool->drain_lock);
    spool->drain_lock = -1;
}

static void read_oldest(void *arg)
{
    struct taking *taking = arg;
    struct spool *spool = taking->spool;
    if (spool->drain_lock < 0)
        spool->drain_lock = spool_lock_drain(spool->conf);
    taking->err = spool->drain_lock < 0 ? ERR_CONFLICT : spool_read_oldest(spool->conf, taking->segment);
    if (taking->err != ERR_NONE)
        let_others(spool);
}

static void was_read(void *arg)
{
    struct taking ended = *(struct taking *)arg;
    free(arg);
    ended.spool->under_way--;
    if (ended.err != ERR_NONE) {
        free(ended.segment);
        ended.segment = NULL;
    }
    ended.taken(ended.arg, ended.err, ended.segment);
}

void spool_take(struct spool *spool, void (*done)(void *arg, enum err err, struct spool_segment *segment),
                void *arg)
{
    struct taking *taking = taking_new(spool, arg);
    taking->segment = calloc(1, sizeof *taking->segment);
    if (!taking->segment)
        abort();
    taking->taken = done;
    loop_work(spool->loop, read_oldest, was_read, taking);
}

static void settle(void *arg)
{
    struct taking *taking = arg;
    taking->err = spool_settle_segment(taking->spool->conf, taking->segment);
    if (taking->is_pause || taking->err != ERR_NONE)
        let_others(taking->spool);
}

static void was_settled(void *arg)
{
    struct taking ended = *(struct taking *)arg;
    free(arg);
    ended.spool->under_way--;
    arena_free(&ended.segment->arena);
    free(ended.segment);
    ended.settled(ended.arg, ended.err);
}

void spool_settle(struct spool *spool, struct spool_segment *segment, bool is_pause,
                  void (*done)(void *arg, enum err err), void *arg)
{
    struct taking *taking = taking_new(spool, arg);
    taking->segment = segment;
    taking->is_pause = is_pause;
    taking->settled = done;
    loop_work(spool->loop, settle, was_settled, taking);
}

/* ---- Its life ---- */

struct spool *spool_new(struct loop *loop, const struct spool_conf *conf)
{
    struct spool *spool = calloc(1, sizeof *spool);
    if (!spool)
        abort();
    spool->loop = loop;
    spool->conf = conf;
    spool->drain_lock = -1;
    return spool;
}

size_t spool_under_way(const struct spool *spool)
{
    return spool->under_way;
}

void spool_free(struct spool *spool)
{
    if (!spool)
        return;
    let_others(spool);
    free(spool);
}
