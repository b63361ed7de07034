/* Which words of an answer are talk, and which the name? Nobody can list all sentences around a name; but the
 * words that sentences are made of are few, and what is left over is the name. */

#include "understand/name_talk.h"

#define NAME_WORDS_LIKELY 4
#define SPELLED_LETTERS   3 /* fewer single letters are initials */
#define SPELLED_BYTES     64

static bool is_word(const struct heard *heard, size_t at)
{
    return heard->list[at].kind == TOKEN_WORD;
}

static bool is_letter(const struct heard *heard, size_t at)
{
    return is_word(heard, at) && utf8_length(heard->list[at].text) == 1;
}

/* The tokens of talk that begin there. */
static size_t talk_words_at(const struct heard *heard, size_t at)
{
    static const enum word_class classes[] = {WORD_TALK, WORD_NAME_CUE, WORD_FILLER, WORD_AND};
    return heard_longest_of(heard, at, classes, sizeof classes / sizeof *classes);
}

/* The same, but a letter alone is an initial unless the talk goes on around it ("kehte h", "I would"), and
 * what ends with a dot is an abbreviation ("Amit Kr. Rao"). */
static size_t talk_at(const struct heard *heard, size_t at)
{
    size_t len = talk_words_at(heard, at);
    bool is_short = at + 1 < heard->count && heard_is_mark(heard, at + 1, '.') &&
                    heard->list[at + 1].is_glued && at + 2 < heard->count;
    if (len != 1 || !is_word(heard, at) || (!is_letter(heard, at) && !is_short))
        return len;
    bool is_among = (at > 0 && !is_letter(heard, at - 1) && talk_words_at(heard, at - 1) > 0) ||
                    (at + 1 < heard->count && !is_letter(heard, at + 1) && talk_words_at(heard, at + 1) > 0);
    return is_among && !is_short ? len : 0;
}

bool talk_has(const struct heard *heard, struct range range)
{
    if (name_is_written_as_one(heard, range))
        return false;
    for (size_t at = range.from; at < range.to; at++)
        if (!is_letter(heard, at) && talk_at(heard, at) > 0 &&
            (heard_is(heard, at, WORD_TALK) > 0 || heard_is(heard, at, WORD_NAME_CUE) > 0))
            return true;
    return false;
}

bool talk_is_also_name(const struct heard *heard, struct range range)
{
    size_t names = 0;
    for (size_t at = range.from; at < range.to; at++) {
        bool is_also_name = heard_is(heard, at, WORD_ALSO_NAME) > 0;
        names += is_also_name;
        if (!is_also_name && (!is_word(heard, at) || heard_is_known(heard, at)))
            return false;
    }
    return names > 0;
}

/* With one of these the answer is no answer. */
static bool is_objection(const struct heard *heard, size_t at)
{
    return heard_is(heard, at, WORD_NOT_NAME) || heard_is(heard, at, WORD_REFUSAL) ||
           heard_is(heard, at, WORD_UNKNOWN) || heard_is(heard, at, WORD_QUESTION) ||
           heard_is(heard, at, WORD_NOT_BEFORE) || heard_is(heard, at, WORD_NOT_AFTER) ||
           heard_is(heard, at, WORD_HEDGE);
}

bool talk_names(const struct heard *heard, struct range range, struct range *name)
{
    size_t runs = 0;
    bool is_in_run = false, has_cue = false;
    for (size_t at = range.from; at < range.to;) {
        size_t talk = talk_at(heard, at);
        if (is_objection(heard, at) || heard_is_number(heard, at))
            return false;
        if (talk > 0) {
            has_cue = has_cue || heard_is(heard, at, WORD_NAME_CUE) > 0;
            is_in_run = false;
        } else if (is_word(heard, at)) {
            if (!is_in_run)
                *name = (struct range){at, at};
            runs += !is_in_run;
            is_in_run = true;
            name->to = at + 1;
        }
        at += talk > 0 ? talk : 1;
    }
    return runs == 1 && has_cue && name->to - name->from <= NAME_WORDS_LIKELY;
}

bool talk_is_all(const struct heard *heard, struct range range)
{
    for (size_t at = range.from; at < range.to;) {
        size_t talk = talk_at(heard, at);
        if (talk == 0 && is_word(heard, at))
            return false;
        at += talk > 0 ? talk : 1;
    }
    return true;
}

static bool is_name_like(const struct heard *heard, struct range range)
{
    size_t words = 0;
    for (size_t at = range.from; at < range.to; at++) {
        words += is_word(heard, at);
        if (words > NAME_WORDS_LIKELY || is_objection(heard, at))
            return false;
    }
    return words > 0 && !talk_is_all(heard, range);
}

/* Words that take back what stands before them; 0 where there are none. In front a mere "no" begins a refusal
 * as well. */
static size_t correction_at(const struct heard *heard, size_t at, size_t to)
{
    size_t from = at, len = 1;
    bool is_any = false;
    while (at < to && len > 0) {
        size_t taken = heard_is(heard, at, WORD_CORRECTION);
        is_any = is_any || taken > 0;
        len = taken > 0 ? taken : heard_is(heard, at, WORD_FILLER);
        if (len == 0 && heard->list[at].kind == TOKEN_MARK)
            len = 1;
        at += len;
    }
    return is_any ? at - from : 0;
}

/* What follows is looked at first: among thousands of words only few have no more than a name behind them.
 * Thousands of words may also all take something back; behind them all stands the same. */
struct range talk_cut_correction(const struct heard *heard, struct range range)
{
    size_t vain = range.from; /* up to here no correction is one */
    for (size_t at = range.from; at < range.to; at++) {
        size_t correction = at < vain ? 0 : correction_at(heard, at, range.to);
        struct range before = {range.from, at}, after = {at + correction, range.to};
        if (correction > 0 && is_name_like(heard, after) &&
            (at > range.from ? is_name_like(heard, before) || talk_is_all(heard, before) : correction > 1))
            return talk_cut_correction(heard, after);
        if (correction > 0 && !is_name_like(heard, after))
            vain = at + correction;
        size_t not = at > range.from ? heard_is(heard, at, WORD_NOT_BEFORE) : 0;
        struct range denied = {at + not, range.to};
        if (not > 0 && is_name_like(heard, denied) && is_name_like(heard, before))
            return before;
    }
    return range;
}

struct range talk_cut_spelling(const struct heard *heard, struct range range)
{
    char letters[SPELLED_BYTES];
    size_t start = range.to, len = 0;
    while (start > range.from && (is_letter(heard, start - 1) || heard->list[start - 1].kind == TOKEN_MARK))
        start--;
    for (size_t at = start; at < range.to; at++) {
        struct str text = heard->list[at].text;
        if (is_word(heard, at) && len + text.len <= sizeof letters)
            for (size_t i = 0; i < text.len; i++)
                letters[len++] = text.data[i];
    }
    if (len < SPELLED_LETTERS)
        return range;
    for (size_t at = range.from; at < start; at++)
        if (str_eq(heard->list[at].text, (struct str){letters, len}))
            return (struct range){range.from, at + 1};
    return range;
}
