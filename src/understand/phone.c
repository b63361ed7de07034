/* Which phone number did the person give? Digits as written, or said one by one; words around them ignored.
 */

#include "understand/numbers.h"
#include "understand/phone_shim.h"

#define PHONE_DIGITS_MAX 20

/* All digits of the utterance in order, with a leading +. Marks and words between them fall away. */
static struct str digits_of(const struct heard *heard)
{
    struct buf digits = {.arena = heard->arena};
    for (size_t at = 0; at < heard->count;) {
        struct number number;
        size_t len = 1;
        if (heard_is_mark(heard, at, '+') && digits.len == 0) {
            buf_put_char(&digits, '+');
        } else if (heard_is_number(heard, at)) {
            buf_put(&digits, heard->list[at].text);
        } else if ((len = number_at(heard, at, &number)) > 0 && !number.is_ordinal && number.value >= 0) {
            for (uint8_t i = 0; i < number.copies; i++)
                buf_printf(&digits, "%d", number.value);
        }
        at += len > 0 ? len : 1;
    }
    return buf_str(&digits);
}

struct understood understand_phone(const struct lexicon *lexicon, const struct utterance *said,
                                   struct arena *arena)
{
    struct heard heard = hear(lexicon, said, arena);
    struct str digits = digits_of(&heard);
    if (digits.len == 0)
        return understood_nothing(REASON_NONE);
    if (digits.len > PHONE_DIGITS_MAX)
        return understood_nothing(REASON_IMPOSSIBLE);
    char e164[PHONE_E164_BYTES];
    const char *region = said->region.len > 0 ? arena_cstring(arena, said->region) : "IN";
    if (!phone_shim_parse(digits.data, digits.len, region, e164))
        return understood_nothing(digits.len < 7 ? REASON_INCOMPLETE : REASON_IMPOSSIBLE);
    return understood_one(arena_copy(arena, str_from(e164)));
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
