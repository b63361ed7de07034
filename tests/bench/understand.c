/* How long does an utterance take? Prints microseconds for each kind: of this program's own processor time,
 * so that a busy machine doesn't count. */

#include "understand/understand.h"

#include <stdio.h>
#include <time.h>

#define ROUNDS 20000
#define TEXTS  6

static const char *const DATES[] = {"15/08/1990",
                                    "15 August 1990",
                                    "i was born on the twelfth of march nineteen sixty four",
                                    "मेरा जन्म 15 अगस्त 1990 को हुआ था",
                                    "pandrah agast unnees sau nabbe",
                                    "fiftenth of agust ninteen ninty"};
static const char *const TIMES[] = {"6:30 am",
                                    "half past six in the evening",
                                    "सुबह के साढ़े छह बजे",
                                    "subah sade chhe baje",
                                    "not sure, my parents never told me",
                                    "quater to sevan in the mornng"};

static uint64_t own_time_ns(void)
{
    struct timespec used;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
    return (uint64_t)used.tv_sec * 1000000000u + (uint64_t)used.tv_nsec;
}

static void measure(const char *kind,
                    struct understood (*understand)(const struct lexicon *, const struct utterance *,
                                                    struct arena *),
                    const struct lexicon *lexicon, const char *const texts[TEXTS])
{
    struct arena arena = {0};
    for (size_t i = 0; i < TEXTS; i++) {
        struct utterance said = {
            .text = str_from(texts[i]), .language = STR_INIT("en"), .today = {2026, 11, 22}};
        uint64_t start = own_time_ns();
        for (int round = 0; round < ROUNDS; round++) {
            understand(lexicon, &said, &arena);
            arena_reset(&arena);
        }
        double microseconds = (double)(own_time_ns() - start) / ROUNDS / 1000;
        printf("%s %6.2f us  %s\n", kind, microseconds, texts[i]);
    }
    arena_free(&arena);
}

int main(void)
{
    struct arena words = {0};
    struct problems problems = {.arena = &words};
    uint64_t start = own_time_ns();
    const struct lexicon *lexicon = lexicon_load("config/lang", &words, &problems);
    if (!lexicon)
        return 1;
    printf("load %.2f ms\n", (double)(own_time_ns() - start) / 1e6);
    measure("date", understand_date, lexicon, DATES);
    measure("time", understand_time, lexicon, TIMES);
    arena_free(&words);
    return 0;
}
