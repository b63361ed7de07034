/* Which words of a clock time were written as one? "quarterpast 6", "sixthirty", "eightpm": an unknown word
 * that is known ones in a row and nothing else. */

#include "understand/joined.h"

#define PIECES_MAX   3
#define PIECE_LEAST  2  /* letters: "am", "to" */
#define LETTERS_MOST 24 /* of the whole */

/* The words of a clock time that stand before or behind another. */
static bool is_piece(const struct lexicon *lexicon, struct str letters)
{
    static const enum word_class classes[] = {WORD_NUMBER, WORD_TENS,     WORD_HOUR_PART, WORD_PAST,
                                              WORD_UNTIL,  WORD_DAY_PART, WORD_OCLOCK};
    struct str spelling = lexicon_spelling(lexicon, letters); /* "quater" is quarter */
    struct str key = spelling.len > 0 ? spelling : letters;
    const struct word *word = words_find(&lexicon->words, key, lexicon_hash(LEXICON_HASH_START, key));
    for (const struct sense *sense = word ? word->senses : NULL; sense; sense = sense->next)
        for (size_t i = 0; i < sizeof classes / sizeof *classes; i++)
            if (sense->class == classes[i])
                return true;
    return false;
}

/* Writes the pieces with blanks between; false: the letters are not made of at most so many. */
static bool put_pieces(const struct lexicon *lexicon, struct str letters, int most, struct buf *out)
{
    if (is_piece(lexicon, letters)) {
        buf_put(out, letters);
        return true;
    }
    for (size_t cut = PIECE_LEAST; most > 1 && cut + PIECE_LEAST <= letters.len; cut++) {
        struct str first = str_slice(letters, 0, cut);
        size_t before = out->len;
        if (!is_piece(lexicon, first))
            continue;
        buf_put(out, first);
        buf_put_char(out, ' ');
        if (put_pieces(lexicon, str_slice(letters, cut, letters.len), most - 1, out))
            return true;
        out->len = before;
    }
    return false;
}

bool joined_part(const struct heard *heard, struct utterance *said, struct arena *arena)
{
    struct buf text = {.arena = arena};
    size_t copied = 0;
    for (size_t at = 0; at < heard->count; at++) {
        const struct token *token = &heard->list[at];
        bool is_open = token->kind == TOKEN_WORD && token->text.len >= 2 * PIECE_LEAST &&
                       token->text.len <= LETTERS_MOST && heard_longest(heard, at) == 0;
        struct buf pieces = {.arena = arena};
        if (!is_open || !put_pieces(heard->lexicon, token->text, PIECES_MAX, &pieces))
            continue;
        buf_put(&text, str_slice(heard->text, copied, token->from));
        buf_put(&text, buf_str(&pieces));
        copied = token->to;
    }
    if (copied == 0)
        return false;
    buf_put(&text, str_slice(heard->text, copied, heard->text.len));
    said->text = buf_str(&text);
    said->kept = NULL; /* it is heard by others as it came */
    return true;
}
