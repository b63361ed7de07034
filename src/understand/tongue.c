/* Which language is this written in, where several share a script? */

#include "understand/heard.h"

#define WORDS_LEAST 2
#define BYTES_LEAST 3 /* shorter words are too easily a name's part, or a slip */

/* A word that stands in that language's file and in no other; names and towns stand in none. */
static bool is_only_of(const struct heard *heard, size_t at, uint8_t language)
{
    const struct match *match = &heard->matches[at][0];
    if (match->len == 0 || match->is_by_ear || heard->list[at].text.len < BYTES_LEAST)
        return false;
    for (const struct sense *sense = match->senses; sense; sense = sense->next)
        if (sense->language != language)
            return false;
    return true;
}

bool understand_is_in(const struct lexicon *lexicon, const struct utterance *said, struct str language,
                      struct arena *arena)
{
    struct heard heard = hear(lexicon, said, arena);
    size_t own = 0, words = 0;
    for (size_t i = 0; i < lexicon->language_count; i++) {
        if (!str_eq(lexicon->languages[i], language))
            continue;
        for (size_t at = 0; at < heard.count; at++) {
            words += heard.list[at].kind == TOKEN_WORD;
            own += heard.list[at].kind == TOKEN_WORD && is_only_of(&heard, at, (uint8_t)i);
        }
    }
    return own >= WORDS_LEAST || (own > 0 && own == words);
}
