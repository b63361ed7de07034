/* Which word was meant where another one was texted? "kro" is karo and "time's" time wherever that says more
 * than the letters as they stand; where an answer is about dates, times and commands, "quater" is quarter
 * too. */

#include "understand/respell.h"

#include <string.h>

#define WORDS_MOST                                                                                           \
    64 /* a longer text is a story, and has too many words to try each against all that we know */

static struct str texted_as(const struct heard *heard, size_t at)
{
    const struct token *token = &heard->list[at];
    const struct found_word *word = &heard->words[at];
    struct str spelling = word_spelling(token->text, word->written, word->sounded);
    if (spelling.len > 0)
        return spelling;
    struct str written = str_slice(heard->tokens.folded.text, token->fold_from, token->fold_to);
    if (str_ends(written, STR("'s")))
        return str_slice(token->text, 0, token->text.len - 1);
    return (struct str){0};
}

static struct str *copy_spellings(const struct heard *heard)
{
    struct str *spellings = arena_new_array(heard->arena, struct str, heard->count);
    if (heard->spellings)
        memcpy(spellings, heard->spellings, heard->count * sizeof *spellings);
    return spellings;
}

void respell_texted(struct heard *heard)
{
    for (size_t at = 0; at < heard->count; at++) {
        struct str spelling = heard->list[at].kind == TOKEN_WORD ? texted_as(heard, at) : (struct str){0};
        if (spelling.len == 0)
            continue;
        if (!heard->spellings)
            heard->spellings = copy_spellings(heard);
        heard->spellings[at] = spelling;
    }
}

static bool is_same_sense(const struct slip_word *a, const struct slip_word *b)
{
    bool is_same_meaning = a->class == b->class && a->value == b->value && str_eq(a->text, b->text);
    return is_same_meaning || str_eq(a->word, b->word);
}

/* At most one letter inserted, left out, replaced or swapped with its neighbour. */
static bool is_one_slip(struct str a, struct str b)
{
    if (a.len < b.len)
        return is_one_slip(b, a);
    if (a.len > b.len + 1)
        return false;
    size_t same = 0;
    while (same < b.len && a.data[same] == b.data[same])
        same++;
    if (a.len > b.len)
        return memcmp(a.data + same + 1, b.data + same, b.len - same) == 0;
    if (same + 1 >= a.len || memcmp(a.data + same + 1, b.data + same + 1, a.len - same - 1) == 0)
        return true;
    return a.data[same] == b.data[same + 1] && a.data[same + 1] == b.data[same] &&
           memcmp(a.data + same + 2, b.data + same + 2, a.len - same - 2) == 0;
}

/* The first of those that begin with the letter; they stand by their letters. */
static const struct slip_word *words_from(const struct lexicon *lexicon, char letter)
{
    size_t from = 0, to = lexicon->slip_word_count;
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        if ((unsigned char)lexicon->slip_words[middle].word.data[0] < (unsigned char)letter)
            from = middle + 1;
        else
            to = middle;
    }
    return &lexicon->slip_words[from];
}

/* The known word one slip of the finger away, if all such words mean the same. */
static struct str slipped_from(const struct lexicon *lexicon, struct str typed)
{
    const struct slip_word *found = NULL, *end = lexicon->slip_words + lexicon->slip_word_count;
    const struct slip_word *word = words_from(lexicon, typed.data[0]);
    for (; word < end && word->word.data[0] == typed.data[0]; word++) {
        if (!is_one_slip(typed, word->word))
            continue;
        if (found && !is_same_sense(found, word))
            return (struct str){0};
        found = word;
    }
    return found ? found->word : (struct str){0};
}

struct str *respell_slips(const struct heard *heard)
{
    struct str *spellings = NULL;
    for (size_t at = 0; at < heard->count && heard->count <= WORDS_MOST;) {
        size_t known = heard_longest(heard, at);
        const struct token *token = &heard->list[at];
        bool is_open = known == 0 && token->kind == TOKEN_WORD && token->text.len >= SLIP_WORD_LETTERS &&
                       (unsigned char)token->text.data[0] < 0x80;
        struct str spelling = is_open ? slipped_from(heard->lexicon, token->text) : (struct str){0};
        if (spelling.len > 0 && !spellings)
            spellings = copy_spellings(heard);
        if (spelling.len > 0)
            spellings[at] = spelling;
        at += known > 0 ? known : 1;
    }
    return spellings;
}
