/* What does a location pin say about the place of birth? It is where someone is now: only a suggestion. */

#include "talk/turn.h"

static const struct step *asked_for_place(const struct turn *turn)
{
    enum asking asking = turn->memory.asking;
    const struct step *step = turn_open_step(turn);
    bool is_open = asking == ASKING_STEP || asking == ASKING_WHICH || asking == ASKING_HEARD;
    return is_open && step && step->kind == ANSWER_PLACE ? step : NULL;
}

bool pin_suggests(struct turn *turn)
{
    const struct step *step = asked_for_place(turn);
    const struct findings *findings = turn->input->findings;
    if (!step || !turn->input->location.is_given || turn->input->caller || turn->has_used_findings)
        return false;
    if (!findings) {
        turn->out->wants_places = true;
        turn->out->near = &turn->input->location;
        return true;
    }
    if (findings->place_count == 0)
        return false;
    struct json *one = json_new_list(turn->arena);
    json_add(turn->arena, one, answer_place(step, &findings->places[0].place, turn->arena));
    take_several(turn, step, one, GUESS_PIN);
    return true;
}
