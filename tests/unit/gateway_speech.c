/* Recordings, and what services tell of them. */

#include "gateway/recording.h"
#include "gateway/spoken.h"
#include "tests/unit/checking.h"

static struct arena arena;

static int reset(void **state)
{
    (void)state;
    arena_free(&arena);
    return 0;
}

static void a_recording_is_known_by_its_first_bytes(void **state)
{
    (void)state;
    static const struct {
        struct str bytes;
        const char *type;
    } files[] = {
        {STR_INIT("OggS\0\2"), "audio/ogg"},
        {STR_INIT("RIFF\x24\0\0\0WAVEfmt "), "audio/wav"},
        {STR_INIT("\0\0\0\x20"
                  "ftypM4A "),
         "audio/mp4"},
        {STR_INIT("\x1A\x45\xDF\xA3\x9F"), "audio/webm"},
        {STR_INIT("ID3\4\0"), "audio/mpeg"},
        {STR_INIT("\xFF\xFB\x90\x64"), "audio/mpeg"},
        {STR_INIT("\xFF\xF1\x50\x80"), "audio/aac"},
        {STR_INIT("fLaC\0"), "audio/flac"},
        {STR_INIT("#!AMR\n"), "audio/amr"},
        {STR_INIT(""), NULL},
        {STR_INIT("Ogg"), NULL},
        {STR_INIT("\xFF\xFB"), NULL},
        {STR_INIT("RIFF\x24\0\0\0AVI LIST"), NULL},
        {STR_INIT("\x89PNG\r\n"), NULL},
        {STR_INIT("<html>"), NULL},
    };
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        struct recording recording;
        assert_int_equal(recording_read(files[i].bytes, &recording), files[i].type != NULL);
        if (files[i].type)
            assert_true(str_eq(recording.type, str_from(files[i].type)));
    }
}

static struct spoken heard(const char *answer)
{
    struct spoken spoken;
    assert_true(spoken_read(str_from(answer), &arena, &spoken));
    return spoken;
}

static void the_doubt_of_a_service_is_a_number_from_0_to_1(void **state)
{
    (void)state;
    assert_float_equal(heard("{\"text\":\"Asha\"}").confidence, 0, 0.001);
    assert_float_equal(heard("{\"text\":\"Asha\",\"confidence\":0.83}").confidence, 0.83, 0.001);
    assert_float_equal(heard("{\"text\":\"Asha\",\"confidence\":83}").confidence, 1, 0.001);
    /* Three seconds of -0.1 and one of -1.3 are -0.4. */
    assert_float_equal(
        heard("{\"text\":\"Asha Rao\",\"segments\":[{\"start\":0,\"end\":3,\"avg_logprob\":-0.1},"
              "{\"start\":3,\"end\":4,\"avg_logprob\":-1.3}]}")
            .confidence,
        0.670, 0.001);
    assert_float_equal(
        heard("{\"text\":\"Asha\",\"logprobs\":[{\"logprob\":-0.2},{\"logprob\":-0.6},{}]}").confidence,
        0.670, 0.001);
}

static void text_made_up_of_silence_is_no_text(void **state)
{
    (void)state;
    const char *silence =
        "{\"text\":\"Thank you.\",\"segments\":[{\"start\":0,\"end\":9,\"avg_logprob\":-1.2,"
        "\"no_speech_prob\":0.9}]}";
    const char *quiet = "{\"text\":\"Asha.\",\"segments\":[{\"start\":0,\"end\":9,\"avg_logprob\":-0.3,"
                        "\"no_speech_prob\":0.9}]}";
    assert_int_equal(heard(silence).text.len, 0);
    assert_true(str_eq(heard(quiet).text, STR("Asha.")));
    assert_true(str_eq(heard("{\"text\":\" Pune \\n\",\"segments\":[{}]}").text, STR("Pune")));
}

static void what_is_no_transcript_is_none(void **state)
{
    (void)state;
    static const char *const answers[] = {"",   "Asha",         "[]",
                                          "{}", "{\"text\":7}", "{\"error\":{\"message\":\"no\"}}"};
    struct spoken spoken;
    for (size_t i = 0; i < sizeof answers / sizeof *answers; i++)
        assert_false(spoken_read(str_from(answers[i]), &arena, &spoken));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_recording_is_known_by_its_first_bytes),
        cmocka_unit_test(the_doubt_of_a_service_is_a_number_from_0_to_1),
        cmocka_unit_test(text_made_up_of_silence_is_no_text),
        cmocka_unit_test(what_is_no_transcript_is_none),
    };
    return cmocka_run_group_tests(tests, NULL, reset);
}
