/* What has an earlier gateway left in the spool, and is it ours alone? Asked once, before the workers. */

#include "store/spool_disk.h"
#include "store/spool_file.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The workers of a gateway that was killed need a moment to follow it. */
#define PATIENCE_MS 2000
#define PAUSE_MS    20

static bool make_folders(const struct spool_conf *conf, struct arena *arena)
{
    struct str aside = disk_path(conf, arena, STR(SPOOL_ASIDE));
    for (size_t i = 1; i <= aside.len; i++)
        if ((i == aside.len || aside.data[i] == '/') &&
            mkdir(arena_cstring(arena, str_slice(aside, 0, i)), 0700) != 0 && errno != EEXIST)
            return false;
    return true;
}

static void count_segment(const struct spool_conf *conf, struct str name)
{
    struct spool_segment segment = {0};
    int64_t number;
    segment.name = arena_copy(&segment.arena, name);
    if (str_to_int64(str_slice(name, 0, name.len - strlen(SPOOL_SUFFIX)), &number) && number > 0 &&
        (uint64_t)number > conf->shared->newest)
        conf->shared->newest = (uint64_t)number;
    /* What can't be read now is tried again, and told of, when it is taken. */
    if (spool_read_segment(conf, &segment) == ERR_NONE)
        spool_count_segment(conf, &segment);
    arena_free(&segment.arena);
}

static bool count_what_is_there(const struct spool_conf *conf, struct arena *arena)
{
    struct dirent *entry;
    DIR *folder = opendir(conf->folder);
    while (folder && (entry = readdir(folder))) {
        struct str name = str_from(entry->d_name);
        if (str_ends(name, STR(SPOOL_SUFFIX)))
            count_segment(conf, name);
        else if (str_ends(name, STR(SPOOL_PART)))
            unlink(disk_path(conf, arena, name).data);
    }
    if (folder)
        closedir(folder);
    return folder != NULL;
}

static int lock_owner(const struct spool_conf *conf)
{
    int fd = disk_lock(conf, "owner", false);
    for (int waited = 0; fd < 0 && errno == EWOULDBLOCK && waited < PATIENCE_MS; waited += PAUSE_MS) {
        usleep(PAUSE_MS * 1000);
        fd = disk_lock(conf, "owner", false);
    }
    return fd;
}

const char *spool_adopt(const struct spool_conf *conf)
{
    struct arena arena = {0};
    bool is_ours = make_folders(conf, &arena) && lock_owner(conf) >= 0 && count_what_is_there(conf, &arena);
    int error = errno;
    arena_free(&arena);
    if (is_ours)
        return NULL;
    return error == EWOULDBLOCK ? "another gateway uses it" : strerror(error);
}
