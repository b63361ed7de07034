/* Which known phrases begin at which word? One fold, one pass, only hash lookups. */

#include "understand/heard.h"

#include "base/json.h"
#include "message.h"
#include "understand/respell.h"

#include <string.h>

static uint8_t language_of(const struct lexicon *lexicon, struct str language)
{
    for (size_t i = 0; i < lexicon->language_count; i++) {
        if (str_eq(lexicon->languages[i], language))
            return (uint8_t)i;
    }
    return UINT8_MAX;
}

/* A hyphen between words is no word: "start-over" is found as "start over". */
static size_t next_word(const struct heard *heard, size_t at)
{
    if (at < heard->count && heard_is_mark(heard, at, '-') && heard->list[at].is_glued)
        at++;
    return at;
}

/* Longest first; of equal ones the one that was found first. */
static void keep_match(struct heard *heard, size_t at, const struct word *word, size_t len, bool is_by_ear)
{
    struct match *matches = heard->matches[at];
    size_t place = 0;
    while (place < MATCHES_MAX && matches[place].len >= len)
        place++;
    if (place == MATCHES_MAX)
        return;
    memmove(matches + place + 1, matches + place, (MATCHES_MAX - 1 - place) * sizeof *matches);
    matches[place] = (struct match){word->senses, (uint32_t)len, is_by_ear};
    for (const struct sense *sense = word->senses; sense; sense = sense->next) {
        class_set_put(&heard->classes[at], sense->class);
        class_set_put(&heard->all_classes, sense->class);
    }
}

struct str heard_word(const struct heard *heard, size_t at)
{
    bool is_respelt = heard->spellings && heard->spellings[at].len > 0;
    return is_respelt ? heard->spellings[at] : heard->list[at].text;
}

/* The phrases that begin there: as written, or those that need another spelling. */
static void match_at(struct heard *heard, size_t at, struct buf *key, bool is_respelt)
{
    key->len = 0;
    uint32_t hash = LEXICON_HASH_START;
    bool has_spelling = false;
    for (size_t i = at; i < heard->count; i = next_word(heard, i)) {
        const struct token *token = &heard->list[i];
        if (token->kind == TOKEN_MARK)
            break;
        struct str text = is_respelt ? heard_word(heard, i) : token->text;
        has_spelling = has_spelling || text.data != token->text.data || text.len != token->text.len;
        if (key->len > 0) {
            buf_put_char(key, ' ');
            hash = lexicon_hash(hash, STR(" "));
        }
        buf_put(key, text);
        hash = lexicon_hash(hash, text);
        const struct word *word = words_find(&heard->lexicon->words, buf_str(key), hash);
        if (i == at && !is_respelt)
            heard->words[at].written = word;
        i++;
        if (word && word->senses && has_spelling == is_respelt)
            keep_match(heard, at, word, i - at, false);
        if (!word || !word->continues)
            break;
    }
}

static void match_respelt(struct heard *heard)
{
    struct buf key = {.arena = heard->arena};
    for (size_t i = 0; heard->spellings && i < heard->count; i++)
        match_at(heard, i, &key, true);
}

static bool is_unknown_word(const struct heard *heard, size_t at)
{
    return heard->matches[at][0].len == 0 && heard->list[at].kind == TOKEN_WORD;
}

static void match_written(struct heard *heard)
{
    struct buf key = {.arena = heard->arena};
    for (size_t i = 0; i < heard->count; i++) {
        match_at(heard, i, &key, false);
        if (is_unknown_word(heard, i))
            heard->words[i].sounded = lexicon_by_ear(heard->lexicon, heard->list[i].text);
    }
}

static void match_by_ear(struct heard *heard)
{
    for (size_t i = 0; i < heard->count; i++) {
        const struct word *word = heard->words[i].sounded;
        if (is_unknown_word(heard, i) && word && word->senses)
            keep_match(heard, i, word, 1, true);
    }
}

static bool is_kept(const struct lexicon *lexicon, const struct utterance *said)
{
    const struct heard *kept = *said->kept;
    return kept && kept->lexicon == lexicon && str_eq(kept->source, said->text) &&
           str_eq(kept->hint, said->language);
}

static struct heard hear_anew(const struct lexicon *lexicon, const struct utterance *said,
                              struct arena *arena)
{
    struct heard heard = {.lexicon = lexicon, .said = said, .source = said->text, .arena = arena};
    heard.text = text_clean(arena, utf8_truncate_bytes(said->text, INBOUND_TEXT_BYTES));
    heard.tokens = tokens_of(arena, heard.text);
    heard.list = heard.tokens.list;
    heard.count = heard.tokens.count;
    heard.hint = said->language;
    heard.language = language_of(lexicon, said->language);
    heard.matches = arena_alloc_array(arena, heard.count, sizeof *heard.matches);
    heard.classes = arena_new_array(arena, struct class_set, heard.count);
    heard.words = arena_new_array(arena, struct found_word, heard.count);
    match_written(&heard);
    respell_texted(&heard);
    match_respelt(&heard);
    match_by_ear(&heard);
    return heard;
}

/* What is kept stays as it is for whoever asks next. */
static void copy_findings(struct heard *heard)
{
    struct match(*matches)[MATCHES_MAX] = heard->matches;
    const struct class_set *classes = heard->classes;
    heard->matches = arena_alloc_array(heard->arena, heard->count, sizeof *matches);
    memcpy(heard->matches, matches, heard->count * sizeof *matches);
    heard->classes = arena_new_array(heard->arena, struct class_set, heard->count);
    memcpy(heard->classes, classes, heard->count * sizeof *classes);
}

struct heard hear_closely(const struct lexicon *lexicon, const struct utterance *said, struct arena *arena)
{
    struct heard heard = hear(lexicon, said, arena);
    struct str *spellings = respell_slips(&heard);
    if (!spellings)
        return heard;
    copy_findings(&heard);
    heard.spellings = spellings;
    match_respelt(&heard);
    return heard;
}

struct heard hear(const struct lexicon *lexicon, const struct utterance *said, struct arena *arena)
{
    if (!said->kept)
        return hear_anew(lexicon, said, arena);
    if (!is_kept(lexicon, said)) {
        struct heard *kept = arena_new(arena, struct heard);
        *kept = hear_anew(lexicon, said, arena);
        *said->kept = kept;
    }
    struct heard heard = **said->kept;
    heard.said = said;
    return heard;
}

size_t heard_find_phrase(const struct heard *heard, size_t at, enum word_class class,
                         const struct sense **sense)
{
    for (size_t i = 0; i < MATCHES_MAX && heard->matches[at][i].len > 0; i++) {
        const struct match *match = &heard->matches[at][i];
        const struct sense *best = NULL;
        for (const struct sense *candidate = match->senses; candidate; candidate = candidate->next) {
            if (candidate->class != class || (match->is_by_ear && candidate->is_doubtful))
                continue;
            if (!best || (candidate->language == heard->language && best->language != heard->language))
                best = candidate;
        }
        if (!best)
            continue;
        *sense = best;
        return match->len;
    }
    return 0;
}

size_t heard_longest(const struct heard *heard, size_t at)
{
    return at < heard->count ? heard->matches[at][0].len : 0;
}

size_t heard_longest_of(const struct heard *heard, size_t at, const enum word_class *classes, size_t count)
{
    size_t longest = 0;
    for (size_t i = 0; i < count; i++) {
        size_t len = heard_is(heard, at, classes[i]);
        longest = len > longest ? len : longest;
    }
    return longest;
}

bool heard_is_known(const struct heard *heard, size_t at)
{
    return heard_longest(heard, at) > 0;
}

bool heard_has(const struct heard *heard, enum word_class class)
{
    if (!class_set_has(&heard->all_classes, class))
        return false;
    for (size_t i = 0; i < heard->count; i++) {
        if (heard_is(heard, i, class))
            return true;
    }
    return false;
}

bool heard_is_mark(const struct heard *heard, size_t at, char mark)
{
    return at < heard->count && heard->list[at].kind == TOKEN_MARK && heard->list[at].text.data[0] == mark;
}

bool heard_is_number(const struct heard *heard, size_t at)
{
    return at < heard->count && heard->list[at].kind == TOKEN_NUMBER;
}

bool heard_is_only(const struct heard *heard, const enum word_class *classes, size_t count)
{
    for (size_t at = 0; at < heard->count;) {
        size_t phrase = heard_longest_of(heard, at, classes, count);
        if (phrase == 0 && heard->list[at].kind != TOKEN_MARK)
            return false;
        at += phrase > 0 ? phrase : 1;
    }
    return true;
}

struct understood understood_nothing(enum reason reason)
{
    return (struct understood){.finding = FOUND_NOTHING, .reason = reason};
}

struct understood understood_one(struct str value)
{
    return (struct understood){.finding = FOUND, .values = {value}, .count = 1};
}
