/* Which of the offered choices was meant: its number, its name, or the only one whose words were said? */

#include "understand/numbers.h"
#include "understand/sound.h"

#include <string.h>

#define SLIP_LETTERS 5  /* of a word in which a slip of the finger is seen through */
#define STEM_LETTERS 4  /* that words of one stem share, and at least half of the longer one */
#define TELLING      3  /* letters of a word that can tell a choice by itself */
#define JOINED_WORDS 3  /* said as several words: "check up" is "checkup" */
#define WORDS_MAX    60 /* compared closely, each with each */

enum likeness { UNLIKE, TELLS, SHARES_WORDS, IS_WITHIN, IS_EQUAL };

struct choosing {
    const struct heard *heard;
    bool is_asked; /* a choice is what is wanted, so words are compared closely */
};

static bool is_filler(const struct heard *heard, size_t at)
{
    return heard->list[at].kind == TOKEN_MARK || heard_is(heard, at, WORD_FILLER) ||
           heard_is(heard, at, WORD_COMMAND_FILLER) || heard_is(heard, at, WORD_LINK) ||
           heard_is(heard, at, WORD_OPTION);
}

/* "2", "option two", "the second one", "last": the index, or `count` when it is no such thing. */
static size_t by_number(const struct heard *heard, size_t count)
{
    size_t chosen = count, numbers = 0;
    for (size_t at = 0; at < heard->count;) {
        struct number number;
        size_t len = number_at(heard, at, &number), last = heard_is(heard, at, WORD_LAST);
        /* "How do I know": do is two in Hindi. */
        if (len > 0 && number.digits == 0 && heard_has(heard, WORD_QUESTION))
            return count;
        if (last > 0) {
            chosen = count - 1;
            numbers++;
            at += last;
        } else if (len > 0 && number.copies == 1) {
            bool is_offered = number.value >= 1 && (size_t)number.value <= count;
            /* "the second one": the one is no number */
            bool is_one_after = numbers > 0 && number.value == 1 && number.digits == 0;
            if (!is_one_after) {
                chosen = is_offered ? (size_t)number.value - 1 : count;
                numbers++;
            }
            at += len;
        } else if (is_filler(heard, at)) {
            at++;
        } else {
            return count;
        }
    }
    return numbers == 1 ? chosen : count;
}

/* ---- Words ---- */

/* "dikhana" and "dikhani", "consult" and "consultation". */
static bool share_stem(struct str a, struct str b)
{
    size_t bytes = 0, least = a.len < b.len ? a.len : b.len;
    while (bytes < least && a.data[bytes] == b.data[bytes])
        bytes++;
    size_t shared = utf8_length(utf8_truncate_bytes(a, bytes));
    size_t longer = utf8_length(a.len > b.len ? a : b);
    return shared >= STEM_LETTERS && 2 * shared >= longer;
}

static bool sound_alike(struct str a, struct str b)
{
    char first[SOUND_BYTES], second[SOUND_BYTES];
    size_t len = sound_of(a, first);
    return len >= TELLING && len == sound_of(b, second) && memcmp(first, second, len) == 0;
}

static bool is_same_word(const struct choosing *choosing, struct str a, struct str b)
{
    if (str_eq(a, b))
        return true;
    if (!choosing->is_asked || a.len < STEM_LETTERS || b.len < STEM_LETTERS)
        return false;
    bool can_slip = a.len >= SLIP_LETTERS && b.len >= SLIP_LETTERS && a.data[0] == b.data[0];
    return (can_slip && edit_distance(a, b, 1) <= 1) || sound_alike(a, b) || share_stem(a, b);
}

static bool is_word(const struct token *token)
{
    return token->kind == TOKEN_WORD || token->kind == TOKEN_NUMBER;
}

/* The first token from `at` on that is the word; `count` when there is none. */
static size_t find_word(const struct choosing *choosing, const struct tokens *tokens, struct str word)
{
    size_t at = 0;
    while (at < tokens->count && !is_same_word(choosing, tokens->list[at].text, word))
        at++;
    return at;
}

/* All its words written as one. */
static struct str join(const struct tokens *tokens, struct arena *arena)
{
    struct buf joined = {.arena = arena};
    for (size_t i = 0; i < tokens->count; i++)
        if (is_word(&tokens->list[i]))
            buf_put(&joined, tokens->list[i].text);
    return buf_str(&joined);
}

/* Where the tokens end that, from `from` on, are `whole` when they are written as one; 0 when they are not.
 */
static size_t spell(const struct tokens *tokens, size_t from, struct str whole)
{
    for (size_t at = from; at < tokens->count && at < from + JOINED_WORDS; at++) {
        struct str word = tokens->list[at].text;
        if (!is_word(&tokens->list[at]) || !str_starts(whole, word))
            return 0;
        whole = str_slice(whole, word.len, whole.len);
        if (whole.len == 0)
            return at + 1;
    }
    return 0;
}

/* ---- Names ---- */

/* "not a consultation", "consultation nahi": of the words from one to another. */
static bool is_denied(const struct heard *heard, size_t from, size_t to)
{
    while (to < heard->count && heard_is(heard, to, WORD_FILLER))
        to++;
    if (heard_is(heard, to, WORD_NOT_AFTER))
        return true;
    for (size_t at = from; at-- > 0 && heard->list[at].kind != TOKEN_MARK;) {
        if (heard_is(heard, at, WORD_NOT_BEFORE))
            return true;
        if (!is_filler(heard, at) && !heard_is(heard, at, WORD_TALK))
            return false;
    }
    return false;
}

/* "followup" of "follow up", and the other way round: the tokens that are the whole name. */
static bool is_joined_within(const struct choosing *choosing, const struct tokens *name, size_t *from,
                             size_t *to)
{
    const struct heard *heard = choosing->heard;
    struct str whole = join(name, heard->arena);
    for (*from = 0; *from < heard->count; ++*from) {
        *to = spell(&heard->tokens, *from, whole);
        if (*to > 0)
            return true;
    }
    return false;
}

static bool is_within(const struct choosing *choosing, const struct tokens *name, size_t *from, size_t *to)
{
    const struct heard *heard = choosing->heard;
    size_t words = 0;
    *from = heard->count;
    *to = 0;
    for (size_t i = 0; i < name->count; i++) {
        if (!is_word(&name->list[i]))
            continue;
        size_t at = find_word(choosing, &heard->tokens, name->list[i].text);
        if (at == heard->count)
            return choosing->is_asked && is_joined_within(choosing, name, from, to);
        words++;
        *from = at < *from ? at : *from;
        *to = at >= *to ? at + 1 : *to;
    }
    return words > 0;
}

/* Can the word by itself tell what is meant? */
static bool is_telling(const struct heard *heard, size_t at)
{
    const struct token *token = &heard->list[at];
    return token->kind == TOKEN_WORD && utf8_length(token->text) >= TELLING &&
           !heard_is(heard, at, WORD_TALK);
}

static enum likeness compare_words(const struct choosing *choosing, const struct tokens *name)
{
    const struct heard *heard = choosing->heard;
    size_t said = 0, shared = 0, fillers = 0, shared_fillers = 0;
    bool tells = false;
    for (size_t at = 0; at < heard->count; at++) {
        if (heard->list[at].kind == TOKEN_SYMBOL || heard->list[at].kind == TOKEN_MARK)
            continue;
        bool is_shared = find_word(choosing, name, heard->list[at].text) < name->count &&
                         !(choosing->is_asked && is_denied(heard, at, at + 1));
        if (is_filler(heard, at)) {
            fillers += !heard_is(heard, at, WORD_FILLER);
            shared_fillers += is_shared && is_telling(heard, at);
            continue;
        }
        said++;
        shared += is_shared;
        tells = tells || (is_shared && is_telling(heard, at));
    }
    /* "Chart" says little among other words, and by itself it names the choice. */
    bool is_named = said == 0 && shared_fillers > 0 && shared_fillers == fillers;
    if (is_named || (said > 0 && shared == said))
        return SHARES_WORDS;
    return choosing->is_asked && tells && !heard_has(heard, WORD_QUESTION) ? TELLS : UNLIKE;
}

static enum likeness compare_name(const struct choosing *choosing, struct str name)
{
    const struct heard *heard = choosing->heard;
    struct tokens tokens = tokens_of(heard->arena, name);
    if (str_eq(tokens.folded.text, heard->tokens.folded.text))
        return IS_EQUAL;
    size_t from, to;
    if (is_within(choosing, &tokens, &from, &to))
        return is_denied(heard, from, to) ? UNLIKE : IS_WITHIN;
    return compare_words(choosing, &tokens);
}

static enum likeness compare(const struct choosing *choosing, const struct offered *choice)
{
    if (str_eq(choosing->heard->text, choice->id))
        return IS_EQUAL;
    enum likeness best = compare_name(choosing, choice->title);
    for (size_t i = 0; i < choice->name_count && best < IS_EQUAL; i++) {
        enum likeness likeness = compare_name(choosing, choice->names[i]);
        best = likeness > best ? likeness : best;
    }
    return best;
}

static struct understood choose(const struct choosing *choosing, const struct offered *choices, size_t count)
{
    if (count == 0)
        return understood_nothing(REASON_NONE);
    enum likeness best = UNLIKE;
    struct understood result = {.finding = FOUND};
    for (size_t i = 0; i < count; i++) {
        enum likeness likeness = compare(choosing, &choices[i]);
        if (likeness == UNLIKE || likeness < best)
            continue;
        result.count = likeness > best ? 0 : result.count;
        best = likeness;
        if (result.count < VALUES_MAX)
            result.values[result.count++] = choices[i].id;
    }
    size_t chosen = best == IS_EQUAL ? count : by_number(choosing->heard, count);
    if (chosen < count)
        return understood_one(choices[chosen].id);
    if (best == UNLIKE)
        return understood_nothing(REASON_NONE);
    result.finding = result.count > 1 ? FOUND_SEVERAL : FOUND;
    return result;
}

struct understood understand_offer(const struct lexicon *lexicon, const struct utterance *said,
                                   const struct offered *choices, size_t count, struct arena *arena)
{
    struct heard heard = hear(lexicon, said, arena);
    return choose(&(struct choosing){.heard = &heard}, choices, count);
}

struct understood understand_choice(const struct lexicon *lexicon, const struct utterance *said,
                                    const struct offered *choices, size_t count, struct arena *arena)
{
    struct heard heard = hear(lexicon, said, arena);
    return choose(&(struct choosing){.heard = &heard, .is_asked = heard.count <= WORDS_MAX}, choices, count);
}
