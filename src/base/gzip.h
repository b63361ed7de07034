#pragma once

/* Compression for what is served again and again. */

#include "base/arena.h"

/* The bytes as a gzip document, as small as it gets. */
struct str gzip_compress(struct arena *arena, struct str bytes);
