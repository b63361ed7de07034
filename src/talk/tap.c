/* A button or list row was pressed: of the open question, or an old one still on the screen?
 *
 * Ids are "<question>:<value>". An answer to a closed question changes nothing: the same value is silently
 * fine, another asks whether to change it. */

#include "talk/turn.h"

const struct step *tap_changed_step(const struct turn *turn, struct str *value)
{
    struct str change = turn->memory.change;
    size_t equals = str_find_char(change, '=');
    if (equals == STR_NONE)
        return NULL;
    if (value)
        *value = str_slice(change, equals + 1, change.len);
    return flow_step(turn->flow, str_slice(change, 0, equals), NULL);
}

/* An old place row says only its place in a list that is forgotten: the place is asked anew. */
void tap_change(struct turn *turn)
{
    struct str value = {0};
    const struct step *step = tap_changed_step(turn, &value);
    turn->memory.change = (struct str){0};
    if (!step) {
        ask_open(turn);
        return;
    }
    const struct json *members = answer_members(step, value, turn->arena);
    if (step->kind != ANSWER_PLACE && answer_is_valid(step, members))
        take_members(turn, step, members);
    else
        ask_step_again(turn, step, true);
}

static bool is_same_value(struct turn *turn, const struct step *step, struct str value)
{
    if (!answer_is_valid(step, turn->out->next.data))
        return false;
    struct str stored = json_text(json_member(turn->out->next.data, step->id));
    return str_eq(stored, value);
}

static void tap_old(struct turn *turn, struct str value)
{
    size_t equals = str_find_char(value, '=');
    const struct step *step =
        equals == STR_NONE ? NULL : flow_step(turn->flow, str_slice(value, 0, equals), NULL);
    turn->out->kind = TURN_IGNORED;
    if (!step) {
        bool is_about_all = str_eq(value, STR("yes")) || str_eq(value, STR("no"));
        if (is_about_all && !turn_open_step(turn) && turn->memory.asking != ASKING_CONFIRM)
            ask_open(turn);
        return;
    }
    bool is_answered = turn_is_settled(turn, step);
    if (!is_answered || is_same_value(turn, step, str_slice(value, equals + 1, value.len)))
        return;
    turn->out->kind = TURN_COMMANDED;
    turn->memory.change = value;
    ask_over(turn, ASKING_CHANGE);
}

static bool is_offered(struct turn *turn, struct str value)
{
    struct choice offers[OUTBOUND_CHOICES_MAX];
    size_t count = ask_offers(turn, offers);
    for (size_t i = 0; i < count; i++)
        if (str_eq(offers[i].id, value))
            return true;
    return false;
}

bool tap_choice(struct turn *turn)
{
    struct str id = turn->input->choice;
    size_t colon = str_find_char(id, ':');
    int64_t number;
    if (colon == STR_NONE || !str_to_int64(str_slice(id, 0, colon), &number))
        return false;
    struct str value = str_slice(id, colon + 1, id.len);
    bool is_open = number >= turn->memory.since && number <= turn->memory.question;
    if (is_open && is_offered(turn, value)) {
        turn->out->kind = TURN_ANSWERED;
        take_choice(turn, value);
    } else {
        tap_old(turn, value);
    }
    return true;
}
