/* How does a record stay on disk through kill -9 at any line, a full disk, and several workers?
 *
 *   append:  lock → cut off what a dead worker left behind the durable end → write → flush → the end moves
 *   take:    lock → the open segment is closed → read
 *   settle:  lock → set aside → remove, or write anew with what remains
 *
 * The counters in shared memory are raised before a write and lowered after a removal, so that a worker
 * killed in between leaves them too high, never too low; with an empty folder they are set to nothing again.
 */

#include "store/spool_file.h"

#include "store/spool_disk.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define SEGMENT_BYTES ((uint64_t)1024 * 1024)

static int lock(const struct spool_conf *conf)
{
    return disk_lock(conf, "lock", true);
}

int spool_lock_drain(const struct spool_conf *conf)
{
    return disk_lock(conf, "drain", false);
}

static struct str segment_name(struct arena *arena, uint64_t number)
{
    return arena_printf(arena, "%020llu" SPOOL_SUFFIX, (unsigned long long)number);
}

/* ---- Counting ---- */

static void lower(_Atomic uint64_t *count, uint64_t by)
{
    uint64_t now = atomic_load(count);
    atomic_store(count, now > by ? now - by : 0);
}

static void count_in(struct spool_shared *shared, const struct spool_record *record)
{
    atomic_fetch_add(&shared->records, 1);
    for (size_t i = 0; i < record->owner_count; i++)
        atomic_fetch_add(&shared->waiting[(uint64_t)record->owners[i] % SPOOL_PLACES], 1);
}

static void count_out(struct spool_shared *shared, const struct spool_record *record)
{
    lower(&shared->records, 1);
    for (size_t i = 0; i < record->owner_count; i++) {
        _Atomic uint32_t *waiting = &shared->waiting[(uint64_t)record->owners[i] % SPOOL_PLACES];
        if (atomic_load(waiting))
            atomic_fetch_sub(waiting, 1);
    }
}

static void count_nothing(struct spool_shared *shared)
{
    atomic_store(&shared->records, 0);
    atomic_store(&shared->bytes, 0);
    atomic_store(&shared->is_full, false);
    for (size_t i = 0; i < SPOOL_PLACES; i++)
        atomic_store(&shared->waiting[i], 0);
}

/* ---- Appending ---- */

static int begin_segment(const struct spool_conf *conf, struct arena *arena,
                         char head[static SPOOL_HEAD_BYTES])
{
    struct spool_shared *shared = conf->shared;
    struct str path = disk_path(conf, arena, segment_name(arena, ++shared->newest));
    shared->is_open = false;
    int fd = open(path.data, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return -1;
    spool_head_make(head);
    if (!disk_write(fd, (struct str){head, SPOOL_HEAD_BYTES}, 0) || !disk_flush_folder(conf)) {
        int why = errno;
        unlink(path.data);
        close(fd);
        errno = why;
        return -1;
    }
    shared->is_open = true;
    shared->open_end = SPOOL_HEAD_BYTES;
    atomic_fetch_add(&shared->bytes, SPOOL_HEAD_BYTES);
    return fd;
}

static int open_segment(const struct spool_conf *conf, struct arena *arena, uint64_t wanted,
                        char head[static SPOOL_HEAD_BYTES])
{
    const struct spool_shared *shared = conf->shared;
    if (!shared->is_open || shared->open_end + wanted > SEGMENT_BYTES)
        return begin_segment(conf, arena, head);
    int fd = open(disk_path(conf, arena, segment_name(arena, shared->newest)).data, O_RDWR | O_CLOEXEC);
    if (fd < 0)
        return begin_segment(conf, arena, head);
    /* What stands behind the durable end is of a worker that died over it. */
    if (!disk_read(fd, head, SPOOL_HEAD_BYTES) || ftruncate(fd, (off_t)shared->open_end) != 0) {
        close(fd);
        return -1;
    }
    return fd;
}

static enum err refuse(const struct spool_conf *conf, int why)
{
    bool is_full = why == ENOSPC || why == EDQUOT || why == EFBIG;
    atomic_store(is_full ? &conf->shared->is_full : &conf->shared->is_refused, true);
    return is_full ? ERR_TOO_LARGE : ERR_UNAVAILABLE;
}

static enum err append(const struct spool_conf *conf, struct arena *arena, const struct spool_record *records,
                       size_t count, uint64_t bytes)
{
    struct spool_shared *shared = conf->shared;
    char head[SPOOL_HEAD_BYTES];
    if (atomic_load(&shared->bytes) + bytes > conf->limit_bytes)
        return refuse(conf, ENOSPC);
    int fd = open_segment(conf, arena, bytes, head);
    if (fd < 0)
        return refuse(conf, errno);
    struct buf frames = {.arena = arena};
    for (size_t i = 0; i < count; i++) {
        spool_frame_put(&frames, head, &records[i]);
        count_in(shared, &records[i]);
    }
    atomic_fetch_add(&shared->bytes, bytes);
    enum err err = ERR_NONE;
    if (disk_write(fd, buf_str(&frames), shared->open_end) && fdatasync(fd) == 0) {
        shared->open_end += bytes;
        atomic_store(&shared->is_full, false);
        atomic_store(&shared->is_refused, false);
    } else {
        err = refuse(conf, errno);
        /* After a failed flush nobody knows what is on disk: nothing more goes into this file. */
        (void)!ftruncate(fd, (off_t)shared->open_end);
        shared->is_open = false;
        lower(&shared->bytes, bytes);
        for (size_t i = 0; i < count; i++)
            count_out(shared, &records[i]);
    }
    close(fd);
    return err;
}

enum err spool_append(const struct spool_conf *conf, const struct spool_record *records, size_t count)
{
    struct arena arena = {0};
    uint64_t bytes = 0;
    for (size_t i = 0; i < count; i++)
        bytes += spool_frame_size(&records[i]);
    int held = lock(conf);
    enum err err = held < 0 ? refuse(conf, errno) : append(conf, &arena, records, count, bytes);
    if (held >= 0)
        close(held);
    arena_free(&arena);
    return err;
}

/* ---- Reading ---- */

static bool set_aside(const struct spool_conf *conf, struct arena *arena, struct str name,
                      const char head[static SPOOL_HEAD_BYTES], struct str frame)
{
    struct buf bytes = {.arena = arena};
    buf_put(&bytes, (struct str){head, SPOOL_HEAD_BYTES});
    buf_put(&bytes, frame);
    return disk_write_file(conf, arena, name, buf_str(&bytes));
}

/* The same piece gets the same name however often it is read. */
static struct str aside_name(struct arena *arena, struct str segment, size_t place)
{
    struct str stem = str_slice(segment, 0, segment.len - strlen(SPOOL_SUFFIX));
    return arena_printf(arena, SPOOL_ASIDE "/%.*s-%zu" SPOOL_SUFFIX, STR_ARG(stem), place);
}

static void read_frames(const struct spool_conf *conf, struct str bytes, struct spool_segment *segment)
{
    struct arena *arena = &segment->arena;
    struct str rest = str_slice(bytes, SPOOL_HEAD_BYTES, bytes.len);
    size_t capacity = 0;
    for (;;) {
        struct spool_record record;
        struct str damaged;
        switch (spool_frame_next(&rest, bytes.data, arena, &record, &damaged)) {
        case SPOOL_FRAME_END:
        case SPOOL_FRAME_TORN:
            return;
        case SPOOL_FRAME_DAMAGED:
            segment->damaged++;
            if (!set_aside(conf, arena, aside_name(arena, segment->name, (size_t)(damaged.data - bytes.data)),
                           bytes.data, damaged))
                segment->keeps_damage = true;
            continue;
        case SPOOL_FRAME_WHOLE:
            break;
        }
        if (segment->count == capacity) {
            capacity = capacity ? capacity * 2 : 64;
            struct spool_record *more = arena_new_array(arena, struct spool_record, capacity);
            if (segment->count)
                memcpy(more, segment->records, segment->count * sizeof *more);
            segment->records = more;
        }
        segment->records[segment->count++] = record;
    }
}

/* The file itself: needs no room. */
static bool move_aside(const struct spool_conf *conf, struct arena *arena, struct str name)
{
    struct str from = disk_path(conf, arena, name);
    struct str to = disk_path(conf, arena, aside_name(arena, name, 0));
    return rename(from.data, to.data) == 0 && disk_flush_folder(conf);
}

enum err spool_read_segment(const struct spool_conf *conf, struct spool_segment *segment)
{
    struct str bytes;
    struct arena *arena = &segment->arena;
    enum err err = disk_read_file(conf, arena, segment->name, &bytes);
    if (err == ERR_MALFORMED && move_aside(conf, arena, segment->name)) {
        segment->damaged++;
        return ERR_NONE;
    }
    if (err != ERR_NONE)
        return ERR_UNAVAILABLE;
    segment->bytes = bytes.len;
    if (spool_head_is_ours(bytes)) {
        read_frames(conf, bytes, segment);
    } else if (bytes.len > SPOOL_HEAD_BYTES) {
        segment->damaged++;
        segment->keeps_damage = !disk_write_file(conf, arena, aside_name(arena, segment->name, 0), bytes);
    }
    return ERR_NONE;
}

void spool_count_segment(const struct spool_conf *conf, const struct spool_segment *segment)
{
    atomic_fetch_add(&conf->shared->bytes, segment->bytes);
    for (size_t i = 0; i < segment->count; i++)
        count_in(conf->shared, &segment->records[i]);
}

enum err spool_read_oldest(const struct spool_conf *conf, struct spool_segment *out)
{
    struct spool_shared *shared = conf->shared;
    *out = (struct spool_segment){0};
    int held = lock(conf);
    if (held < 0)
        return ERR_UNAVAILABLE;
    enum err err = disk_find_oldest(conf, &out->arena, &out->name) ? ERR_NONE : ERR_UNAVAILABLE;
    if (err == ERR_NONE && out->name.len == 0) {
        count_nothing(shared);
        err = ERR_NOT_FOUND;
    }
    if (err == ERR_NONE && shared->is_open && str_eq(out->name, segment_name(&out->arena, shared->newest))) {
        shared->is_open = false;
        /* What a dead worker left behind the end was never confirmed. */
        (void)!truncate(disk_path(conf, &out->arena, out->name).data, (off_t)shared->open_end);
    }
    close(held);
    if (err == ERR_NONE)
        err = spool_read_segment(conf, out);
    if (err != ERR_NONE)
        arena_free(&out->arena);
    return err;
}

/* ---- Settling ---- */

static bool put_aside(const struct spool_conf *conf, struct arena *arena, const struct spool_segment *segment)
{
    for (size_t i = 0; i < segment->count; i++) {
        if (!segment->records[i].is_set_aside)
            continue;
        char head[SPOOL_HEAD_BYTES];
        struct buf frame = {.arena = arena};
        spool_head_make(head);
        spool_frame_put(&frame, head, &segment->records[i]);
        struct str name = aside_name(arena, segment->name, SPOOL_HEAD_BYTES + i);
        if (!set_aside(conf, arena, name, head, buf_str(&frame)))
            return false;
    }
    return true;
}

static bool is_left(const struct spool_record *record)
{
    return !record->is_done && !record->is_set_aside;
}

/* The segment with only those that are left; its size then, or 0 where none is and it was removed. */
static bool write_rest(const struct spool_conf *conf, struct arena *arena,
                       const struct spool_segment *segment, uint64_t *bytes)
{
    char head[SPOOL_HEAD_BYTES];
    struct buf rest = {.arena = arena};
    spool_head_make(head);
    for (size_t i = 0; i < segment->count; i++) {
        if (!is_left(&segment->records[i]))
            continue;
        if (rest.len == 0)
            buf_put(&rest, (struct str){head, sizeof head});
        spool_frame_put(&rest, head, &segment->records[i]);
    }
    *bytes = rest.len;
    if (rest.len)
        return disk_write_file(conf, arena, segment->name, buf_str(&rest));
    return unlink(disk_path(conf, arena, segment->name).data) == 0 || errno == ENOENT;
}

static bool is_any_left(const struct spool_segment *segment)
{
    for (size_t i = 0; i < segment->count; i++)
        if (is_left(&segment->records[i]))
            return true;
    return false;
}

/* Where there is no room to set something aside, all of the segment goes there, since a spool that is full of
 * it would otherwise never be empty: what of it was handled does no harm a second time. */
static bool settle(const struct spool_conf *conf, struct arena *arena, const struct spool_segment *segment,
                   uint64_t *bytes)
{
    if (!segment->keeps_damage && put_aside(conf, arena, segment))
        return write_rest(conf, arena, segment, bytes);
    return !is_any_left(segment) && move_aside(conf, arena, segment->name);
}

enum err spool_settle_segment(const struct spool_conf *conf, const struct spool_segment *segment)
{
    struct arena arena = {0};
    uint64_t bytes = 0;
    int held = lock(conf);
    bool is_settled = held >= 0 && settle(conf, &arena, segment, &bytes);
    if (is_settled) {
        lower(&conf->shared->bytes, segment->bytes > bytes ? segment->bytes - bytes : 0);
        for (size_t i = 0; i < segment->count; i++)
            if (!is_left(&segment->records[i]))
                count_out(conf->shared, &segment->records[i]);
        atomic_store(&conf->shared->is_full, false);
    }
    if (held >= 0)
        close(held);
    arena_free(&arena);
    return is_settled ? ERR_NONE : ERR_UNAVAILABLE;
}
