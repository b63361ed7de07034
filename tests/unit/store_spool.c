/* Does what was confirmed stay in the spool, whatever happens to its files, and does everything leave it
 * again? */

#include "store/spool_disk.h"
#include "store/spool_file.h"
#include "tests/unit/checking.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static struct arena arena;
static struct spool_shared shared;
static char folder[64];
static struct spool_conf conf = {folder, 1 << 20, &shared};

static int begin(void **state)
{
    (void)state;
    snprintf(folder, sizeof folder, "/tmp/spool-XXXXXX");
    memset(&shared, 0, sizeof shared);
    conf.limit_bytes = 1 << 20;
    return mkdtemp(folder) && !spool_adopt(&conf) ? 0 : -1;
}

static int end(void **state)
{
    (void)state;
    arena_free(&arena);
    return system(arena_printf(&arena, "rm -r %s", folder).data);
}

/* As after the whole gateway was killed. */
static void start_anew(void)
{
    memset(&shared, 0, sizeof shared);
    /* The lock is still this process': what is to be seen is what is counted. */
    struct spool_segment segment;
    struct str name;
    assert_true(disk_find_oldest(&conf, &arena, &name));
    segment = (struct spool_segment){.name = name};
    if (name.len && spool_read_segment(&conf, &segment) == ERR_NONE) {
        spool_count_segment(&conf, &segment);
        arena_free(&segment.arena);
    }
    shared.newest = 1;
}

static enum err put(const char *text, int64_t owner)
{
    struct spool_record record = {.text = str_from(text), .owners = &owner, .owner_count = 1};
    return spool_append(&conf, &record, 1);
}

static struct str segment_path(int number)
{
    return arena_printf(&arena, "%s/%020d.spool", folder, number);
}

static struct str bytes_of(struct str path)
{
    FILE *file = fopen(path.data, "rb");
    static char bytes[1 << 16];
    assert_non_null(file);
    size_t count = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    return arena_copy(&arena, (struct str){bytes, count});
}

static void write_bytes(struct str path, struct str bytes)
{
    FILE *file = fopen(path.data, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes.data, 1, bytes.len, file), bytes.len);
    fclose(file);
}

static struct str aside_path(int place)
{
    return arena_printf(&arena, "%s/" SPOOL_ASIDE "/%020d-%d.spool", folder, 1, place);
}

/* The texts of the oldest segment, joined, which then leave it or not; "nothing" when the spool is empty. */
static const char *texts(bool is_done)
{
    struct spool_segment segment;
    struct buf all = {.arena = &arena};
    enum err err = spool_read_oldest(&conf, &segment);
    if (err == ERR_NOT_FOUND)
        return "nothing";
    assert_int_equal(err, ERR_NONE);
    for (size_t i = 0; i < segment.count; i++) {
        buf_printf(&all, "%s%.*s", i ? " " : "", STR_ARG(segment.records[i].text));
        segment.records[i].is_done = is_done;
    }
    if (is_done)
        assert_int_equal(spool_settle_segment(&conf, &segment), ERR_NONE);
    arena_free(&segment.arena);
    return arena_cstring(&arena, buf_str(&all));
}

static size_t count_aside(void)
{
    FILE *list = popen(arena_printf(&arena, "ls %s/" SPOOL_ASIDE " | wc -l", folder).data, "r");
    size_t count = 0;
    assert_int_equal(fscanf(list, "%zu", &count), 1);
    pclose(list);
    return count;
}

static void what_goes_in_comes_out_in_order_and_leaves_nothing(void **state)
{
    (void)state;
    assert_int_equal(put("one", 1), ERR_NONE);
    assert_int_equal(put("two", 2), ERR_NONE);
    assert_int_equal(atomic_load(&shared.records), 2);
    assert_int_equal(atomic_load(&shared.waiting[2]), 1);
    assert_string_equal(texts(true), "one two");
    assert_int_equal(access(segment_path(1).data, F_OK), -1);
    assert_string_equal(texts(true), "nothing");
    assert_int_equal(atomic_load(&shared.records) + atomic_load(&shared.bytes), 0);
    assert_int_equal(atomic_load(&shared.waiting[2]), 0);
}

static void only_the_owner_may_read_it(void **state)
{
    struct stat status;
    (void)state;
    assert_int_equal(put("one", 1), ERR_NONE);
    assert_int_equal(stat(segment_path(1).data, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
}

static void what_is_not_done_stays_and_only_that(void **state)
{
    struct spool_segment segment;
    (void)state;
    for (int i = 0; i < 3; i++)
        assert_int_equal(put(i == 0 ? "one" : i == 1 ? "two" : "three", i), ERR_NONE);
    assert_int_equal(spool_read_oldest(&conf, &segment), ERR_NONE);
    segment.records[0].is_done = segment.records[2].is_done = true;
    assert_int_equal(spool_settle_segment(&conf, &segment), ERR_NONE);
    arena_free(&segment.arena);
    assert_int_equal(str_find(bytes_of(segment_path(1)), STR("one")), STR_NONE);
    assert_int_equal(atomic_load(&shared.records), 1);
    assert_int_equal(atomic_load(&shared.waiting[0]), 0);
    assert_int_equal(atomic_load(&shared.waiting[1]), 1);
    /* A later one goes behind it, into a segment of its own. */
    assert_int_equal(put("four", 4), ERR_NONE);
    assert_string_equal(texts(true), "two");
    assert_string_equal(texts(true), "four");
}

static void a_torn_tail_is_passed_over_wherever_it_was_torn(void **state)
{
    (void)state;
    assert_int_equal(put("one", 1), ERR_NONE);
    size_t durable = bytes_of(segment_path(1)).len;
    assert_int_equal(put("two", 2), ERR_NONE);
    struct str whole = bytes_of(segment_path(1));
    for (size_t len = durable; len < whole.len; len++) {
        write_bytes(segment_path(1), str_slice(whole, 0, len));
        start_anew();
        assert_string_equal(texts(false), "one");
    }
    assert_int_equal(count_aside(), 0);
}

static void what_a_worker_killed_while_appending_left_is_cut_off(void **state)
{
    (void)state;
    assert_int_equal(put("one", 1), ERR_NONE);
    struct str durable = bytes_of(segment_path(1));
    struct buf torn = {.arena = &arena};
    buf_put(&torn, durable);
    buf_put(&torn, STR("half a rec"));
    write_bytes(segment_path(1), buf_str(&torn));
    assert_int_equal(put("two", 2), ERR_NONE);
    assert_string_equal(texts(true), "one two");
}

static void no_flipped_byte_gives_a_wrong_record_or_hurts_its_neighbours(void **state)
{
    (void)state;
    assert_int_equal(put("one", 1), ERR_NONE);
    size_t first = bytes_of(segment_path(1)).len;
    assert_int_equal(put("two", 2), ERR_NONE);
    size_t second = bytes_of(segment_path(1)).len;
    assert_int_equal(put("three", 3), ERR_NONE);
    struct str whole = bytes_of(segment_path(1));
    for (size_t at = first; at < second; at++) {
        char *bytes = (char *)(uintptr_t)arena_copy(&arena, whole).data;
        bytes[at] ^= 0x10;
        write_bytes(segment_path(1), (struct str){bytes, whole.len});
        start_anew();
        assert_string_equal(texts(false), "one three");
    }
    assert_int_equal(count_aside(), 1); /* the same piece, by the same name */
}

static void what_somebody_sends_never_counts_as_a_record(void **state)
{
    (void)state;
    assert_int_equal(put("forged", 1), ERR_NONE);
    struct spool_record carrier = {.text = bytes_of(segment_path(1))}; /* a frame, of another segment */
    assert_string_equal(texts(true), "forged");
    assert_int_equal(spool_append(&conf, &carrier, 1), ERR_NONE);
    assert_int_equal(put("two", 2), ERR_NONE);
    struct str whole = bytes_of(segment_path(2));
    char *bytes = (char *)(uintptr_t)whole.data;
    bytes[SPOOL_HEAD_BYTES + 4] ^= 1; /* the carrier's digest */
    write_bytes(segment_path(2), whole);
    assert_string_equal(texts(true), "two");
    assert_int_equal(count_aside(), 1);
}

static void a_segment_whose_head_is_damaged_is_set_aside_whole(void **state)
{
    (void)state;
    assert_int_equal(put("one", 1), ERR_NONE);
    for (size_t at = 0; at < 24; at += 23) {
        char *bytes = (char *)(uintptr_t)bytes_of(segment_path(1)).data;
        size_t len = bytes_of(segment_path(1)).len;
        bytes[at] ^= 1;
        write_bytes(segment_path(1), (struct str){bytes, len});
        start_anew();
        assert_string_equal(texts(false), "");
        assert_true(count_aside() > 0);
        bytes[at] ^= 1;
        write_bytes(segment_path(1), (struct str){bytes, len});
    }
}

static void what_is_set_aside_can_be_moved_back(void **state)
{
    struct spool_segment segment;
    (void)state;
    assert_int_equal(put("one", 1), ERR_NONE);
    assert_int_equal(put("two", 2), ERR_NONE);
    assert_int_equal(spool_read_oldest(&conf, &segment), ERR_NONE);
    segment.records[0].is_set_aside = true;
    segment.records[1].is_done = true;
    assert_int_equal(spool_settle_segment(&conf, &segment), ERR_NONE);
    arena_free(&segment.arena);
    assert_string_equal(texts(true), "nothing");
    assert_int_equal(system(arena_printf(&arena, "mv %s/" SPOOL_ASIDE "/*.spool %s/", folder, folder).data),
                     0);
    assert_string_equal(texts(true), "one");
    assert_int_equal(count_aside(), 0);
}

static void full_it_refuses_says_so_and_keeps_what_it_has(void **state)
{
    (void)state;
    conf.limit_bytes = 300;
    assert_int_equal(put("one", 1), ERR_NONE);
    assert_int_equal(put(arena_printf(&arena, "%300s", "").data, 2), ERR_TOO_LARGE);
    assert_true(atomic_load(&shared.is_full));
    assert_int_equal(atomic_load(&shared.waiting[2]), 0);
    assert_string_equal(texts(true), "one");
    assert_false(atomic_load(&shared.is_full));
    assert_int_equal(put("two", 2), ERR_NONE);
}

static void a_disk_that_refuses_leaves_no_half_record(void **state)
{
    (void)state;
    assert_int_equal(put("one", 1), ERR_NONE);
    assert_int_equal(rename(folder, arena_printf(&arena, "%s-away", folder).data), 0);
    assert_int_equal(put("two", 2), ERR_UNAVAILABLE);
    assert_int_equal(rename(arena_printf(&arena, "%s-away", folder).data, folder), 0);
    assert_int_equal(put("three", 3), ERR_NONE);
    assert_string_equal(texts(true), "one three");
}

static int try_again(void)
{
    shared.tried_ns = 0;
    return spool_try_disk(&conf);
}

static void a_disk_that_refuses_is_known_before_anything_comes(void **state)
{
    (void)state;
    assert_int_equal(try_again(), 0);
    assert_false(atomic_load(&shared.is_refused));
    assert_int_equal(rename(folder, arena_printf(&arena, "%s-away", folder).data), 0);
    assert_int_equal(try_again(), ENOENT);
    assert_true(atomic_load(&shared.is_refused));
    assert_int_equal(rename(arena_printf(&arena, "%s-away", folder).data, folder), 0);
    assert_int_equal(try_again(), 0);
    assert_false(atomic_load(&shared.is_refused));
    assert_string_equal(texts(true), "nothing");
}

static void room_is_noticed_though_nothing_comes(void **state)
{
    (void)state;
    conf.limit_bytes = 300;
    assert_int_equal(put(arena_printf(&arena, "%300s", "").data, 1), ERR_TOO_LARGE);
    assert_int_equal(try_again(), 0);
    assert_true(atomic_load(&shared.is_full));
    conf.limit_bytes = 1 << 20;
    assert_int_equal(try_again(), 0);
    assert_false(atomic_load(&shared.is_full));
}

static void without_room_to_set_something_aside_the_file_itself_is(void **state)
{
    struct spool_segment segment;
    (void)state;
    assert_int_equal(put("one", 1), ERR_NONE);
    assert_int_equal(put("two", 2), ERR_NONE);
    /* A folder in the way of the copy, as good as a disk without room. */
    assert_int_equal(mkdir(arena_printf(&arena, "%s.part", aside_path(24).data).data, 0700), 0);
    assert_int_equal(spool_read_oldest(&conf, &segment), ERR_NONE);
    segment.records[0].is_set_aside = true;
    assert_int_equal(spool_settle_segment(&conf, &segment), ERR_UNAVAILABLE);
    segment.records[1].is_done = true;
    assert_int_equal(spool_settle_segment(&conf, &segment), ERR_NONE);
    arena_free(&segment.arena);
    assert_string_equal(texts(true), "nothing");
    assert_int_equal(atomic_load(&shared.records), 0);
    assert_int_equal(access(aside_path(0).data, F_OK), 0);
}

static void damage_that_finds_no_room_aside_is_not_lost(void **state)
{
    (void)state;
    assert_int_equal(put("one", 1), ERR_NONE);
    assert_int_equal(put("two", 2), ERR_NONE);
    struct str whole = bytes_of(segment_path(1));
    ((char *)(uintptr_t)whole.data)[24 + 12] ^= 1;
    write_bytes(segment_path(1), whole);
    assert_int_equal(mkdir(arena_printf(&arena, "%s.part", aside_path(24).data).data, 0700), 0);
    assert_string_equal(texts(true), "two");
    assert_string_equal(texts(true), "nothing");
    assert_true(str_eq(bytes_of(aside_path(0)), whole));
}

static void what_is_no_file_holds_up_nobody(void **state)
{
    (void)state;
    assert_int_equal(mkdir(segment_path(0).data, 0700), 0);
    assert_int_equal(put("one", 1), ERR_NONE);
    assert_string_equal(texts(true), "");
    assert_string_equal(texts(true), "one");
    assert_int_equal(count_aside(), 1);
}

static void segments_stay_small_and_in_order(void **state)
{
    (void)state;
    conf.limit_bytes = 64 << 20;
    char *large = arena_alloc(&arena, 600001);
    memset(large, 'a', 600000);
    for (int i = 0; i < 3; i++) {
        large[0] = (char)('1' + i);
        assert_int_equal(put(large, i), ERR_NONE);
    }
    assert_int_equal(access(segment_path(3).data, F_OK), 0);
    for (int i = 0; i < 3; i++)
        assert_int_equal(texts(true)[0], '1' + i);
    assert_string_equal(texts(true), "nothing");
}

static void a_folder_that_another_gateway_uses_is_refused(void **state)
{
    struct spool_shared other = {0};
    struct spool_conf second = {folder, 1 << 20, &other};
    (void)state;
    assert_string_equal(spool_adopt(&second), "another gateway uses it");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define WITH_FOLDER(test) cmocka_unit_test_setup_teardown(test, begin, end)
        WITH_FOLDER(what_goes_in_comes_out_in_order_and_leaves_nothing),
        WITH_FOLDER(only_the_owner_may_read_it),
        WITH_FOLDER(what_is_not_done_stays_and_only_that),
        WITH_FOLDER(a_torn_tail_is_passed_over_wherever_it_was_torn),
        WITH_FOLDER(what_a_worker_killed_while_appending_left_is_cut_off),
        WITH_FOLDER(no_flipped_byte_gives_a_wrong_record_or_hurts_its_neighbours),
        WITH_FOLDER(what_somebody_sends_never_counts_as_a_record),
        WITH_FOLDER(a_segment_whose_head_is_damaged_is_set_aside_whole),
        WITH_FOLDER(what_is_set_aside_can_be_moved_back),
        WITH_FOLDER(full_it_refuses_says_so_and_keeps_what_it_has),
        WITH_FOLDER(a_disk_that_refuses_leaves_no_half_record),
        WITH_FOLDER(a_disk_that_refuses_is_known_before_anything_comes),
        WITH_FOLDER(room_is_noticed_though_nothing_comes),
        WITH_FOLDER(without_room_to_set_something_aside_the_file_itself_is),
        WITH_FOLDER(damage_that_finds_no_room_aside_is_not_lost),
        WITH_FOLDER(what_is_no_file_holds_up_nobody),
        WITH_FOLDER(segments_stay_small_and_in_order),
        WITH_FOLDER(a_folder_that_another_gateway_uses_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
