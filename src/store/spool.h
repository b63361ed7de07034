#pragma once

/* What has to wait on disk while PostgreSQL is away: one spool a node, shared by its workers.
 *
 * A record is durable when its `done` says so. Records come out in the order in which they went in. Disk work
 * is done on another thread, so that a slow disk stops no conversation; what gathers meanwhile is flushed at
 * once. A record that was taken out twice (its worker was killed in between) must do no harm. */

#include "base/arena.h"
#include "base/err.h"
#include "net/loop.h"

#include <stdatomic.h>

/* People are told apart by their hash's place among so many: two in one place wait for each other. */
#define SPOOL_PLACES 4096

/* What was set aside stands in this folder of the spool's: each file can be moved back, to be tried again. */
#define SPOOL_ASIDE "aside"

/* What the workers know of their spool; in shared memory. */
struct spool_shared {
    _Atomic uint64_t records; /* on disk, or about to be */
    _Atomic uint64_t bytes;
    _Atomic bool is_full;                   /* the last that was brought found no room */
    _Atomic bool is_refused;                /* the disk kept nothing of the last that was tried */
    _Atomic uint32_t waiting[SPOOL_PLACES]; /* records by owner */
    /* Written under the folder's lock only. */
    uint64_t newest;   /* number of a segment */
    bool is_open;      /* the newest is appended to */
    uint64_t open_end; /* up to where it is durable; what stands behind was never confirmed */
    uint64_t tried_ns; /* when the disk was last tried with nothing to keep */
};

struct spool_conf {
    const char *folder;
    uint64_t limit_bytes;
    struct spool_shared *shared;
};

/* Before the workers: makes the folder (0700), makes sure that nobody else uses it, and counts what an
 * earlier process left. NULL, or why it can't be used; until then the lock is this process' and its
 * children's. */
const char *spool_adopt(const struct spool_conf *conf);

/* Longest text and most owners of a record: a webhook of 3 MiB has fewer of both. */
#define SPOOL_TEXT_BYTES ((size_t)4 * 1024 * 1024)
#define SPOOL_OWNERS_MAX 65536

struct spool_record {
    struct str text;
    int64_t *owners; /* whose it is: while it waits, newer ones of theirs have to wait too */
    size_t owner_count;
    bool is_done;      /* handled: it need not stay on disk */
    bool is_set_aside; /* can't be handled: it goes to those set aside */
    uint8_t failures;  /* for whoever handles it; */
    uint64_t mark;     /* likewise */
};

/* Some records, as they were taken. */
struct spool_segment {
    struct arena arena; /* holds it all */
    struct str name;    /* of the file, without the folder */
    uint64_t bytes;     /* of the file */
    struct spool_record *records;
    size_t count;
    size_t damaged;    /* pieces that were no records: set aside */
    bool keeps_damage; /* there was no room to set them aside: so the file itself has to be */
};

struct spool;

/* `conf` must outlive it. */
struct spool *spool_new(struct loop *loop, const struct spool_conf *conf);
void spool_free(struct spool *spool); /* nothing may be under way */
size_t spool_under_way(const struct spool *spool);

/* Something of this owner waits on disk, or is held. False costs next to nothing while all is well. */
bool spool_is_awaited(const struct spool *spool, int64_t owner);
bool spool_is_empty(const struct spool *spool);

/* One thing to be kept; its caller's until `done`, which comes once, from the loop: ERR_NONE when it is
 * durable, ERR_TOO_LARGE when the spool is full, ERR_UNAVAILABLE when the disk refuses. */
struct spool_put {
    struct str text;
    int64_t *owners;
    size_t owner_count;
    void (*done)(void *arg, enum err err);
    void *arg;
    struct spool_put *next; /* the spool's */
};
/* From now on newer things of its owners have to wait, though it is not put yet. To be called once before
 * spool_put. */
void spool_hold(struct spool *spool, const struct spool_put *put);
void spool_put(struct spool *spool, struct spool_put *put);

/* Finds out whether the disk would keep something, without anything to keep, and writes it into the shared
 * memory; logs it when that has changed. Not more often than every few seconds, however many workers ask. */
void spool_try(struct spool *spool);

/* Takes the oldest segment, to be handled and then settled. ERR_NOT_FOUND: nothing is left; ERR_CONFLICT:
 * another worker is at it; ERR_UNAVAILABLE: the disk refuses. One at a time. */
void spool_take(struct spool *spool, void (*done)(void *arg, enum err err, struct spool_segment *segment),
                void *arg);
/* Takes from the disk what is done or set aside, and frees the segment. A pause lets other workers go on. */
void spool_settle(struct spool *spool, struct spool_segment *segment, bool is_pause,
                  void (*done)(void *arg, enum err err), void *arg);
