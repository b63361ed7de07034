/* Properties of the normaliser: total, valid, idempotent, bounded, on random bytes and on random letters. */

#include "tests/unit/checking.h"
#include "understand/normalise.h"
#include "understand_spoken.h"

#define SAMPLES    40000
#define TEXT_BYTES 64

/* Code points that have made trouble: marks that reorder, expand, vanish or join. */
static const uint32_t AWKWARD[] = {0x301,  0x327,   0x345,  0x93C,  0x94D, 0x901,  0x928,  0x92E,   0x92A,
                                   0x924,  0x200D,  0x200C, 0x130,  0x131, 0xDF,   0x1E9E, 0xFB03,  0x3131,
                                   0x1100, 0x1161,  0x11A8, 0xAC00, 0xBD,  0xFDFA, 0x2044, 0x1F468, 0x1F3FD,
                                   0xFE0F, 0x1F1EE, 0x9C7,  0x9BE,  0x64B, 0xFF15, 0x966,  0x3C2,   0xB4,
                                   0x60,   0x2019,  0xA0,   0x2003, ' ',   'a',    '1'};

static struct str random_text(struct arena *arena, uint64_t *random)
{
    struct buf text = {.arena = arena};
    bool is_bytes = next_random(random) % 2;
    size_t length = next_random(random) % TEXT_BYTES;
    for (size_t i = 0; i < length; i++) {
        uint64_t value = next_random(random);
        if (is_bytes)
            buf_put_char(&text, (char)value);
        else if (value % 3)
            buf_put_point(&text, AWKWARD[value / 3 % (sizeof AWKWARD / sizeof *AWKWARD)]);
        else
            buf_put_point(
                &text, (uint32_t)(value / 3 % 0x11000 >= 0xD800 ? value / 3 % 0xD800 : value / 3 % 0x11000));
    }
    return buf_str(&text);
}

static void folding_is_total_valid_idempotent_and_bounded(void **state)
{
    (void)state;
    uint64_t random = seed_of("fold");
    struct arena arena = {0};
    for (int i = 0; i < SAMPLES; i++) {
        struct str text = random_text(&arena, &random);
        struct folded folded = text_fold_mapped(&arena, text);
        struct str again = text_fold(&arena, folded.text);
        assert_true(utf8_is_valid(folded.text));
        if (!str_eq(folded.text, again)) {
            for (size_t at = 0; at < text.len; at++)
                print_error("%02x ", (unsigned char)text.data[at]);
            fail_msg("folds to \"%.*s\", and that to \"%.*s\"", STR_ARG(folded.text), STR_ARG(again));
        }
        for (size_t at = 0; at < folded.text.len; at++)
            assert_true(folded.origins[at] <= folded.origins[at + 1]);
        assert_true(folded.origins[folded.text.len] <= text.len);
        arena_reset(&arena);
    }
    arena_free(&arena);
}

static void every_code_point_folds_to_a_fixed_point(void **state)
{
    (void)state;
    struct arena arena = {0};
    for (uint32_t point = 0; point <= 0x2FFFF; point++) {
        if (point >= 0xD800 && point <= 0xDFFF)
            continue;
        struct buf text = {.arena = &arena};
        buf_put_point(&text, point);
        struct str once = text_fold(&arena, buf_str(&text)), twice = text_fold(&arena, once);
        if (!str_eq(once, twice))
            fail_msg("U+%04X folds to \"%.*s\", and that to \"%.*s\"", point, STR_ARG(once), STR_ARG(twice));
        arena_reset(&arena);
    }
    arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(folding_is_total_valid_idempotent_and_bounded),
        cmocka_unit_test(every_code_point_folds_to_a_fixed_point),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
