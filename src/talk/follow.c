/* In which language is somebody answered who has chosen none? In that of their script and their words. */

#include "talk/turn.h"

/* Hindi in Latin letters is a habit, or one borrowed word: who writes it twice is answered in it. */
static void follow_latin(struct turn *turn, const struct str *languages, size_t count)
{
    const struct phrasebook *book = turn->script->phrases;
    struct utterance said = turn_utterance(turn, turn->text);
    for (size_t i = 0; i < count; i++) {
        struct str latin = phrasebook_in_latin(book, languages[i]);
        struct str answered = turn->manner == MANNER_SPOKEN ? phrasebook_spoken(book, latin) : latin;
        if (latin.len == 0 || str_eq(latin, turn->out->next.language) ||
            !understand_is_in(turn->script->lexicon, &said, latin, turn->arena))
            continue;
        if (turn->memory.wrote_latin && !str_eq(answered, turn->out->next.language))
            turn_switch_language(turn, answered, STR("script"));
        turn->memory.wrote_latin = true;
        return;
    }
}

/* Someone who writes in another script is answered in its language, unless they chose one. */
void follow_script(struct turn *turn)
{
    const struct phrasebook *book = turn->script->phrases;
    struct str script = str_from(understand_script(turn->text));
    struct str languages[LANGUAGES_MAX];
    size_t count = phrasebook_languages(book, languages, LANGUAGES_MAX);
    if (turn->memory.has_chosen_language || script.len == 0)
        return;
    if (str_eq(script, STR("Latn"))) {
        follow_latin(turn, languages, count);
        return;
    }
    for (size_t i = 0; i < count; i++) {
        const struct phrase_entry *own = phrase_find(book, languages[i], (struct str){0}, "language.script");
        if (own && str_eq(own->text, script) && !str_eq(languages[i], turn->out->next.language)) {
            turn_switch_language(turn, languages[i], STR("script"));
            turn->memory.wrote_latin = false;
            return;
        }
    }
}
