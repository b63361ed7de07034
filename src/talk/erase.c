/* Everything is to be deleted, and whoever says so has confirmed it: is it theirs to delete?
 *
 * In writing it is: the message came from their number, or with their key. On the telephone it is only said
 * to come from it, since a caller's number can be forged. So the number's owner is asked by text message, and
 * nothing is deleted before they answer with the word that it names. An anonymous call deletes its own
 * session at once: there is nothing else that it could reach. */

#include "talk/turn.h"

#define ANSWER_MS (INT64_C(24) * 60 * 60 * 1000) /* the text is answered within; later it is asked anew */
#define AGAIN_MS  (INT64_C(10) * 60 * 1000)      /* no second text within, however often somebody calls */

/* How far they came is counted when their session goes: names of steps, no answers. */
static void erase(struct turn *turn)
{
    turn->out->erases = true;
    turn_store(turn, json_new_object(turn->arena), turn->out->next.steps_completed);
    turn->memory = (struct memory){.question = turn->memory.question, .call = turn->memory.call};
    turn_say(turn, turn_words(turn, "delete.done", NULL));
}

static void ask_by_text(struct turn *turn)
{
    struct memory *memory = &turn->memory;
    int64_t now_ms = turn->input->now_ms;
    bool was_texted = memory->erase_asked_ms && now_ms - memory->erase_asked_ms < AGAIN_MS;
    turn_say(turn, turn_words(turn, "call.erase_by_text", NULL));
    memory->presence.is_handed_over = true;
    if (was_texted)
        return;
    memory->erase_asked_ms = now_ms;
    turn_answer_in(turn, MANNER_WRITTEN);
    turn->out->texts = true;
    turn->out->text_message = (struct outbound){
        .text = turn_words(turn, "delete.by_text", NULL),
        .language = turn->out->next.language,
    };
    turn_answer_in(turn, MANNER_SPOKEN);
}

void erase_agreed(struct turn *turn)
{
    const struct caller *caller = turn->input->caller;
    struct memory *memory = &turn->memory;
    bool may_be_another = caller && turn->input->door.len;
    turn->out->kind = TURN_COMMANDED;
    if (!may_be_another) {
        erase(turn);
        return;
    }
    memory->misses = 0;
    memory->asking = desk_is_silent(turn) ? memory->desk.below : ASKING_NOTHING;
    if (caller->can_be_texted) {
        ask_by_text(turn);
        return;
    }
    struct filling fillings[] = {{"address", caller->web_address}, {NULL, {0}}};
    turn_lead(turn, turn_words(turn, "call.erase_in_writing", fillings));
    if (desk_is_silent(turn))
        turn_say(turn, (struct str){0}); /* and nothing is asked: somebody else goes on */
    else if (turn_is_at_rest(turn))
        call_rest(turn);
    else
        ask_open(turn);
}

/* The word that the text names, in any of our languages. */
static bool is_the_word(struct turn *turn)
{
    const struct phrasebook *book = turn->script->phrases;
    struct str languages[LANGUAGES_MAX];
    size_t count = phrasebook_languages(book, languages, LANGUAGES_MAX);
    for (size_t i = 0; i < count; i++) {
        const struct phrase_entry *word = phrase_find(book, languages[i], turn->flow->id, "delete.word");
        if (word && str_eq_nocase(str_trim(turn->text), word->text))
            return true;
    }
    return false;
}

/* A key is none: the text names no choices, but the question that was open before it may have. */
static enum confirmation yes_or_no(struct turn *turn)
{
    struct utterance said = turn_utterance(turn, turn->text);
    int64_t key;
    if (str_to_int64(turn->text, &key))
        return CONFIRM_NONE;
    return understand_confirm(turn->script->lexicon, &said, turn->arena).confirmation;
}

bool erase_settles(struct turn *turn)
{
    const struct input *input = turn->input;
    struct memory *memory = &turn->memory;
    const struct memory before = *memory;
    if (before.erase_asked_ms == 0 || input->caller || input->door.len == 0 || input->kind != INPUT_WORDS)
        return false;
    enum confirmation answer = yes_or_no(turn);
    bool is_late = input->now_ms - before.erase_asked_ms > ANSWER_MS;
    memory->erase_asked_ms = 0;
    memory->erase_was_repeated = false;
    if (!is_late && (is_the_word(turn) || turn->command.command == COMMAND_DELETE_DATA)) {
        turn->out->kind = TURN_COMMANDED;
        erase(turn);
        return true;
    }
    if (is_late || answer == CONFIRM_NONE || (answer == CONFIRM_YES && before.erase_was_repeated))
        return false;
    turn->out->kind = TURN_COMMANDED;
    if (answer == CONFIRM_NO) {
        turn_lead(turn, turn_words(turn, "kept", NULL));
        if (desk_is_silent(turn))
            desk_still(turn);
        else
            ask_again(turn);
        return true;
    }
    /* A yes may be meant for another question, and what is deleted doesn't come back: once more, by its word.
     */
    memory->erase_asked_ms = before.erase_asked_ms;
    memory->erase_was_repeated = true;
    turn_say(turn, turn_words(turn, "delete.by_text", NULL));
    return true;
}
