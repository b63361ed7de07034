/* What becomes of an answer given by voice or keys? It is asked about where it may be wrong; where it was not
 * understood the keys are asked for, or a text message. */

#include "talk/turn.h"

#define HEARINGS_MAX 2 /* of a name or place, before it is asked for by text message */

struct str call_step_words(struct turn *turn, const struct step *step)
{
    struct str keys = {0};
    if (turn->input->caller && turn->manner == MANNER_SPOKEN && str_eq(turn->memory.call.keys_for, step->id))
        keys = turn_step_words(turn, step, "keys");
    return keys.len ? keys : turn_step_words(turn, step, "ask");
}

struct str call_heard_words(struct turn *turn, const struct step *step)
{
    const struct json *members = json_at(turn->memory.candidates, 0);
    struct filling fillings[] = {{"value", turn_value_words(turn, step, members)}, {NULL, {0}}};
    if (turn->memory.guess != GUESS_HEARD)
        return turn_words(turn, turn->memory.guess == GUESS_PIN ? "pin.ask" : "near.ask", fillings);
    /* A recording was heard as a call is, but not every question about a guess is about hearing. */
    bool is_recording = !turn->input->caller && turn->hearing == HEARD_SPEECH;
    return turn_words(turn, is_recording ? "heard.ask" : "call.heard", fillings);
}

static bool is_only_spoken(const struct step *step)
{
    return step->kind == ANSWER_NAME || step->kind == ANSWER_PLACE || step->kind == ANSWER_TEXT;
}

/* Four keys are a time of the 24-hour clock only where they can't be one of the 12-hour clock. */
static const struct json *both_halves_of_day(struct turn *turn, const struct step *step,
                                             const struct json *members)
{
    struct json *both = json_new_list(turn->arena);
    int hour;
    int minute;
    struct str time = json_text(json_member(members, step->id));
    if (!answer_time(time, &hour, &minute) || hour < 1 || hour > 12)
        return NULL;
    json_add(turn->arena, both, members);
    struct str later = arena_printf(turn->arena, "%02d:%02d", (hour + 12) % 24, minute);
    json_add(turn->arena, both, answer_members(step, later, turn->arena));
    return both;
}

bool call_doubts(struct turn *turn, const struct step *step, const struct json *members)
{
    const struct json *candidates = NULL;
    if (!turn->input->caller || turn->input->kind != INPUT_WORDS)
        return false;
    if (turn->hearing == HEARD_KEYPAD && step->kind == ANSWER_TIME) {
        candidates = both_halves_of_day(turn, step, members);
    } else if (turn->hearing == HEARD_SPEECH && is_only_spoken(step)) {
        struct json *one = json_new_list(turn->arena);
        json_add(turn->arena, one, members);
        candidates = one;
    }
    if (candidates)
        heard_ask_about(turn, step, candidates);
    return candidates != NULL;
}

void call_take_right(struct turn *turn)
{
    const struct step *step = turn_open_step(turn);
    const struct json *members = json_at(turn->memory.candidates, 0);
    if (step && members)
        take_members(turn, step, members);
    else
        ask_open(turn);
}

void call_take_wrong(struct turn *turn)
{
    const struct step *step = turn_open_step(turn);
    turn->memory.candidates = NULL;
    if (step && turn->input->caller)
        call_miss(turn, step, turn_words(turn, "call.once_more", NULL));
    else
        ask_open(turn);
}

static void miss_key(struct turn *turn)
{
    miss_count(turn);
    if (turn->memory.misses > turn->flow->misses_max + 1) {
        call_goodbye(turn);
        return;
    }
    turn_lead(turn, turn_words(turn, "miss.offer", NULL));
    ask_again(turn);
}

static enum confirmation confirmation_in(struct turn *turn, struct str text)
{
    struct utterance said = turn_utterance(turn, text);
    return understand_confirm(turn->script->lexicon, &said, turn->arena).confirmation;
}

/* "No, it's Ravi": what follows the no, once it says neither yes nor no any more; empty: nothing does. */
static struct str after_no(struct turn *turn)
{
    struct str rest = turn->text;
    for (size_t blank; (blank = str_find_char(rest, ' ')) != STR_NONE;) {
        rest = str_trim(str_slice(rest, blank + 1, rest.len));
        if (confirmation_in(turn, rest) == CONFIRM_NONE)
            return rest;
    }
    return (struct str){0};
}

/* "Yes, Bareilly is fine", where another town was read back: what they name counts. True: that is so, or the
 * gazetteer must be asked first. */
static bool names_another(struct turn *turn, const struct step *step)
{
    const struct json *heard = json_at(turn->memory.candidates, 0);
    if (step->kind != ANSWER_PLACE || turn->input->caller)
        return false;
    struct meant meant = step_understand_place_alone(turn, step, turn->text, KNOWN_TOWN);
    turn->has_used_findings = turn->input->findings != NULL;
    bool is_another = meant.meaning == MEANT_VALUE && !str_eq(json_text(json_member(meant.members, step->id)),
                                                              json_text(json_member(heard, step->id)));
    if (is_another)
        take_members(turn, step, meant.members);
    return is_another || meant.meaning == MEANT_WAITS;
}

void call_take_heard(struct turn *turn, const struct step *step)
{
    enum confirmation confirmation = confirmation_in(turn, turn->text);
    struct str instead = confirmation == CONFIRM_NO ? after_no(turn) : (struct str){0};
    /* "Press one", said instead of pressed. */
    bool is_spoken = turn->input->caller && turn->hearing == HEARD_SPEECH && confirmation == CONFIRM_NONE;
    struct str offer = is_spoken ? take_named(turn) : (struct str){0};
    turn->out->kind = TURN_ANSWERED;
    if (confirmation == CONFIRM_YES) {
        if (!names_another(turn, step))
            call_take_right(turn);
    } else if (instead.len) {
        turn->text = instead;
        turn->memory.candidates = NULL;
        turn->memory.asking = ASKING_STEP;
        take_step_words(turn, step);
    } else if (confirmation == CONFIRM_NO) {
        call_take_wrong(turn);
    } else if (offer.len) {
        take_choice(turn, offer);
    } else if (turn->input->caller && turn->hearing == HEARD_KEYPAD) {
        miss_key(turn);
    } else {
        turn->memory.candidates = NULL;
        turn->memory.asking = ASKING_STEP;
        take_step_words(turn, step);
    }
}

/* ---- Not understood ---- */

/* The open question goes on in writing; false: this flow keeps its callers on the telephone. */
static bool hand_over(struct turn *turn)
{
    const struct caller *caller = turn->input->caller;
    struct filling fillings[] = {{"address", caller->web_address}, {NULL, {0}}};
    if (!turn->flow->may_text)
        return false;
    turn->lead.len = 0;
    turn->memory.misses = 0;
    turn->memory.candidates = NULL;
    if (!caller->can_be_texted) {
        turn_say(turn, turn_words(turn, "call.by_web", fillings));
        return true;
    }
    turn_answer_in(turn, MANNER_WRITTEN);
    ask_open(turn);
    turn_answer_in(turn, MANNER_SPOKEN);
    turn->out->texts = turn->out->say_count > 0;
    if (turn->out->texts)
        turn->out->text_message = turn->out->says[--turn->out->say_count];
    turn->memory.presence.is_handed_over = turn->out->texts;
    turn_say(turn, turn_words(turn, "call.by_text", NULL));
    return true;
}

void call_miss(struct turn *turn, const struct step *step, struct str reason)
{
    struct memory *memory = &turn->memory;
    struct filling fillings[] = {{"person", turn->flow->person}, {NULL, {0}}};
    int most = turn->flow->misses_max;
    bool is_spoken = is_only_spoken(step);
    miss_count(turn);
    if (memory->misses >= most)
        memory->candidates = NULL;
    memory->step = step->id;
    memory->asking = asking_about_step(memory);
    memory->call.keys_for = step->id;
    if (memory->misses >= (is_spoken ? HEARINGS_MAX : most + 1) && hand_over(turn))
        return;
    if (memory->misses > most + 1) {
        call_goodbye(turn);
        return;
    }
    if (memory->misses == most) {
        ask_with(turn, turn_words(turn, "way_out.ask", fillings));
    } else {
        turn_lead(turn, reason);
        ask_again(turn);
    }
}
