/* How does a picture become a PNG file quickly? Plain areas and thin lines shrink as well without libpng's
 * search for the best filter of each row, which takes two thirds of the time that cairo needs for a picture:
 * so none is tried. */

#include "chart/png.h"

#include <png.h>
#include <string.h>

#define BYTES_A_PIXEL 3

static unsigned char *colours_of(const unsigned char *rows, uint32_t width, uint32_t height, size_t stride,
                                 struct arena *arena)
{
    unsigned char *colours = arena_alloc(arena, (size_t)width * height * BYTES_A_PIXEL);
    unsigned char *out = colours;
    for (uint32_t y = 0; y < height; y++) {
        for (uint32_t x = 0; x < width; x++) {
            uint32_t pixel;
            memcpy(&pixel, rows + y * stride + x * sizeof pixel, sizeof pixel);
            *out++ = (unsigned char)(pixel >> 16);
            *out++ = (unsigned char)(pixel >> 8);
            *out++ = (unsigned char)pixel;
        }
    }
    return colours;
}

struct str png_of_pixels(const unsigned char *rows, uint32_t width, uint32_t height, size_t stride,
                         struct arena *arena)
{
    png_image image = {.version = PNG_IMAGE_VERSION,
                       .width = width,
                       .height = height,
                       .format = PNG_FORMAT_RGB,
                       .flags = PNG_IMAGE_FLAG_FAST};
    const unsigned char *colours = colours_of(rows, width, height, stride, arena);
    png_alloc_size_t size = PNG_IMAGE_PNG_SIZE_MAX(image);
    char *file = arena_alloc(arena, size);
    bool is_written = png_image_write_to_memory(&image, file, &size, 0, colours, 0, NULL) != 0;
    png_image_free(&image);
    return is_written ? (struct str){file, size} : (struct str){0};
}
