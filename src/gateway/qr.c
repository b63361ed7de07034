/* How does an address become a square that a telephone reads? libqrencode says which modules are dark; the
 * PNG is one bit a pixel, so that it is smaller than the text that it replaces. */

#include "gateway/qr.h"

#include "base/compress.h"
#include "base/encoding.h"

#include <qrencode.h>

#define MODULE_PIXELS 6
#define QUIET_MODULES 4 /* the white margin that readers need */
#define TEXT_BYTES    500

static void put_number(struct buf *out, uint32_t number)
{
    for (int shift = 24; shift >= 0; shift -= 8)
        buf_put_char(out, (char)(number >> shift));
}

static void put_chunk(struct buf *out, const char type[4], struct str data)
{
    put_number(out, (uint32_t)data.len);
    size_t begin = out->len;
    buf_put(out, (struct str){type, 4});
    buf_put(out, data);
    put_number(out, crc32_sum(str_slice(buf_str(out), begin, out->len)));
}

static struct str header(struct arena *arena, uint32_t side)
{
    struct buf data = {.arena = arena};
    put_number(&data, side);
    put_number(&data, side);
    /* One bit grey; deflate, the only filter method, not interlaced. */
    buf_put(&data, (struct str){"\x01\x00\x00\x00\x00", 5});
    return buf_str(&data);
}

/* Rows of bits, white is 1, each behind its filter's number. */
static struct str pixels(struct arena *arena, const QRcode *code, size_t side)
{
    size_t row_bytes = 1 + (side + 7) / 8;
    uint8_t *rows = arena_alloc_array(arena, side, row_bytes);
    size_t width = (size_t)code->width;
    for (size_t y = 0; y < side; y++) {
        for (size_t x = 0; x < side; x++) {
            size_t column = x / MODULE_PIXELS - QUIET_MODULES;
            size_t row = y / MODULE_PIXELS - QUIET_MODULES;
            /* Left of and above the code the difference wraps, and is no module either. */
            bool is_dark = column < width && row < width && (code->data[row * width + column] & 1);
            if (!is_dark)
                rows[y * row_bytes + 1 + x / 8] |= (uint8_t)(0x80 >> (x % 8));
        }
    }
    return (struct str){(const char *)rows, side * row_bytes};
}

struct str qr_data_uri(struct str text, struct arena *arena)
{
    if (text.len > TEXT_BYTES)
        return (struct str){0};
    QRcode *code = QRcode_encodeString8bit(arena_cstring(arena, text), 0, QR_ECLEVEL_M);
    if (!code)
        return (struct str){0};
    size_t side = ((size_t)code->width + 2 * QUIET_MODULES) * MODULE_PIXELS;
    struct buf png = {.arena = arena};
    buf_put(&png, STR("\x89PNG\r\n\x1a\n"));
    put_chunk(&png, "IHDR", header(arena, (uint32_t)side));
    put_chunk(&png, "IDAT", zlib_compress(arena, pixels(arena, code, side)));
    put_chunk(&png, "IEND", (struct str){0});
    QRcode_free(code);
    struct str encoded = base64_encode(arena, png.data, png.len);
    return arena_printf(arena, "data:image/png;base64,%.*s", STR_ARG(encoded));
}
