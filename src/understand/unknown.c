/* Did the person say that they do not know, or would rather go on, or ask back, or only greet, or something
 * polite? */

#include "understand/heard.h"

bool heard_is_unknown(const struct heard *heard)
{
    if (heard_has(heard, WORD_UNKNOWN))
        return true;
    return heard_has(heard, WORD_KNOW) &&
           (heard_has(heard, WORD_NOT_BEFORE) || heard_has(heard, WORD_NOT_AFTER));
}

bool understand_unknown(const struct lexicon *lexicon, const struct utterance *said, struct arena *arena)
{
    struct heard heard = hear(lexicon, said, arena);
    return heard_is_unknown(&heard);
}

bool understand_skip(const struct lexicon *lexicon, const struct utterance *said, struct arena *arena)
{
    static const enum word_class classes[] = {WORD_SKIP, WORD_FILLER, WORD_COMMAND_FILLER, WORD_LINK};
    struct heard heard = hear(lexicon, said, arena);
    return heard_has(&heard, WORD_SKIP) && heard_is_only(&heard, classes, sizeof classes / sizeof *classes);
}

static bool is_question(const struct heard *heard)
{
    size_t words = 0;
    for (size_t at = 0; at < heard->count; at++) {
        words += heard->list[at].kind == TOKEN_WORD;
        if (words > 1 && heard_is_mark(heard, at, '?')) /* "hm?" asks nothing */
            return true;
    }
    return heard_has(heard, WORD_QUESTION);
}

bool understand_refusal(const struct lexicon *lexicon, const struct utterance *said, struct arena *arena)
{
    struct heard heard = hear(lexicon, said, arena);
    return heard_has(&heard, WORD_REFUSAL);
}

bool understand_question(const struct lexicon *lexicon, const struct utterance *said, struct arena *arena)
{
    struct heard heard = hear(lexicon, said, arena);
    return is_question(&heard);
}

struct str understand_asked(const struct lexicon *lexicon, const struct utterance *said, struct arena *arena)
{
    static const enum word_class classes[] = {WORD_ASKED, WORD_FILLER, WORD_LINK};
    struct heard heard = hear(lexicon, said, arena);
    const struct sense *sense;
    struct str about = {0};
    size_t longest = 0;
    for (size_t at = 0; at < heard.count && heard_has(&heard, WORD_ASKED); at++) {
        size_t len = heard_phrase(&heard, at, WORD_ASKED, &sense);
        about = len > longest ? sense->text : about;
        longest = len > longest ? len : longest;
    }
    /* "Cost?", "price please" and no more is asked, too. */
    bool is_asked = longest > 0 &&
                    (is_question(&heard) || heard_is_only(&heard, classes, sizeof classes / sizeof *classes));
    return is_asked ? about : (struct str){0};
}

size_t understand_askable(const struct lexicon *lexicon, const struct str **keys)
{
    *keys = lexicon->asked;
    return lexicon->asked_count;
}

bool understand_greeting(const struct lexicon *lexicon, const struct utterance *said, struct arena *arena)
{
    static const enum word_class classes[] = {WORD_GREETING, WORD_FILLER, WORD_LINK};
    struct heard heard = hear(lexicon, said, arena);
    return heard_has(&heard, WORD_GREETING) &&
           heard_is_only(&heard, classes, sizeof classes / sizeof *classes);
}

static bool has_words(const struct heard *heard)
{
    for (size_t at = 0; at < heard->count; at++)
        if (heard->list[at].kind == TOKEN_WORD || heard->list[at].kind == TOKEN_NUMBER)
            return true;
    return false;
}

bool understand_thanks(const struct lexicon *lexicon, const struct utterance *said, struct arena *arena)
{
    static const enum word_class classes[] = {WORD_THANKS, WORD_FILLER, WORD_LINK};
    struct heard heard = hear(lexicon, said, arena);
    if (!has_words(&heard))
        return true;
    return heard_has(&heard, WORD_THANKS) && heard_is_only(&heard, classes, sizeof classes / sizeof *classes);
}
