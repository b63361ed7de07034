/* Words that are no answer to the open question: do they surely mean something else that we can take? */

#include "talk/turn.h"
#include "understand/carried.h"
#include "understand/normalise.h"

static bool is_certain_kind(enum answer_kind kind)
{
    return kind == ANSWER_DATE || kind == ANSWER_TIME || kind == ANSWER_PHONE;
}

const struct step *otherwise_step_of_field(const struct flow *flow, struct str field)
{
    for (size_t i = 0; i < flow->step_count; i++)
        if (str_eq(flow->steps[i].field, field) || str_eq(flow->steps[i].id, field))
            return &flow->steps[i];
    return NULL;
}

static bool is_stored(struct turn *turn, const struct step *step, const struct json *members)
{
    return str_eq(json_text(json_member(members, step->id)),
                  json_text(json_member(turn->out->next.data, step->id)));
}

/* "My name is Asha Rao" and "the name is wrong, Asha Rao", but neither "my name is wrong" nor anything
 * without such a frame. */
static struct meant framed_name(struct turn *turn, const struct step *step, struct str rest)
{
    struct meant none = {.meaning = MEANT_NOTHING};
    struct meant meant = step_understand(turn, step, rest.len ? rest : turn->text);
    struct str name = json_text(json_member(meant.members, step->id));
    struct utterance said = turn_utterance(turn, name);
    if (meant.meaning != MEANT_VALUE || str_eq(name, str_trim(turn->text)))
        return none;
    struct confirmed confirmed = understand_confirm(turn->script->lexicon, &said, turn->arena);
    return confirmed.confirmation == CONFIRM_NONE ? meant : none;
}

/* "Date 16, time 9": what is named or said in full beside the answer that is meant changes too. */
static void take_beside(struct turn *turn, const struct step *named)
{
    struct utterance said = turn_utterance(turn, turn->text);
    struct carried carried = understand_carried(turn->script->lexicon, &said, false, turn->arena);
    for (size_t i = 0; i < turn->flow->step_count; i++) {
        const struct step *step = &turn->flow->steps[i];
        struct str words = step->kind == ANSWER_DATE   ? carried.date
                           : step->kind == ANSWER_TIME ? carried.time
                                                       : (struct str){0};
        bool is_moment = step->kind == ANSWER_DATE || step->kind == ANSWER_TIME;
        bool is_named = is_moment && turn_is_settled(turn, step) &&
                        understand_names_field(turn->script->lexicon, &said, step->field, turn->arena);
        if (step == named || (words.len == 0 && !is_named))
            continue;
        struct meant meant = {.meaning = MEANT_NOTHING};
        if (words.len > 0)
            meant = step_understand(turn, step, words);
        if (is_named && meant.meaning != MEANT_VALUE) /* "time 8:30": in the half of the day there was */
            meant = correct_meant(turn, step);
        if (meant.meaning == MEANT_VALUE && !is_stored(turn, step, meant.members))
            take_quietly(turn, step, meant.members);
    }
}

/* "No, the time is 6:30 pm": what names the answer often brings the new one along, or says again which one is
 * wrong. */
void otherwise_edit(struct turn *turn, const struct step *step, struct str rest)
{
    struct meant meant = {.meaning = MEANT_NOTHING};
    if (is_certain_kind(step->kind))
        meant = correct_meant(turn, step);
    else if (step->kind == ANSWER_NAME && !turn->input->caller)
        meant = framed_name(turn, step, rest);
    else if (step->kind == ANSWER_PLACE && !turn->input->caller)
        meant = step_understand_place_alone(turn, step, rest.len ? rest : turn->text,
                                            rest.len ? ANY_TOWN : KNOWN_TOWN);
    if (meant.meaning == MEANT_WAITS)
        return;
    bool is_new = meant.meaning == MEANT_VALUE && !is_stored(turn, step, meant.members);
    if (!is_new) {
        ask_step_again(turn, step, true);
        return;
    }
    take_beside(turn, step);
    struct filling fillings[] = {{"value", turn_value_words(turn, step, meant.members)}, {NULL, {0}}};
    take_quietly(turn, step, meant.members);
    /* Where something is still asked, nothing else says that it was understood. */
    if (turn_open_step(turn))
        turn_lead(turn, turn_words(turn, "corrected", fillings));
    ask_open(turn);
}

bool otherwise_restates_place(struct turn *turn, struct str words)
{
    for (size_t i = 0; i < turn->flow->step_count && !turn->input->caller; i++) {
        const struct step *step = &turn->flow->steps[i];
        if (step->kind != ANSWER_PLACE)
            continue;
        struct meant meant = step_understand_place_alone(turn, step, words, KNOWN_TOWN);
        bool is_new = meant.meaning == MEANT_VALUE && !is_stored(turn, step, meant.members);
        if (is_new)
            take_members(turn, step, meant.members);
        else if (meant.meaning == MEANT_VALUE) /* the one that stands there: that is no miss, and no yes */
            ask_again(turn);
        return meant.meaning == MEANT_VALUE || meant.meaning == MEANT_WAITS;
    }
    return false;
}

bool otherwise_edits(struct turn *turn, const struct step *asked)
{
    struct utterance said = turn_utterance(turn, turn->text);
    struct confirmed confirmed = understand_confirm(turn->script->lexicon, &said, turn->arena);
    const struct step *step = NULL;
    if (confirmed.confirmation == CONFIRM_EDIT)
        step = otherwise_step_of_field(turn->flow, confirmed.field);
    if (!step || step == asked || !turn_is_settled(turn, step))
        return false;
    turn->out->kind = TURN_COMMANDED;
    otherwise_edit(turn, step, confirmed.rest);
    return true;
}

/* Words alone may sound like a number that nobody meant. */
static bool has_digit(struct turn *turn)
{
    struct str folded = text_fold(turn->arena, turn->text);
    for (size_t i = 0; i < folded.len; i++)
        if (folded.data[i] >= '0' && folded.data[i] <= '9')
            return true;
    return false;
}

/* What the words are for that step, and nothing else; nothing where they may be another thing too. */
static struct meant surely(struct turn *turn, const struct step *step, const struct carried *carried)
{
    struct meant none = {.meaning = MEANT_NOTHING};
    switch (step->kind) {
    case ANSWER_DATE:
        return carried->date.len && !carried->place.len ? step_understand(turn, step, carried->date) : none;
    case ANSWER_TIME:
        return carried->time.len && !carried->place.len ? step_understand(turn, step, carried->time) : none;
    case ANSWER_PHONE:
        return has_digit(turn) ? step_understand(turn, step, turn->text) : none;
    case ANSWER_PLACE:
        return turn->input->caller ? none : step_understand_place_alone(turn, step, turn->text, KNOWN_TOWN);
    case ANSWER_NAME:
    case ANSWER_CHOICE:
    case ANSWER_TEXT:
        return none;
    }
    return none;
}

/* "4 March", where the date was 3 April 1986: a day and a month can be nothing else, and the year stays. */
static struct meant date_anew(struct turn *turn, const struct step *step, struct meant whole)
{
    struct date said;
    struct meant meant = step_understand(turn, step, turn->text);
    bool is_day = meant.meaning == MEANT_NOTHING && answer_date_said(meant.said, &said) && said.day > 0 &&
                  said.month > 0 && said.year == 0;
    return whole.meaning == MEANT_NOTHING && is_day && !step->is_future ? correct_meant(turn, step) : whole;
}

/* Takes the other answer; what was offered to the open question is offered again. */
static void take_ahead(struct turn *turn, const struct step *step, const struct json *members)
{
    const struct memory *before = &turn->before;
    const struct step *open = turn_open_step(turn);
    bool is_offering = before->candidates && open && str_eq(before->step, open->id);
    struct memory kept = turn->memory;
    take_quietly(turn, step, members);
    turn->memory.candidates = is_offering ? before->candidates : NULL;
    turn->memory.guess = before->guess;
    turn->memory.step = kept.step;
    turn->memory.is_revisit = kept.is_revisit;
    turn->memory.is_edit = kept.is_edit;
    ask_open(turn);
}

/* People answer ahead: what surely is another missing answer is taken for it, and the question asked again.
 */
static bool fits_another(struct turn *turn, const struct step *asked)
{
    struct utterance said = turn_utterance(turn, turn->text);
    struct carried carried = understand_carried(turn->script->lexicon, &said, false, turn->arena);
    for (size_t i = 0; i < turn->flow->step_count; i++) {
        const struct step *step = &turn->flow->steps[i];
        /* A date that is said again in full is another one: nobody tells us a second birthday. */
        bool is_anew = turn_is_settled(turn, step) && step->kind == ANSWER_DATE;
        if (step == asked || (turn_is_settled(turn, step) && !is_anew))
            continue;
        struct meant meant = surely(turn, step, &carried);
        if (meant.meaning == MEANT_WAITS)
            return true;
        if (is_anew)
            meant = date_anew(turn, step, meant);
        if (meant.meaning != MEANT_VALUE)
            continue;
        if (is_stored(turn, step, meant.members)) { /* "that means 3 July": so it stands there */
            turn->out->kind = TURN_COMMANDED;
            ask_again(turn);
            return true;
        }
        struct filling fillings[] = {{"value", turn_value_words(turn, step, meant.members)}, {NULL, {0}}};
        turn_lead(turn, turn_words(turn, is_anew ? "corrected" : "noted", fillings));
        if (is_anew)
            take_beside(turn, step);
        take_ahead(turn, step, meant.members);
        return true;
    }
    return false;
}

/* Nobody is called Hyderabad: who gave other answers before their name goes on with the town. */
bool otherwise_is_town(struct turn *turn, const struct step *asked)
{
    bool is_ahead = false;
    if (asked->kind != ANSWER_NAME || turn_is_settled(turn, asked))
        return false;
    for (size_t i = 0; i < turn->flow->step_count; i++)
        is_ahead = is_ahead || (is_certain_kind(turn->flow->steps[i].kind) &&
                                turn_is_settled(turn, &turn->flow->steps[i]));
    for (size_t i = 0; i < turn->flow->step_count && is_ahead && !turn->input->caller; i++) {
        const struct step *step = &turn->flow->steps[i];
        if (step->kind != ANSWER_PLACE || turn_is_settled(turn, step))
            continue;
        struct utterance said = turn_utterance(turn, turn->text);
        if (understand_is_called(turn->script->lexicon, &said, turn->arena))
            return false;
        struct meant meant = step_understand_place_alone(turn, step, turn->text, KNOWN_METROPOLIS);
        turn->has_used_findings = turn->input->findings != NULL;
        if (meant.meaning == MEANT_VALUE) {
            struct filling fillings[] = {{"value", turn_value_words(turn, step, meant.members)}, {NULL, {0}}};
            turn_lead(turn, turn_words(turn, "noted", fillings));
            take_ahead(turn, step, meant.members);
        }
        return meant.meaning == MEANT_VALUE || meant.meaning == MEANT_WAITS;
    }
    return false;
}

/* "pm", "शाम को": to the question which of two times, a part of the day alone is enough. */
static bool completes_time(struct turn *turn, const struct step *step)
{
    const struct json *first = json_at(turn->memory.candidates, 0);
    struct str time = json_text(json_member(first, step->id));
    int hour;
    int minute;
    if (step->kind != ANSWER_TIME || !answer_time(time, &hour, &minute))
        return false;
    int clock_hour = hour % 12 == 0 ? 12 : hour % 12;
    struct str whole = arena_printf(turn->arena, "%d:%02d %.*s", clock_hour, minute, STR_ARG(turn->text));
    struct meant meant = step_understand(turn, step, whole);
    if (meant.meaning == MEANT_VALUE)
        take_members(turn, step, meant.members);
    return meant.meaning == MEANT_VALUE;
}

bool otherwise_takes(struct turn *turn, const struct step *asked)
{
    return (turn->memory.candidates && completes_time(turn, asked)) || otherwise_edits(turn, asked) ||
           correct_completes_name(turn) || fits_another(turn, asked);
}
