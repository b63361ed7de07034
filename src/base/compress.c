/* How are bytes compressed? */

#include "base/compress.h"

#define ZLIB_CONST
#include <stdlib.h>
#include <zlib.h>

/* zlib's largest window; with 16 more, a gzip header around it. */
#define ZLIB_WINDOW_BITS 15
#define GZIP_WINDOW_BITS (15 + 16)
#define MEMORY_LEVEL     9

static struct str compress_with(struct arena *arena, struct str bytes, int window_bits)
{
    z_stream stream = {0};
    if (deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, window_bits, MEMORY_LEVEL,
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

struct str gzip_compress(struct arena *arena, struct str bytes)
{
    return compress_with(arena, bytes, GZIP_WINDOW_BITS);
}

struct str zlib_compress(struct arena *arena, struct str bytes)
{
    return compress_with(arena, bytes, ZLIB_WINDOW_BITS);
}

uint32_t crc32_sum(struct str bytes)
{
    return (uint32_t)crc32(0, (const Bytef *)bytes.data, (uInt)bytes.len);
}
