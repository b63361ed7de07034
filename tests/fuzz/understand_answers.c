/* Any bytes, heard in any way, through every grammar: no crash, no endless loop, values of the promised form.
 */

#include "base/json.h"
#include "understand/carried.h"
#include "understand/place.h"

#include <assert.h>
#include <stdlib.h>

static struct arena words;
static const struct lexicon *lexicon;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct understood *result)
{
    assert(result->count <= VALUES_MAX);
    assert(result->finding != FOUND || result->count == 1);
    for (size_t i = 0; i < result->count; i++)
        assert(result->values[i].len > 0 && utf8_is_valid(result->values[i]));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const languages[] = {"en", "hi", "hi-Latn", "xx"};
    static const struct offered choices[] = {{.id = STR_INIT("a"), .title = STR_INIT("Teeth cleaning")},
                                             {.id = STR_INIT("b"), .title = STR_INIT("Eye check-up")}};
    if (!lexicon) {
        struct problems problems = {.arena = &words};
        lexicon = lexicon_load(SOURCE_DIR "/config/lang", &words, &problems);
        assert(lexicon);
    }
    if (size < 1)
        return 0;
    struct arena arena = {0};
    struct utterance said = {.text = {(const char *)data + 1, size - 1},
                             .hearing = (enum hearing)(data[0] % 3),
                             .language = str_from(languages[data[0] / 3 % 4]),
                             .region = str_from(data[0] & 0x40 ? "US" : ""),
                             .today = {2026, 11, 22}};
    struct understood results[] = {
        understand_name(lexicon, &said, &arena),
        understand_date(lexicon, &said, &arena),
        understand_time(lexicon, &said, &arena),
        understand_phone(lexicon, &said, &arena),
        understand_choice(lexicon, &said, choices, 2, &arena),
    };
    for (size_t i = 0; i < sizeof results / sizeof *results; i++)
        check(&results[i]);
    struct date date;
    assert(results[1].finding != FOUND || date_from_iso(results[1].values[0], &date));
    understand_confirm(lexicon, &said, &arena);
    understand_command(lexicon, &said, &arena);
    understand_unknown(lexicon, &said, &arena);
    understand_skip(lexicon, &said, &arena);
    understand_script(said.text);
    understand_is_in(lexicon, &said, STR("hi-Latn"), &arena);
    struct place_query query = understand_place(lexicon, &said, &arena);
    assert(query.count <= PLACE_SPANS_MAX && (query.finding == FOUND) == (query.count > 0));
    struct carried carried = understand_carried(lexicon, &said, data[0] & 0x80, &arena);
    /* What is not valid UTF-8 is heard as U+FFFD, which is longer. */
    assert(carried.date.len + carried.time.len <= text_clean(&arena, said.text).len);
    arena_free(&arena);
    return 0;
}
