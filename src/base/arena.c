/* Where does the memory of one turn live, and how is it all given back at once? */

#include "base/arena.h"

#include "base/format.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Holds a usual turn, so that most turns allocate one block, once. */
#define BLOCK_BYTES ((size_t)16 * 1024)
/* Blocks kept for the next unit of work: as many as a worker has under way in a busy moment. Under the
 * address sanitizer none, so that it sees whoever uses memory that was given back. */
#ifdef FRONTDESK_SANITIZED
#define SPARES_MAX 0
#else
#define SPARES_MAX 32
#endif

struct arena_block {
    struct arena_block *older;
    size_t size;
    alignas(max_align_t) char data[];
};

/* The one given back last is taken first: it is still in the processor's cache. */
static _Thread_local struct {
    struct arena_block *newest;
    int count;
} spares;

static struct arena_block *take_spare(void)
{
    struct arena_block *block = spares.newest;
    if (block) {
        spares.newest = block->older;
        spares.count--;
    }
    return block;
}

static void free_block(struct arena_block *block)
{
    if (block->size != BLOCK_BYTES || spares.count >= SPARES_MAX) {
        free(block);
        return;
    }
    block->older = spares.newest;
    spares.newest = block;
    spares.count++;
}

void *arena_add_block(struct arena *arena, size_t bytes)
{
    if (bytes > SIZE_MAX / 2)
        abort();
    size_t rounded = arena_rounded(bytes);
    size_t size = rounded > BLOCK_BYTES ? rounded : BLOCK_BYTES;
    struct arena_block *block = size == BLOCK_BYTES ? take_spare() : NULL;
    if (!block)
        block = malloc(sizeof *block + size);
    if (!block)
        abort();
    block->older = arena->block;
    block->size = size;
    *arena = (struct arena){block, block->data + rounded, block->data + size};
    return block->data;
}

void *arena_alloc(struct arena *arena, size_t bytes)
{
    return memset(arena_take(arena, bytes), 0, bytes);
}

void *arena_alloc_array(struct arena *arena, size_t count, size_t bytes)
{
    size_t total;
    if (__builtin_mul_overflow(count, bytes, &total))
        abort();
    return arena_alloc(arena, total);
}

static void free_blocks(struct arena_block *block)
{
    while (block) {
        struct arena_block *older = block->older;
        free_block(block);
        block = older;
    }
}

void arena_reset(struct arena *arena)
{
    struct arena_block *keep = NULL;
    if (arena->block) {
        keep = arena->block;
        free_blocks(keep->older);
        keep->older = NULL;
        if (keep->size > BLOCK_BYTES) {
            free_blocks(keep);
            keep = NULL;
        }
    }
    *arena = keep ? (struct arena){keep, keep->data, keep->data + keep->size} : (struct arena){0};
}

void arena_free(struct arena *arena)
{
    free_blocks(arena->block);
    *arena = (struct arena){0};
}

struct str arena_copy(struct arena *arena, struct str text)
{
    char *copy = arena_take(arena, text.len + 1);
    if (text.len)
        memcpy(copy, text.data, text.len);
    copy[text.len] = '\0';
    return (struct str){copy, text.len};
}

struct str arena_join_all(struct arena *arena, const struct str *texts, size_t count)
{
    size_t len = 0;
    for (size_t i = 0; i < count; i++)
        len += texts[i].len;
    char *joined = arena_take(arena, len + 1);
    char *end = joined;
    for (size_t i = 0; i < count; i++) {
        if (texts[i].len)
            memcpy(end, texts[i].data, texts[i].len);
        end += texts[i].len;
    }
    *end = '\0';
    return (struct str){joined, len};
}

struct str arena_number(struct arena *arena, int64_t number)
{
    char digits[DIGITS_MAX];
    return arena_copy(arena, format_int(number, digits));
}

const char *arena_cstring(struct arena *arena, struct str text)
{
    return arena_copy(arena, text).data;
}

static struct str format_any(struct arena *arena, const char *format, va_list args)
{
    va_list again;
    va_copy(again, args);
    int len = vsnprintf(NULL, 0, format, args);
    if (len < 0)
        abort();
    char *text = arena_take(arena, (size_t)len + 1);
    vsnprintf(text, (size_t)len + 1, format, again);
    va_end(again);
    return (struct str){text, (size_t)len};
}

/* Most texts are short and plain. */
static struct str format_text(struct arena *arena, const char *format, va_list args)
{
    char brief[256];
    va_list again;
    va_copy(again, args);
    int len = format_plain(brief, sizeof brief, format, args);
    struct str text =
        len < 0 ? format_any(arena, format, again) : arena_copy(arena, (struct str){brief, (size_t)len});
    va_end(again);
    return text;
}

struct str arena_printf(struct arena *arena, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    struct str text = format_text(arena, format, args);
    va_end(args);
    return text;
}

/* What lies last in the arena need not be moved. */
static bool grow_in_place(struct buf *buf, size_t capacity)
{
    struct arena *arena = buf->arena;
    bool is_last = buf->capacity && buf->data + buf->capacity == arena->free;
    size_t more = capacity - buf->capacity;
    if (!is_last || more >= (size_t)(arena->end - arena->free))
        return false;
    arena->free += more;
    buf->capacity = capacity;
    return true;
}

static void grow(struct buf *buf, size_t bytes)
{
    size_t capacity = buf->capacity ? buf->capacity * 2 : 256;
    while (capacity - buf->len < bytes)
        capacity *= 2;
    if (grow_in_place(buf, capacity))
        return;
    char *grown = arena_take(buf->arena, capacity);
    if (buf->len)
        memcpy(grown, buf->data, buf->len);
    buf->data = grown;
    buf->capacity = capacity;
}

char *buf_room(struct buf *buf, size_t bytes)
{
    if (buf->capacity - buf->len < bytes)
        grow(buf, bytes);
    return buf->data + buf->len;
}

void buf_put(struct buf *buf, struct str text)
{
    if (text.len == 0)
        return;
    memcpy(buf_room(buf, text.len), text.data, text.len);
    buf->len += text.len;
}

void buf_put_char(struct buf *buf, char c)
{
    if (buf->capacity == buf->len)
        grow(buf, 1);
    buf->data[buf->len++] = c;
}

void buf_put_point(struct buf *buf, uint32_t code_point)
{
    char bytes[4];
    if (code_point < 0x80)
        buf_put_char(buf, (char)code_point);
    else
        buf_put(buf, (struct str){bytes, utf8_put(code_point, bytes)});
}

void buf_put_int(struct buf *buf, int64_t number)
{
    char digits[DIGITS_MAX];
    buf_put(buf, format_int(number, digits));
}

void buf_printf(struct buf *buf, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    buf_put(buf, format_text(buf->arena, format, args));
    va_end(args);
}

struct str buf_str(const struct buf *buf)
{
    return (struct str){buf->data, buf->len};
}

struct str text_clean(struct arena *arena, struct str text)
{
    if (utf8_is_valid(text) && str_find_char(text, '\0') == STR_NONE)
        return text;
    struct buf clean = {.arena = arena};
    while (text.len) {
        uint32_t point = utf8_next(&text);
        if (point)
            buf_put_point(&clean, point);
    }
    return buf_str(&clean);
}
