/* Which number begins at this word? Grammar:
 *
 *   number   = digits [ending] | [repeat] small [multiple [and] [small [hundred] [and] [small]]]
 *   small    = tens [-] unit | number word | ordinal word
 */

#include "understand/numbers.h"

#define JOINED_BYTES 16 /* a longer word is no number */

static size_t hyphen_at(const struct heard *heard, size_t at)
{
    return heard_is_mark(heard, at, '-') && heard->list[at].is_glued;
}

static const struct sense *sense_of(const struct heard *heard, struct str word, enum word_class class)
{
    const struct word *found =
        words_find(&heard->lexicon->words, word, lexicon_hash(LEXICON_HASH_START, word));
    const struct sense *sense = found ? found->senses : NULL;
    while (sense && sense->class != class)
        sense = sense->next;
    return sense;
}

/* "twentyfirst", "ninetyfive": written as one word. */
static size_t joined_at(const struct heard *heard, size_t at, struct number *out)
{
    if (at >= heard->count || heard->list[at].kind != TOKEN_WORD || heard_is_known(heard, at) ||
        heard->list[at].text.len > JOINED_BYTES)
        return 0;
    struct str word = heard->list[at].text;
    for (size_t i = 0; i < heard->lexicon->ten_count; i++) {
        const struct number_name *tens = &heard->lexicon->tens[i];
        if (word.data[0] != tens->name.data[0] || !str_starts(word, tens->name))
            continue;
        struct str rest = str_slice(word, tens->name.len, word.len);
        const struct sense *ordinal = sense_of(heard, rest, WORD_ORDINAL);
        const struct sense *unit = ordinal ? ordinal : sense_of(heard, rest, WORD_NUMBER);
        if (!unit || unit->value < 1 || unit->value > 9)
            continue;
        *out = (struct number){.value = tens->number + unit->value, .is_ordinal = ordinal != NULL};
        return 1;
    }
    return 0;
}

/* 0 to 99, cardinal or ordinal, in words. */
static size_t small_at(const struct heard *heard, size_t at, struct number *out)
{
    const struct sense *sense, *unit;
    size_t len = heard_phrase(heard, at, WORD_TENS, &sense);
    if (len > 0) {
        *out = (struct number){.value = sense->value};
        size_t next = at + len + hyphen_at(heard, at + len);
        size_t unit_len = heard_phrase(heard, next, WORD_ORDINAL, &unit);
        out->is_ordinal = unit_len > 0;
        if (unit_len == 0)
            unit_len = heard_phrase(heard, next, WORD_NUMBER, &unit);
        if (unit_len == 0 || unit->value < 1 || unit->value > 9) {
            out->is_ordinal = false;
            return len;
        }
        out->value += unit->value;
        return next + unit_len - at;
    }
    bool is_ordinal = false;
    len = heard_phrase(heard, at, WORD_NUMBER, &sense);
    if (len == 0) {
        len = heard_phrase(heard, at, WORD_ORDINAL, &sense);
        is_ordinal = len > 0;
    }
    if (len == 0)
        return joined_at(heard, at, out);
    *out = (struct number){.value = sense->value, .is_ordinal = is_ordinal};
    return len;
}

static size_t written_at(const struct heard *heard, size_t at, struct number *out)
{
    if (!heard_is_number(heard, at))
        return 0;
    const struct token *token = &heard->list[at];
    *out = (struct number){.value = token->number, .digits = token->digits};
    size_t ending = heard_is(heard, at + 1, WORD_ORDINAL_ENDING);
    out->is_ordinal = ending > 0;
    return 1 + ending;
}

/* What may follow a multiple: "and", then less than the multiple. */
static size_t rest_at(const struct heard *heard, size_t at, int below, struct number *rest)
{
    size_t skipped = heard_is(heard, at, WORD_AND);
    size_t len = small_at(heard, at + skipped, rest);
    if (len == 0 && skipped == 0 && heard_is_number(heard, at) && heard->list[at].digits <= 2)
        len = written_at(heard, at, rest);
    if (len == 0 || rest->value >= below)
        return 0;
    return skipped + len;
}

/* "… hundred and ninety", "… thousand [one hundred] and five" after a small number. */
static size_t multiples_at(const struct heard *heard, size_t at, struct number *out)
{
    const struct sense *multiple;
    size_t start = at, len = heard_phrase(heard, at, WORD_MULTIPLE, &multiple);
    if (len == 0)
        return 0;
    at += len;
    out->value *= multiple->value;
    out->digits = 0;
    struct number rest;
    size_t rest_len = rest_at(heard, at, 100, &rest);
    if (rest_len == 0)
        return at - start;
    const struct sense *hundred;
    size_t hundred_len = heard_phrase(heard, at + rest_len, WORD_MULTIPLE, &hundred);
    if (hundred_len > 0 && hundred->value < multiple->value) {
        out->value += rest.value * hundred->value;
        at += rest_len + hundred_len;
        rest_len = rest_at(heard, at, 100, &rest);
        if (rest_len == 0)
            return at - start;
    }
    out->value += rest.value;
    out->is_ordinal = rest.is_ordinal;
    return at + rest_len - start;
}

size_t number_find_at(const struct heard *heard, size_t at, struct number *out)
{
    const struct sense *repeat;
    size_t skipped = heard_phrase(heard, at, WORD_REPEAT, &repeat);
    size_t len = small_at(heard, at + skipped, out);
    if (len == 0)
        len = written_at(heard, at + skipped, out);
    if (len == 0)
        return 0;
    out->copies = skipped > 0 ? (uint8_t)repeat->value : 1;
    if (skipped > 0)
        return out->value <= 9 ? skipped + len : 0;
    if (out->value >= 1 && out->digits <= 2 && !out->is_ordinal)
        len += multiples_at(heard, at + len, out);
    return len;
}

bool number_is_spoken_digit(const struct number *number)
{
    return number->digits == 0 && !number->is_ordinal && number->value >= 0 && number->value <= 9;
}
