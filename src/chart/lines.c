/* How are lines of any length read without keeping more than a few kilobytes? */

#include "chart/lines.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

static ssize_t read_some(int descriptor, char *data, size_t bytes)
{
    ssize_t got;
    do
        got = read(descriptor, data, bytes);
    while (got < 0 && errno == EINTR);
    return got;
}

/* Room for more behind the unread bytes: moves them to the front. */
static void make_room(struct line_reader *reader)
{
    memmove(reader->data, reader->data + reader->begins, reader->ends - reader->begins);
    reader->ends -= reader->begins;
    reader->begins = 0;
}

enum line_kind line_read(struct line_reader *reader, struct str *out)
{
    bool is_too_long = false;
    for (;;) {
        struct str unread = {reader->data + reader->begins, reader->ends - reader->begins};
        size_t feed = str_find_char(unread, '\n');
        if (feed != STR_NONE) {
            reader->begins += feed + 1;
            *out = str_slice(unread, 0, feed);
            return is_too_long ? LINE_TOO_LONG : LINE_WHOLE;
        }
        if (unread.len == sizeof reader->data) {
            is_too_long = true;
            reader->begins = reader->ends;
        }
        make_room(reader);
        ssize_t got =
            read_some(reader->descriptor, reader->data + reader->ends, sizeof reader->data - reader->ends);
        if (got < 0)
            return LINE_FAILED;
        if (got == 0) {
            *out = (struct str){reader->data, reader->ends};
            reader->begins = reader->ends;
            if (is_too_long)
                return LINE_TOO_LONG;
            return out->len ? LINE_WHOLE : LINE_END;
        }
        reader->ends += (size_t)got;
    }
}

bool line_write(struct arena *arena, int descriptor, struct str line)
{
    /* With its line feed in one piece: a reader that is woken finds a whole answer. */
    struct buf whole = {.arena = arena};
    buf_put(&whole, line);
    buf_put_char(&whole, '\n');
    struct str text = buf_str(&whole);
    while (text.len) {
        ssize_t put = write(descriptor, text.data, text.len);
        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0)
            return false;
        text = str_slice(text, (size_t)put, text.len);
    }
    return true;
}
