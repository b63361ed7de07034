/* Was a recording heard right?
 *
 * Speech that comes as a recording (a voice note, by the API) is answered in words that can be read, and can
 * be listened to again: so it is taken at its word where its transcript is sure, and read back where it is
 * not. Calls have rules of their own; see call.h. */

#include "talk/turn.h"

#define UNSURE_BELOW 0.5 /* the recogniser's own doubt; 0 is no score */

bool heard_is_unsure(const struct turn *turn)
{
    double confidence = turn->input->confidence;
    return turn->input->kind == INPUT_WORDS && turn->hearing == HEARD_SPEECH && confidence > 0 &&
           confidence < UNSURE_BELOW;
}

/* A name, a date … that is asked for: what was heard can be read back. */
static bool is_about_step(const struct turn *turn)
{
    enum asking asking = turn->memory.asking;
    return turn_open_step(turn) && (asking == ASKING_NOTHING || asking == ASKING_STEP ||
                                    asking == ASKING_WHICH || asking == ASKING_HEARD);
}

bool heard_settles(struct turn *turn)
{
    bool is_new = turn->out->next.status == SESSION_STARTED;
    if (turn->input->caller || is_new || !heard_is_unsure(turn))
        return false;
    /* At rest nobody is asked, and what hardly sounds like "delete" is no wish. */
    bool is_wish = turn->command.command != COMMAND_NONE;
    bool is_asked = turn->memory.asking != ASKING_NOTHING;
    if (turn_is_at_rest(turn) ? !is_wish && !is_asked : is_about_step(turn) && !is_wish)
        return false;
    turn->out->kind = TURN_MISSED;
    turn_lead(turn, turn_words(turn, "call.unclear", NULL));
    if (is_asked)
        ask_again(turn);
    else
        turn_rest(turn);
    return true;
}

void heard_ask_about(struct turn *turn, const struct step *step, const struct json *candidates)
{
    turn->memory.candidates = candidates;
    turn->memory.guess = GUESS_HEARD;
    turn->memory.step = step->id;
    turn->out->kind = TURN_ANSWERED;
    ask_open(turn);
}

bool heard_doubts(struct turn *turn, const struct step *step, const struct json *members)
{
    if (turn->input->caller || !heard_is_unsure(turn))
        return false;
    struct json *one = json_new_list(turn->arena);
    json_add(turn->arena, one, members);
    heard_ask_about(turn, step, one);
    return true;
}
