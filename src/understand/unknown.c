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

bool understand_question(const struct lexicon *lexicon, const struct utterance *said, struct arena *arena)
{
    struct heard heard = hear(lexicon, said, arena);
    size_t words = 0;
    for (size_t at = 0; at < heard.count; at++) {
        words += heard.list[at].kind == TOKEN_WORD;
        if (words > 1 && heard_is_mark(&heard, at, '?')) /* "hm?" asks nothing */
            return true;
    }
    return heard_has(&heard, WORD_QUESTION);
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
