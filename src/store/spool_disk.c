/* How are bytes put into a spool's folder so that they are still there after a power cut? */

#include "store/spool_disk.h"

#include "store/spool_frame.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* A segment grows to a megabyte, or is as large as the one append that began it: some megabytes of texts, and
 * whose they are. */
#define LARGEST_BYTES (2 * SPOOL_TEXT_BYTES)

struct str disk_path(const struct spool_conf *conf, struct arena *arena, struct str name)
{
    return arena_printf(arena, "%s/%.*s", conf->folder, STR_ARG(name));
}

int disk_lock(const struct spool_conf *conf, const char *name, bool waits)
{
    struct arena arena = {0};
    int fd = open(disk_path(conf, &arena, str_from(name)).data, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    int why = errno;
    arena_free(&arena);
    while (fd >= 0 && flock(fd, waits ? LOCK_EX : LOCK_EX | LOCK_NB) != 0) {
        if (errno == EINTR)
            continue;
        why = errno;
        close(fd);
        fd = -1;
    }
    errno = why;
    return fd;
}

bool disk_write(int fd, struct str bytes, uint64_t at)
{
    while (bytes.len) {
        ssize_t count = pwrite(fd, bytes.data, bytes.len, (off_t)at);
        if (count < 0 && errno == EINTR)
            continue;
        if (count <= 0)
            return false;
        at += (uint64_t)count;
        bytes = str_slice(bytes, (size_t)count, bytes.len);
    }
    return true;
}

bool disk_read(int fd, char *out, size_t bytes)
{
    for (size_t at = 0; at < bytes;) {
        ssize_t count = pread(fd, out + at, bytes - at, (off_t)at);
        if (count < 0 && errno == EINTR)
            continue;
        if (count <= 0)
            return false;
        at += (size_t)count;
    }
    return true;
}

bool disk_flush_folder(const struct spool_conf *conf)
{
    int fd = open(conf->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool is_flushed = fd >= 0 && fsync(fd) == 0;
    if (fd >= 0)
        close(fd);
    return is_flushed;
}

bool disk_write_file(const struct spool_conf *conf, struct arena *arena, struct str name, struct str bytes)
{
    struct str path = disk_path(conf, arena, name);
    struct str part = arena_printf(arena, "%.*s" SPOOL_PART, STR_ARG(path));
    int fd = open(part.data, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    bool is_written = fd >= 0 && disk_write(fd, bytes, 0) && fdatasync(fd) == 0;
    if (fd >= 0)
        close(fd);
    is_written = is_written && rename(part.data, path.data) == 0;
    if (!is_written)
        unlink(part.data);
    return is_written && disk_flush_folder(conf);
}

enum err disk_read_file(const struct spool_conf *conf, struct arena *arena, struct str name, struct str *out)
{
    struct stat status;
    int fd = open(disk_path(conf, arena, name).data, O_RDONLY | O_CLOEXEC);
    bool is_open = fd >= 0;
    bool is_read = is_open && fstat(fd, &status) == 0 && (uint64_t)status.st_size <= LARGEST_BYTES;
    if (is_read) {
        char *bytes = arena_alloc(arena, (size_t)status.st_size + 1);
        is_read = disk_read(fd, bytes, (size_t)status.st_size);
        *out = (struct str){bytes, (size_t)status.st_size};
    }
    if (is_open)
        close(fd);
    return is_read ? ERR_NONE : is_open ? ERR_MALFORMED : ERR_UNAVAILABLE;
}

bool disk_find_oldest(const struct spool_conf *conf, struct arena *arena, struct str *out)
{
    struct dirent *entry;
    DIR *folder = opendir(conf->folder);
    *out = (struct str){0};
    while (folder && (entry = readdir(folder))) {
        struct str name = str_from(entry->d_name);
        if (str_ends(name, STR(SPOOL_SUFFIX)) && (out->len == 0 || str_compare(name, *out) < 0))
            *out = arena_copy(arena, name);
    }
    if (folder)
        closedir(folder);
    return folder != NULL;
}
