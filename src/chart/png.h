#pragma once

/* Pixels as a PNG file. */

#include "base/arena.h"
#include "base/str.h"

#include <stdint.h>

/* Rows of `width` pixels 0x..RRGGBB, `stride` bytes apart. Empty where it cannot be written. */
struct str png_of_pixels(const unsigned char *rows, uint32_t width, uint32_t height, size_t stride,
                         struct arena *arena);
