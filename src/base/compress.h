#pragma once

/* Compression for what is served again and again, and for pictures. */

#include "base/arena.h"

/* The bytes as a gzip document, or as a zlib stream (what a PNG holds), as small as it gets. */
struct str gzip_compress(struct arena *arena, struct str bytes);
struct str zlib_compress(struct arena *arena, struct str bytes);
uint32_t crc32_sum(struct str bytes); /* as in gzip and PNG */
