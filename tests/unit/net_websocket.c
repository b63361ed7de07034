/* Does the look at a client's frames find what breaks the rules, wherever the bytes are cut? */

#include "net/websocket_scan.h"
#include "tests/unit/checking.h"

#define BYTES_MAX 70000

struct stream {
    char bytes[BYTES_MAX];
    size_t len;
};

static void put(struct stream *stream, const char *bytes, size_t len)
{
    memcpy(stream->bytes + stream->len, bytes, len);
    stream->len += len;
}

/* A masked frame with a payload of that many bytes that look like unmasked frames. */
static void put_frame(struct stream *stream, uint8_t opcode, size_t payload)
{
    char head[14] = {(char)(0x80 | opcode)};
    size_t len = 2;
    if (payload < 126) {
        head[1] = (char)(0x80 | payload);
    } else if (payload < 65536) {
        head[1] = (char)(0x80 | 126);
        head[2] = (char)(payload >> 8);
        head[3] = (char)(payload & 255);
        len = 4;
    } else {
        head[1] = (char)(0x80 | 127);
        for (int i = 0; i < 8; i++)
            head[2 + i] = (char)(payload >> (56 - 8 * i));
        len = 10;
    }
    put(stream, head, len);
    put(stream, "mask", 4);
    memset(stream->bytes + stream->len, 0x01, payload);
    stream->len += payload;
}

/* Scans in pieces of that size; gives how many bytes were good. */
static size_t scan(const struct stream *stream, size_t piece, bool *is_good)
{
    struct websocket_scan state = {0};
    size_t at = 0;
    *is_good = true;
    while (at < stream->len && *is_good) {
        size_t len = stream->len - at < piece ? stream->len - at : piece;
        size_t good;
        *is_good = websocket_scan(&state, (struct str){stream->bytes + at, len}, &good);
        assert_true(good <= len);
        at += good;
    }
    return at;
}

static void masked_frames_of_all_lengths_pass(void **state)
{
    (void)state;
    static struct stream stream;
    static const size_t lengths[] = {0, 1, 125, 126, 127, 1000, 65535, 0, 3};
    static const size_t pieces[] = {1, 2, 3, 7, 1000, BYTES_MAX};
    stream.len = 0;
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++)
        put_frame(&stream, i % 2 ? 1 : 0, lengths[i]);
    for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
        bool is_good;
        assert_int_equal(scan(&stream, pieces[i], &is_good), stream.len);
        assert_true(is_good);
    }
}

static void a_length_of_eight_bytes_is_followed(void **state)
{
    (void)state;
    static struct stream stream;
    bool is_good;
    stream.len = 0;
    put_frame(&stream, 1, 66000);
    put(&stream, "\x81\x01", 2);
    (void)scan(&stream, 100, &is_good);
    assert_false(is_good);
}

static void an_unmasked_frame_is_found_and_what_came_before_is_kept(void **state)
{
    (void)state;
    static struct stream stream;
    bool is_good;
    stream.len = 0;
    put_frame(&stream, 1, 200);
    size_t before = stream.len;
    put(&stream, "\x81\x02hi", 4);
    assert_int_equal(scan(&stream, BYTES_MAX, &is_good), before);
    assert_false(is_good);
    (void)scan(&stream, 1, &is_good);
    assert_false(is_good);
}

static void a_long_control_frame_is_found(void **state)
{
    (void)state;
    static struct stream stream;
    bool is_good;
    stream.len = 0;
    put_frame(&stream, 9, 125);
    (void)scan(&stream, 5, &is_good);
    assert_true(is_good);
    put_frame(&stream, 9, 126);
    (void)scan(&stream, 5, &is_good);
    assert_false(is_good);
}

static void the_longest_length_does_not_wrap_around(void **state)
{
    (void)state;
    static struct stream stream;
    bool is_good;
    stream.len = 0;
    put(&stream, "\x82\xff\xff\xff\xff\xff\xff\xff\xff\xff", 10);
    for (int i = 0; i < 100; i++)
        put(&stream, "\x81\x02hi", 4);
    assert_int_equal(scan(&stream, 3, &is_good), stream.len);
    assert_true(is_good);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(masked_frames_of_all_lengths_pass),
        cmocka_unit_test(a_length_of_eight_bytes_is_followed),
        cmocka_unit_test(an_unmasked_frame_is_found_and_what_came_before_is_kept),
        cmocka_unit_test(a_long_control_frame_is_found),
        cmocka_unit_test(the_longest_length_does_not_wrap_around),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
