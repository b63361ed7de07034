/* Which words are the first name and which the last, where somebody fills in a form: "surname Sharma, first
 * name Rahul"? Each part stands behind what it is called, with nothing but talk around. */

#include "understand/name_parts.h"

#include "understand/name_talk.h"

#define PART_WORDS_MAX 4

static bool is_talk(const struct heard *heard, size_t at)
{
    return talk_is_all(heard, (struct range){at, at + 1});
}

static bool is_word(const struct heard *heard, size_t at)
{
    return heard->list[at].kind == TOKEN_WORD;
}

/* Marks at both ends, and talk: "is Rahul and my" of "first name is Rahul and my last name …". */
static struct range trim(const struct heard *heard, struct range range)
{
    while (range.from < range.to && !is_word(heard, range.from))
        range.from++;
    while (range.from < range.to && !is_word(heard, range.to - 1))
        range.to--;
    if (name_is_written_as_one(heard, range)) /* "Mai", which is a word of talk too */
        return range;
    while (range.from < range.to && is_talk(heard, range.from))
        range.from++;
    while (range.from < range.to && is_talk(heard, range.to - 1))
        range.to--;
    return range;
}

/* A few words that are neither talk nor a refusal. */
static bool is_part(const struct heard *heard, struct range range)
{
    static const enum word_class objections[] = {WORD_NOT_NAME, WORD_REFUSAL,    WORD_UNKNOWN,
                                                 WORD_QUESTION, WORD_NOT_BEFORE, WORD_HEDGE};
    size_t words = 0;
    bool is_as_one = name_is_written_as_one(heard, range);
    for (size_t at = range.from; at < range.to; at++) {
        bool is_objection =
            heard_longest_of(heard, at, objections, sizeof objections / sizeof *objections) > 0;
        if (heard_is_number(heard, at) || is_objection ||
            (is_word(heard, at) && !is_as_one && is_talk(heard, at)))
            return false;
        words += is_word(heard, at);
    }
    return words > 0 && words <= PART_WORDS_MAX;
}

static size_t next_label(const struct heard *heard, size_t at, const struct sense **label, size_t *len)
{
    while (at < heard->count && (*len = heard_phrase(heard, at, WORD_NAME_PART, label)) == 0)
        at++;
    return at;
}

size_t name_parts_of(const struct heard *heard, struct range out[static NAME_PARTS_MAX])
{
    struct range parts[NAME_PARTS_MAX + 1] = {0}; /* by what the lexicon numbers them, from 1 */
    const struct sense *label = NULL, *next = NULL;
    size_t len = 0, count = 0;
    if (!heard_has(heard, WORD_NAME_PART))
        return 0;
    size_t at = next_label(heard, 0, &label, &len);
    if (!talk_is_all(heard, (struct range){0, at}))
        return 0;
    while (at < heard->count) {
        size_t from = at + len, number = (size_t)label->value;
        at = next_label(heard, from, &next, &len);
        struct range part = trim(heard, (struct range){from, at});
        if (number < 1 || number > NAME_PARTS_MAX || parts[number].to > 0 || !is_part(heard, part))
            return 0;
        parts[number] = part;
        label = next;
    }
    for (size_t i = 1; i <= NAME_PARTS_MAX; i++)
        if (parts[i].to > 0)
            out[count++] = parts[i];
    return count > 1 ? count : 0;
}
