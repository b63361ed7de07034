/* Which of the lexicon's frames stands around the name? Of hundreds only those are tried that have the
 * initial of the first word, or of the last. */

#include "understand/name_frame.h"

#define CAPITALS_WORDS 3 /* "My Linh", "Le Van Do": as many are a name when written like one */

static bool is_capital(const struct heard *heard, size_t at, size_t letter)
{
    const struct token *token = &heard->list[at];
    if (token->from + letter >= token->to)
        return false;
    char c = heard->text.data[token->from + letter];
    return c >= 'A' && c <= 'Z';
}

/* "Will Do", but not "I will do" nor "WILL DO". */
bool name_is_written_as_one(const struct heard *heard, struct range range)
{
    size_t words = 0;
    for (size_t at = range.from; at < range.to; at++) {
        if (heard->list[at].kind != TOKEN_WORD)
            continue;
        words++;
        if (!is_capital(heard, at, 0) || is_capital(heard, at, 1))
            return false;
    }
    return words <= CAPITALS_WORDS;
}

/* Frames have their words as the lexicon spells them. */
static bool is_frame_word(const struct heard *heard, size_t at, struct str word)
{
    return str_eq(heard->list[at].text, word) || str_eq(heard_word(heard, at), word);
}

static size_t skip_marks(const struct heard *heard, size_t at, size_t to)
{
    while (at < to && heard->list[at].kind == TOKEN_MARK)
        at++;
    return at;
}

/* Tokens at `from` that are exactly these words (marks between them don't count); 0 when they are not. */
static size_t match_words(const struct heard *heard, size_t from, size_t to, struct str words)
{
    struct str word;
    size_t at = from;
    while (str_cut(&words, ' ', &word)) {
        at = skip_marks(heard, at, to);
        if (at >= to || !is_frame_word(heard, at, word))
            return 0;
        at++;
    }
    return at - from;
}

/* The frame's last words as the tokens before `to`. */
static bool ends_with(const struct heard *heard, struct range range, const struct frame *frame)
{
    size_t count = frame->after_count;
    return range.to >= range.from + count &&
           match_words(heard, range.to - count, range.to, frame->after) == count;
}

/* "u" may stand for "you": a word has the initial that was written, and perhaps another. */
#define INITIALS_MAX 2

static size_t lists_of(const struct heard *heard, size_t at,
                       const struct frame_list lists[static UINT8_MAX + 1],
                       const struct frame_list *out[static INITIALS_MAX])
{
    struct str written = heard->list[at].text, spelled = heard_word(heard, at);
    size_t count = 0;
    if (written.len > 0)
        out[count++] = &lists[(unsigned char)written.data[0]];
    if (spelled.len > 0 && (count == 0 || spelled.data[0] != written.data[0]))
        out[count++] = &lists[(unsigned char)spelled.data[0]];
    return count;
}

/* The frames that may begin with the first word, and then those that may end with the last. */
struct candidates {
    const struct frame_list *before[INITIALS_MAX], *after[INITIALS_MAX];
    size_t before_count, after_count;
};

static struct candidates candidates_of(const struct heard *heard, struct range range)
{
    struct candidates candidates = {0};
    size_t first = skip_marks(heard, range.from, range.to);
    if (first >= range.to)
        return candidates;
    const struct lexicon *lexicon = heard->lexicon;
    candidates.before_count = lists_of(heard, first, lexicon->frames_before, candidates.before);
    candidates.after_count = lists_of(heard, range.to - 1, lexicon->frames_after, candidates.after);
    return candidates;
}

/* What a frame leaves. */
struct fit {
    struct range inner;
    const struct frame *frame;
};

/* "Mei Kumar" may be "I am Kumar" in other words; written like this it is a name. */
static bool begins_as_name(const struct heard *heard, struct range range, const struct frame *frame)
{
    bool is_one_word = str_find_char(frame->before, ' ') == STR_NONE;
    return is_one_word && heard_is(heard, range.from, WORD_ALSO_NAME) == 1 &&
           name_is_written_as_one(heard, range);
}

/* The frame that leaves least counts; of equal ones the one that stands first in the files. */
static void try_frame(const struct heard *heard, struct range range, const struct frame *frame,
                      struct fit *best)
{
    struct range inner = range;
    if (frame->after.len == 0 && begins_as_name(heard, range, frame))
        return;
    if (frame->before.len > 0) {
        size_t len = match_words(heard, inner.from, inner.to, frame->before);
        if (len == 0)
            return;
        inner.from += len;
    }
    if (frame->after.len > 0 && !ends_with(heard, inner, frame))
        return;
    inner.to -= frame->after_count;
    if (inner.from >= inner.to)
        return;
    size_t left = inner.to - inner.from, least = best->inner.to - best->inner.from;
    if (left < least || (left == least && best->frame && frame < best->frame))
        *best = (struct fit){inner, frame};
}

bool name_unframe(const struct heard *heard, struct range *range)
{
    struct fit best = {.inner = *range};
    struct candidates candidates = candidates_of(heard, *range);
    for (size_t i = 0; i < candidates.before_count; i++)
        for (size_t k = 0; k < candidates.before[i]->count; k++)
            try_frame(heard, *range, candidates.before[i]->frames[k], &best);
    for (size_t i = 0; i < candidates.after_count; i++)
        for (size_t k = 0; k < candidates.after[i]->count; k++)
            try_frame(heard, *range, candidates.after[i]->frames[k], &best);
    *range = best.inner;
    return best.frame != NULL;
}

bool name_is_frame(const struct heard *heard, struct range range)
{
    size_t len = range.to - range.from;
    struct candidates candidates = candidates_of(heard, range);
    for (size_t i = 0; i < candidates.before_count; i++)
        for (size_t k = 0; k < candidates.before[i]->count; k++)
            if (match_words(heard, range.from, range.to, candidates.before[i]->frames[k]->before) == len)
                return true;
    for (size_t i = 0; i < candidates.after_count; i++)
        for (size_t k = 0; k < candidates.after[i]->count; k++)
            if (match_words(heard, range.from, range.to, candidates.after[i]->frames[k]->after) == len)
                return true;
    return false;
}
