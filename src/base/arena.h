#pragma once

/* Memory for one unit of work (a turn, a send): allocate freely, give everything back at once.
 * Running out of memory aborts: a worker that cannot allocate is restarted, and its work is in PostgreSQL. */

#include "base/str.h"

#include <stdalign.h>
#include <stddef.h>

struct arena_block;

/* Room and blocks are multiples of it, so that whatever there is room for is aligned. */
static inline size_t arena_rounded(size_t bytes)
{
    return (bytes + alignof(max_align_t) - 1) & ~(alignof(max_align_t) - 1);
}

struct arena {
    struct arena_block *block; /* the newest; NULL in an arena never used */
    char *free, *end;          /* what is left of it */
};

/* Another block, and the first bytes of it. */
void *arena_add_block(struct arena *arena, size_t bytes);

/* For what is written at once: not zeroed, aligned for any type; never NULL. */
static inline void *arena_take(struct arena *arena, size_t bytes)
{
    if (bytes >= (size_t)(arena->end - arena->free))
        return arena_add_block(arena, bytes);
    void *memory = arena->free;
    arena->free += arena_rounded(bytes);
    return memory;
}

/* A zeroed struct is an empty arena. */
void *arena_alloc(struct arena *arena, size_t bytes); /* zeroed, aligned for any type; never NULL */
void *arena_alloc_array(struct arena *arena, size_t count, size_t bytes); /* overflow aborts */
#define arena_new(arena, type)              ((type *)arena_alloc((arena), sizeof(type)))
#define arena_new_array(arena, type, count) ((type *)arena_alloc_array((arena), (count), sizeof(type)))

void arena_reset(struct arena *arena); /* empties, keeps one block for the next use */
void arena_free(struct arena *arena);  /* empties and gives the memory back */

struct str arena_copy(struct arena *arena, struct str text); /* the copy ends in a NUL beyond its length */
/* The texts after each other, likewise. */
#define arena_join(arena, ...)                                                                               \
    arena_join_all((arena), (const struct str[]){__VA_ARGS__},                                               \
                   sizeof((const struct str[]){__VA_ARGS__}) / sizeof(struct str))
struct str arena_join_all(struct arena *arena, const struct str *texts, size_t count);
struct str arena_number(struct arena *arena, int64_t number);    /* in decimal, likewise */
const char *arena_cstring(struct arena *arena, struct str text); /* NUL-terminated copy */
struct str arena_printf(struct arena *arena, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Text that grows inside an arena. A zeroed struct with an arena is an empty buffer. */
struct buf {
    struct arena *arena;
    char *data;
    size_t len;
    size_t capacity;
};

void buf_put(struct buf *buf, struct str text);
char *buf_room(struct buf *buf, size_t bytes); /* room behind the text: whoever fills it adds to `len` */
void buf_put_char(struct buf *buf, char c);
void buf_put_point(struct buf *buf, uint32_t code_point); /* as UTF-8 */
void buf_put_int(struct buf *buf, int64_t number);        /* in decimal */
void buf_printf(struct buf *buf, const char *format, ...) __attribute__((format(printf, 2, 3)));
struct str buf_str(const struct buf *buf); /* valid until the buffer grows again */

/* `text` with every invalid byte replaced by U+FFFD and NUL dropped; `text` itself when it is already clean.
 */
struct str text_clean(struct arena *arena, struct str text);
