/* "Is it free?", "why do you need that?": what are people told who ask something back?
 *
 * `words: asked:` says what people ask and how, `asked.<key>` among the phrases what they are told: a
 * question's own answer (`birth_time.asked.why`) before that of its kind (`asked.why.time`) and that of the
 * flow. */

#include "talk/turn.h"

struct str asked_words(struct turn *turn, const struct step *step, struct str about)
{
    const char *name = arena_printf(turn->arena, "asked.%.*s", STR_ARG(about)).data;
    struct str words = step ? turn_step_words(turn, step, name) : (struct str){0};
    return words.len ? words : turn_words_if_any(turn, name, NULL);
}

void asked_answer(struct turn *turn)
{
    struct utterance said = turn_utterance(turn, turn->text);
    struct str about = understand_asked(turn->script->lexicon, &said, turn->arena);
    struct str words = about.len ? asked_words(turn, turn_open_step(turn), about) : (struct str){0};
    turn->has_told = words.len > 0;
    turn_lead(turn, words);
}

bool asked_was_all(struct turn *turn)
{
    if (!turn->has_told)
        return false;
    turn->out->kind = TURN_COMMANDED;
    ask_again(turn);
    return true;
}
