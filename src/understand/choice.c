/* Which of the offered choices was meant: its number, its title, or the only title with those words? */

#include "understand/numbers.h"

struct choosing {
    const struct heard *heard;
    const struct offered *choices;
    size_t count;
};

static bool is_filler(const struct heard *heard, size_t at)
{
    return heard->list[at].kind == TOKEN_MARK || heard_is(heard, at, WORD_FILLER) ||
           heard_is(heard, at, WORD_COMMAND_FILLER) || heard_is(heard, at, WORD_LINK) ||
           heard_is(heard, at, WORD_OPTION);
}

/* "2", "option two", "the second one", "last": the index, or `count` when it is no such thing. */
static size_t by_number(const struct choosing *choosing)
{
    const struct heard *heard = choosing->heard;
    size_t chosen = choosing->count, numbers = 0;
    for (size_t at = 0; at < heard->count;) {
        struct number number;
        size_t len = number_at(heard, at, &number), last = heard_is(heard, at, WORD_LAST);
        if (last > 0) {
            chosen = choosing->count - 1;
            numbers++;
            at += last;
        } else if (len > 0 && number.copies == 1) {
            bool is_offered = number.value >= 1 && (size_t)number.value <= choosing->count;
            /* "the second one": the one is no number */
            bool is_one_after = numbers > 0 && number.value == 1 && number.digits == 0;
            if (!is_one_after) {
                chosen = is_offered ? (size_t)number.value - 1 : choosing->count;
                numbers++;
            }
            at += len;
        } else if (is_filler(heard, at)) {
            at++;
        } else {
            return choosing->count;
        }
    }
    return numbers == 1 ? chosen : choosing->count;
}

static bool has_word(const struct tokens *tokens, struct str word)
{
    for (size_t i = 0; i < tokens->count; i++) {
        if (str_eq(tokens->list[i].text, word))
            return true;
    }
    return false;
}

enum likeness { UNLIKE, SHARES_WORDS, IS_WITHIN, IS_EQUAL };

static enum likeness compare(const struct choosing *choosing, struct str title)
{
    const struct heard *heard = choosing->heard;
    struct tokens tokens = tokens_of(heard->arena, title);
    if (str_eq(tokens.folded.text, heard->tokens.folded.text))
        return IS_EQUAL;
    size_t words = 0, within = 0;
    for (size_t i = 0; i < tokens.count; i++) {
        if (tokens.list[i].kind == TOKEN_MARK || tokens.list[i].kind == TOKEN_SYMBOL)
            continue;
        words++;
        within += has_word(&heard->tokens, tokens.list[i].text);
    }
    if (words > 0 && within == words)
        return IS_WITHIN;
    size_t said = 0, shared = 0;
    for (size_t at = 0; at < heard->count; at++) {
        if (is_filler(heard, at) || heard->list[at].kind == TOKEN_SYMBOL)
            continue;
        said++;
        shared += has_word(&tokens, heard->list[at].text);
    }
    return said > 0 && shared == said ? SHARES_WORDS : UNLIKE;
}

struct understood understand_choice(const struct lexicon *lexicon, const struct utterance *said,
                                    const struct offered *choices, size_t count, struct arena *arena)
{
    struct heard heard = hear(lexicon, said, arena);
    struct choosing choosing = {&heard, choices, count};
    if (count == 0)
        return understood_nothing(REASON_NONE);
    enum likeness best = UNLIKE;
    struct understood result = {.finding = FOUND};
    for (size_t i = 0; i < count; i++) {
        enum likeness likeness =
            str_eq(heard.text, choices[i].id) ? IS_EQUAL : compare(&choosing, choices[i].title);
        if (likeness == UNLIKE || likeness < best)
            continue;
        result.count = likeness > best ? 0 : result.count;
        best = likeness;
        if (result.count < VALUES_MAX)
            result.values[result.count++] = choices[i].id;
    }
    size_t chosen = best == IS_EQUAL ? count : by_number(&choosing);
    if (chosen < count)
        return understood_one(choices[chosen].id);
    if (best == UNLIKE)
        return understood_nothing(REASON_NONE);
    result.finding = result.count > 1 ? FOUND_SEVERAL : FOUND;
    return result;
}
