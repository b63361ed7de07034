/* How are bytes compressed? */

#include "base/gzip.h"

#define ZLIB_CONST
#include <stdlib.h>
#include <zlib.h>

/* zlib's largest window, with a gzip header around it. */
#define GZIP_WINDOW_BITS (15 + 16)
#define MEMORY_LEVEL     9

struct str gzip_compress(struct arena *arena, struct str bytes)
{
    z_stream stream = {0};
    if (deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, GZIP_WINDOW_BITS, MEMORY_LEVEL,
                     Z_DEFAULT_STRATEGY) != Z_OK)
        abort();
    size_t room = deflateBound(&stream, bytes.len);
    char *out = arena_alloc(arena, room);
    stream.next_in = (const Bytef *)bytes.data;
    stream.avail_in = (uInt)bytes.len;
    stream.next_out = (Bytef *)out;
    stream.avail_out = (uInt)room;
    if (deflate(&stream, Z_FINISH) != Z_STREAM_END)
        abort(); /* the room was enough by zlib's own word */
    size_t len = stream.total_out;
    deflateEnd(&stream);
    return (struct str){out, len};
}
