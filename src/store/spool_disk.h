#pragma once

/* A spool's folder, file by file, blocking. For the files of the spool only. Names are without the folder. */

#include "base/err.h"
#include "store/spool.h"

#define SPOOL_SUFFIX ".spool"
#define SPOOL_PART   ".part" /* of a file that is not yet written to its end */

struct str disk_path(const struct spool_conf *conf, struct arena *arena, struct str name);

/* The descriptor of a locked file, or -1 with errno; waits for the lock or not. The lock ends with the
 * process, or when the descriptor is closed. */
int disk_lock(const struct spool_conf *conf, const char *name, bool waits);

/* All bytes at that place, or false with errno. */
bool disk_write(int fd, struct str bytes, uint64_t at);
bool disk_read(int fd, char *out, size_t bytes);
/* Makes the names of new files durable. */
bool disk_flush_folder(const struct spool_conf *conf);

/* Writes a whole file beside its name and moves it there: it is either as before or as wanted. */
bool disk_write_file(const struct spool_conf *conf, struct arena *arena, struct str name, struct str bytes);
/* ERR_UNAVAILABLE: it can't be opened; ERR_MALFORMED: it can, but is no file, too large, or can't be read. */
enum err disk_read_file(const struct spool_conf *conf, struct arena *arena, struct str name, struct str *out);

/* The segment that comes first; empty: there is none. False: the folder can't be read. */
bool disk_find_oldest(const struct spool_conf *conf, struct arena *arena, struct str *out);
