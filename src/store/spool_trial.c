/* Would the disk keep something, though there is nothing to be kept?
 *
 * A disk that was mounted read-only, is full or broken is better known before PostgreSQL is away; and one
 * that has room again, before somebody brings something to a gateway that nobody is sent to because it has
 * none. */

#include "base/clock.h"
#include "store/spool_disk.h"
#include "store/spool_file.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

/* As much as some webhooks together. */
#define TRIAL_BYTES    ((size_t)64 * 1024)
#define TRIAL_NAME     "trial"
#define TRIAL_LEAST_NS (UINT64_C(5) * 1000000000)

static int try_disk(const struct spool_conf *conf, struct arena *arena)
{
    struct spool_shared *shared = conf->shared;
    char *bytes = arena_alloc(arena, TRIAL_BYTES);
    memset(bytes, 'x', TRIAL_BYTES);
    errno = 0;
    int why = disk_write_file(conf, arena, STR(TRIAL_NAME), (struct str){bytes, TRIAL_BYTES}) ? 0 : errno;
    if (why == 0)
        unlink(disk_path(conf, arena, STR(TRIAL_NAME)).data);
    atomic_store(&shared->is_refused, why != 0);
    if (why == 0 && atomic_load(&shared->bytes) + TRIAL_BYTES <= conf->limit_bytes)
        atomic_store(&shared->is_full, false);
    return why;
}

int spool_try_disk(const struct spool_conf *conf)
{
    struct arena arena = {0};
    int why = 0;
    int held = disk_lock(conf, "lock", true);
    uint64_t now_ns = clock_monotonic_ns();
    if (held < 0) {
        why = errno;
        atomic_store(&conf->shared->is_refused, true);
    } else if (now_ns - conf->shared->tried_ns > TRIAL_LEAST_NS) {
        conf->shared->tried_ns = now_ns;
        why = try_disk(conf, &arena);
    }
    if (held >= 0)
        close(held);
    arena_free(&arena);
    return why;
}
