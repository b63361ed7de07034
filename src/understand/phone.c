/* Which phone number did the person give? Digits as written, or said one by one; words around them ignored.
 */

#include "understand/numbers.h"
#include "understand/phone_shim.h"

#define PHONE_DIGITS_MAX   20
#define PHONE_DIGITS_LEAST 7

/* Digits of the utterance in order, with a leading +, from a token on: all of them, or those up to a word
 * that is none. `*at` moves behind them. */
static struct str digits_from(const struct heard *heard, size_t *at, bool up_to_word)
{
    struct buf digits = {.arena = heard->arena};
    while (*at < heard->count) {
        struct number number;
        size_t len = 1;
        if (heard_is_mark(heard, *at, '+') && digits.len == 0) {
            buf_put_char(&digits, '+');
        } else if (heard_is_number(heard, *at)) {
            buf_put(&digits, heard->list[*at].text);
        } else if ((len = number_at(heard, *at, &number)) > 0 && !number.is_ordinal && number.value >= 0) {
            for (uint8_t i = 0; i < number.copies; i++)
                buf_printf(&digits, "%d", number.value);
        }
        *at += len > 0 ? len : 1;
        if (up_to_word && len == 0 && digits.len > 0 && heard->list[*at - 1].kind == TOKEN_WORD)
            break;
    }
    return buf_str(&digits);
}

static bool is_phone(const struct heard *heard, struct str digits, char e164[static PHONE_E164_BYTES])
{
    struct str region = heard->said->region.len > 0 ? heard->said->region : STR("IN");
    return digits.len > 0 && digits.len <= PHONE_DIGITS_MAX &&
           phone_shim_parse(digits.data, digits.len, arena_cstring(heard->arena, region), e164);
}

/* "9876543210, flat 12", "98765 43210 or 91234 56789": the numbers that words part from each other. */
static struct understood tell_apart(const struct heard *heard)
{
    struct understood found = {.finding = FOUND};
    for (size_t at = 0; at < heard->count && found.count < VALUES_MAX;) {
        char e164[PHONE_E164_BYTES];
        if (is_phone(heard, digits_from(heard, &at, true), e164))
            found.values[found.count++] = arena_copy(heard->arena, str_from(e164));
    }
    if (found.count > 1)
        found.finding = FOUND_SEVERAL;
    return found.count > 0 ? found : understood_nothing(REASON_IMPOSSIBLE);
}

struct understood understand_phone(const struct lexicon *lexicon, const struct utterance *said,
                                   struct arena *arena)
{
    struct heard heard = hear(lexicon, said, arena);
    char e164[PHONE_E164_BYTES];
    size_t at = 0;
    struct str digits = digits_from(&heard, &at, false);
    if (is_phone(&heard, digits, e164))
        return understood_one(arena_copy(arena, str_from(e164)));
    struct understood found = tell_apart(&heard);
    if (found.finding != FOUND_NOTHING || digits.len >= PHONE_DIGITS_LEAST)
        return found;
    /* "Why do you need it?" has a "do", which is two in Hindi. */
    bool is_none = digits.len == 0 || heard_has(&heard, WORD_QUESTION);
    return understood_nothing(is_none ? REASON_NONE : REASON_INCOMPLETE);
}

struct str phone_region(struct str e164, struct arena *arena)
{
    char region[PHONE_REGION_BYTES];
    bool is_known =
        e164.len > 0 && e164.len <= PHONE_DIGITS_MAX && phone_shim_region(e164.data, e164.len, region);
    return is_known ? arena_copy(arena, str_from(region)) : (struct str){0};
}

bool phone_is_landline(struct str e164)
{
    return e164.len == 0 || e164.len > PHONE_DIGITS_MAX || phone_shim_is_landline(e164.data, e164.len);
}
