/* Which "for" of a transcript is a four? One that stands where only a number can:
 *
 *   unit   eighty to                 after a ten, at the end
 *   day    for july, the to of may   before a month; asked only where the date lacks something otherwise
 *   hour   for thirty, half past ate, to o'clock, won pm */

#include "understand/misheard.h"

#include "understand/numbers.h"

static bool is_number_before(const struct heard *heard, size_t at)
{
    struct number number;
    return at > 0 && number_at(heard, at - 1, &number) == 1;
}

static bool is_unit(const struct heard *heard, size_t at)
{
    return at + 1 == heard->count && at > 0 && heard_is(heard, at - 1, WORD_TENS) == 1;
}

static bool is_day(const struct heard *heard, size_t at)
{
    size_t next = at + 1, len;
    while ((len = heard_is(heard, next, WORD_LINK)) > 0)
        next += len;
    return heard_is(heard, next, WORD_MONTH) > 0 && !is_number_before(heard, at);
}

/* "Half past", "ten to" in front of it. */
static bool is_led(const struct heard *heard, size_t at)
{
    bool is_relation =
        at > 1 && (heard_is(heard, at - 1, WORD_PAST) == 1 || heard_is(heard, at - 1, WORD_UNTIL) == 1);
    return is_relation && (is_number_before(heard, at - 1) || heard_is(heard, at - 2, WORD_HOUR_PART) > 0);
}

/* Minutes, "o'clock" or "pm" behind it. */
static bool is_followed(const struct heard *heard, size_t at)
{
    struct number number;
    const struct sense *part;
    size_t len = number_at(heard, at + 1, &number);
    bool is_minute = len > 0 && !number.is_ordinal && number.copies == 1 &&
                     (number.value == 0 || (number.value > 12 && number.value < 60)) &&
                     heard_is(heard, at + 1 + len, WORD_MINUTE) == 0;
    bool is_half = heard_phrase(heard, at + 1, WORD_DAY_PART, &part) > 0 &&
                   (str_eq(part->text, STR("am")) || str_eq(part->text, STR("pm")));
    return is_minute || is_half || heard_is(heard, at + 1, WORD_OCLOCK) > 0;
}

static bool is_hour(const struct heard *heard, size_t at)
{
    struct number number;
    if (is_led(heard, at))
        return number_at(heard, at + 1, &number) == 0;
    return !is_number_before(heard, at) && is_followed(heard, at);
}

static bool is_meant(const struct heard *heard, size_t at, enum misheard_as as)
{
    switch (as) {
    case MISHEARD_UNIT:
        return is_unit(heard, at);
    case MISHEARD_DAY:
        return is_day(heard, at);
    case MISHEARD_HOUR:
        return is_hour(heard, at);
    }
    return false;
}

bool misheard_mend(const struct lexicon *lexicon, struct utterance *said, enum misheard_as as,
                   struct arena *arena)
{
    if (said->hearing != HEARD_SPEECH)
        return false;
    struct heard heard = hear(lexicon, said, arena);
    if (!heard_has(&heard, WORD_MISHEARD))
        return false;
    for (size_t at = 0; at < heard.count; at++) {
        const struct sense *word, *tens;
        if (heard_phrase(&heard, at, WORD_MISHEARD, &word) != 1 || !is_meant(&heard, at, as))
            continue;
        size_t first = at - (as == MISHEARD_UNIT);
        int number = word->value;
        if (as == MISHEARD_UNIT && heard_phrase(&heard, first, WORD_TENS, &tens) == 1)
            number += tens->value;
        struct str before = str_slice(heard.text, 0, heard.list[first].from),
                   after = str_slice(heard.text, heard.list[at].to, heard.text.len);
        said->text = arena_printf(arena, "%.*s%d%.*s", STR_ARG(before), number, STR_ARG(after));
        said->kept = NULL; /* it is heard by others as it came */
        return true;
    }
    return false;
}
