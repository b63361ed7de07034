#pragma once

/* The files of a node's spool. Everything here blocks, and may run on any thread of any worker. For the files
 * of the spool only: see spool.h.
 *
 * FOLDER/NUMBER.spool are the segments, oldest first; only the newest is appended to. FOLDER/aside
 * (SPOOL_ASIDE) holds what was set aside, each a segment of its own. Whoever appends, or takes a segment
 * away, holds FOLDER/lock. */

#include "base/err.h"
#include "store/spool.h"
#include "store/spool_frame.h"

/* Appends records and flushes them. ERR_TOO_LARGE: there is no room for them; ERR_UNAVAILABLE: the disk
 * refuses. Then nothing of them stays. */
enum err spool_append(const struct spool_conf *conf, const struct spool_record *records, size_t count);

/* Could something be kept? The disk's errno, or 0; sets is_refused. Does nothing where it was asked just now.
 */
int spool_try_disk(const struct spool_conf *conf);

/* Reads the oldest segment; one that was appended to is no longer. ERR_NOT_FOUND: the spool is empty. */
enum err spool_read_oldest(const struct spool_conf *conf, struct spool_segment *out);
/* Reads the segment of that name (in its arena), and counts one that was there before us. One that can be
 * opened, but not read, is set aside. */
enum err spool_read_segment(const struct spool_conf *conf, struct spool_segment *segment);
void spool_count_segment(const struct spool_conf *conf, const struct spool_segment *segment);
/* Takes what is done or set aside off the disk: the segment, or those of its records. */
enum err spool_settle_segment(const struct spool_conf *conf, const struct spool_segment *segment);

/* The lock under which segments are read and settled: its descriptor, or -1 while somebody else has it. It
 * ends with the process, or when it is closed. */
int spool_lock_drain(const struct spool_conf *conf);
