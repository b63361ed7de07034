/* What do Redis' bytes say?
 *
 * hiredis' parser and formatter. Its asynchronous connection is not used: it answers an unexpected reply with
 * assert(), has no deadlines, and resolves names while everybody waits. */

#include "store/redis_wire.h"

#include <hiredis/hiredis.h>
#include <stdlib.h>

struct redis_reader {
    redisReader *native;
    redisReplyObjectFunctions functions; /* hiredis' own, but for lists */
    void *(*create_list)(const redisReadTask *task, int count);
    redisReply *reply; /* the last one given */
    struct redis_reply items[REDIS_ITEMS_MAX];
};

/* hiredis allocates a list as soon as its length is told: "*2000000000" would cost 16 GB. */
static void *create_short_list(const redisReadTask *task, int count)
{
    struct redis_reader *reader = task->privdata;
    return count > REDIS_ITEMS_MAX ? NULL : reader->create_list(task, count);
}

struct redis_reader *redis_reader_new(void)
{
    struct redis_reader *reader = calloc(1, sizeof *reader);
    if (!reader)
        abort();
    reader->native = redisReaderCreate();
    if (!reader->native)
        abort();
    reader->functions = *reader->native->fn;
    reader->create_list = reader->functions.createArray;
    reader->functions.createArray = create_short_list;
    reader->native->fn = &reader->functions;
    reader->native->privdata = reader;
    return reader;
}

static void let_go(struct redis_reader *reader)
{
    if (reader->reply)
        freeReplyObject(reader->reply);
    reader->reply = NULL;
}

void redis_reader_free(struct redis_reader *reader)
{
    if (!reader)
        return;
    let_go(reader);
    redisReaderFree(reader->native);
    free(reader);
}

bool redis_reader_feed(struct redis_reader *reader, struct str bytes)
{
    size_t unread = reader->native->len - reader->native->pos;
    return unread + bytes.len <= REDIS_REPLY_BYTES &&
           redisReaderFeed(reader->native, bytes.data, bytes.len) == REDIS_OK;
}

static struct redis_reply translate_flat(const redisReply *native)
{
    struct str text = {native->str, native->str ? (size_t)native->len : 0};
    switch (native->type) {
    case REDIS_REPLY_INTEGER:
        return (struct redis_reply){.kind = REDIS_NUMBER, .number = native->integer};
    case REDIS_REPLY_STRING:
    case REDIS_REPLY_STATUS:
        return (struct redis_reply){.kind = REDIS_TEXT, .text = text};
    case REDIS_REPLY_ERROR:
        return (struct redis_reply){.kind = REDIS_REFUSAL, .text = text};
    default: /* nil; and a list inside a list, which nobody asks for */
        return (struct redis_reply){.kind = REDIS_NIL};
    }
}

static struct redis_reply translate(struct redis_reader *reader, const redisReply *native)
{
    if (native->type != REDIS_REPLY_ARRAY)
        return translate_flat(native);
    for (size_t i = 0; i < native->elements; i++)
        reader->items[i] = translate_flat(native->element[i]);
    return (struct redis_reply){.kind = REDIS_LIST, .items = reader->items, .count = native->elements};
}

enum redis_read redis_reader_next(struct redis_reader *reader, struct redis_reply *out)
{
    let_go(reader);
    void *reply = NULL;
    if (redisReaderGetReply(reader->native, &reply) != REDIS_OK)
        return REDIS_READ_NONSENSE;
    if (!reply)
        return REDIS_READ_MORE;
    reader->reply = reply;
    *out = translate(reader, reader->reply);
    return REDIS_READ_REPLY;
}

char *redis_words(const struct str *words, size_t count, size_t *len)
{
    const char *texts[REDIS_WORDS_MAX];
    size_t lengths[REDIS_WORDS_MAX];
    if (count > REDIS_WORDS_MAX)
        abort();
    for (size_t i = 0; i < count; i++) {
        texts[i] = words[i].data ? words[i].data : "";
        lengths[i] = words[i].len;
    }
    char *bytes = NULL;
    int formatted = redisFormatCommandArgv(&bytes, (int)count, texts, lengths);
    if (formatted < 0)
        abort();
    *len = (size_t)formatted;
    return bytes;
}

void redis_words_free(char *bytes)
{
    redisFreeCommand(bytes);
}
