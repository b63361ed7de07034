#pragma once

/* One record of a spool as bytes, and back. Pure. For the files of the spool only.
 *
 *   segment: "FDSPOOL1", salt (16), frames
 *   frame:   "\xF7SP\x01", digest (8), bytes of text (4), owners (4), owners (8 each), text
 *
 * The digest is keyed with the segment's salt: what somebody sends can never look like a frame of ours, not
 * even where the frame around it is damaged. Numbers are in this machine's byte order. */

#include "store/spool.h"

#define SPOOL_SALT_BYTES 16
#define SPOOL_HEAD_BYTES (8 + SPOOL_SALT_BYTES)
/* A segment's first bytes, with a new salt. */
void spool_head_make(char head[static SPOOL_HEAD_BYTES]);
bool spool_head_is_ours(struct str segment);

size_t spool_frame_size(const struct spool_record *record);
/* `head` is of the segment that the frame goes to. */
void spool_frame_put(struct buf *out, const char head[static SPOOL_HEAD_BYTES],
                     const struct spool_record *record);

enum spool_frame {
    SPOOL_FRAME_WHOLE,
    SPOOL_FRAME_DAMAGED, /* bytes that are no frame, up to the next one or the segment's end */
    SPOOL_FRAME_TORN,    /* the last one was not written to its end: nobody was told that it was taken */
    SPOOL_FRAME_END
};
/* Takes the next frame off `*rest`. A whole one gives `*record`, whose text points into the segment;
 * a damaged one `*damaged`. */
enum spool_frame spool_frame_next(struct str *rest, const char head[static SPOOL_HEAD_BYTES],
                                  struct arena *arena, struct spool_record *record, struct str *damaged);
