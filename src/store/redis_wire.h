#pragma once

/* Redis' protocol, both ways, without a socket: bytes to replies, words to bytes. For the files of Redis
 * only. Whatever the other side sends, memory stays bounded. */

#include "store/redis.h"

/* More of one reply than this is nonsense: we ask for numbers, and hear short messages. */
#define REDIS_REPLY_BYTES ((size_t)64 * 1024)
#define REDIS_ITEMS_MAX   8

struct redis_reader;

struct redis_reader *redis_reader_new(void);
void redis_reader_free(struct redis_reader *reader); /* NULL is fine */

/* Takes bytes as they came. False: nonsense, or too much of it; the reader is of no use any more. */
bool redis_reader_feed(struct redis_reader *reader, struct str bytes);

enum redis_read { REDIS_READ_REPLY, REDIS_READ_MORE, REDIS_READ_NONSENSE };
/* The next whole reply, valid until the next call. */
enum redis_read redis_reader_next(struct redis_reader *reader, struct redis_reply *out);

/* A command of at most REDIS_WORDS_MAX words as bytes; the caller frees them with redis_words_free. */
char *redis_words(const struct str *words, size_t count, size_t *len);
void redis_words_free(char *bytes);
