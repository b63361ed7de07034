/* Can bytes of a Redis that lies break the reader of its answers, or cost more memory than they should? The
 * first byte says where the input is cut: it must say the same, whole or cut. */

#include "store/redis_wire.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct heard {
    size_t replies;
    size_t bytes;
    bool is_nonsense;
};

static void hear_reply(struct heard *heard, const struct redis_reply *reply)
{
    heard->replies++;
    heard->bytes += reply->text.len;
    if (reply->kind == REDIS_LIST && reply->count > REDIS_ITEMS_MAX)
        abort();
    for (size_t i = 0; reply->kind == REDIS_LIST && i < reply->count; i++)
        heard->bytes += reply->items[i].text.len;
}

static void feed(struct redis_reader *reader, struct str bytes, struct heard *heard)
{
    if (heard->is_nonsense || bytes.len == 0)
        return;
    if (!redis_reader_feed(reader, bytes)) {
        heard->is_nonsense = true;
        return;
    }
    for (;;) {
        struct redis_reply reply;
        enum redis_read read = redis_reader_next(reader, &reply);
        heard->is_nonsense = read == REDIS_READ_NONSENSE;
        if (read != REDIS_READ_REPLY)
            return;
        hear_reply(heard, &reply);
    }
}

static struct heard hear(struct str bytes, size_t cut)
{
    struct redis_reader *reader = redis_reader_new();
    struct heard heard = {0};
    feed(reader, str_slice(bytes, 0, cut), &heard);
    feed(reader, str_slice(bytes, cut, bytes.len), &heard);
    redis_reader_free(reader);
    return heard;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    struct str bytes = {(const char *)data + 1, size - 1};
    struct heard whole = hear(bytes, bytes.len);
    struct heard cut = hear(bytes, data[0] % size);
    if (whole.replies != cut.replies || whole.bytes != cut.bytes || whole.is_nonsense != cut.is_nonsense)
        abort();
    return 0;
}
