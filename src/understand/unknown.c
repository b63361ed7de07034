/* Did the person say that they do not know, or would rather go on? */

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
