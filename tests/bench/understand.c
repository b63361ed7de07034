/* How long does an utterance take? Prints microseconds for each kind. */

#include "understand/understand.h"

#include <stdio.h>

#define ROUNDS 20000

static const char *const DATES[] = {"15/08/1990", "15 August 1990",
                                    "i was born on the twelfth of march nineteen sixty four",
                                    "मेरा जन्म 15 अगस्त 1990 को हुआ था", "pandrah agast unnees sau nabbe"};
static const char *const TIMES[] = {"6:30 am", "half past six in the evening", "सुबह के साढ़े छह बजे",
                                    "subah sade chhe baje", "not sure, my parents never told me"};

static void measure(const char *kind,
                    struct understood (*understand)(const struct lexicon *, const struct utterance *,
                                                    struct arena *),
                    const struct lexicon *lexicon, const char *const texts[5])
{
    struct arena arena = {0};
    for (size_t i = 0; i < 5; i++) {
        struct utterance said = {
            .text = str_from(texts[i]), .language = STR_INIT("en"), .today = {2026, 11, 22}};
        uint64_t start = clock_monotonic_ns();
        for (int round = 0; round < ROUNDS; round++) {
            understand(lexicon, &said, &arena);
            arena_reset(&arena);
        }
        double microseconds = (double)(clock_monotonic_ns() - start) / ROUNDS / 1000;
        printf("%s %6.2f us  %s\n", kind, microseconds, texts[i]);
    }
    arena_free(&arena);
}

int main(void)
{
    struct arena words = {0};
    struct problems problems = {.arena = &words};
    uint64_t start = clock_monotonic_ns();
    const struct lexicon *lexicon = lexicon_load("config/lang", &words, &problems);
    if (!lexicon)
        return 1;
    printf("load %.2f ms\n", (double)(clock_monotonic_ns() - start) / 1e6);
    measure("date", understand_date, lexicon, DATES);
    measure("time", understand_time, lexicon, TIMES);
    arena_free(&words);
    return 0;
}
