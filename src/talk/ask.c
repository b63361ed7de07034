/* What is asked now, and in which words? Every question gets the next number, which stands in the ids of its
 * choices, so that an old button is known as one. */

#include "talk/turn.h"

const struct step *turn_open_step(const struct turn *turn)
{
    const struct memory *memory = &turn->memory;
    const struct step *asked =
        memory->is_revisit || memory->candidates ? flow_step(turn->flow, memory->step, NULL) : NULL;
    for (size_t i = 0; !asked && i < turn->flow->step_count; i++)
        if (!(turn->settled >> i & 1))
            return &turn->flow->steps[i];
    return asked;
}

enum asking asking_about_step(const struct memory *memory)
{
    if (!memory->candidates)
        return ASKING_STEP;
    return json_count(memory->candidates) == 1 ? ASKING_HEARD : ASKING_WHICH;
}

static enum input_hint hint_of_step(const struct step *step)
{
    if (!step)
        return HINT_NONE;
    switch (step->kind) {
    case ANSWER_NAME:
        return HINT_NAME;
    case ANSWER_DATE:
        return HINT_DATE;
    case ANSWER_TIME:
        return HINT_TIME;
    case ANSWER_PLACE:
        return HINT_PLACE;
    case ANSWER_CHOICE:
        return HINT_CHOICE;
    case ANSWER_PHONE:
    case ANSWER_TEXT:
        return HINT_NONE;
    }
    return HINT_NONE;
}

static enum input_hint hint_of(const struct turn *turn)
{
    switch (turn->memory.asking) {
    case ASKING_NOTHING:
        return HINT_NONE;
    case ASKING_STEP:
        return hint_of_step(turn_open_step(turn));
    case ASKING_HEARD:
    case ASKING_CONFIRM:
        return HINT_CONFIRM;
    case ASKING_WHICH:
    case ASKING_EDIT:
    case ASKING_RESTART:
    case ASKING_DELETE:
    case ASKING_CHANGE:
    case ASKING_CLOCK:
    case ASKING_RETURN:
    case ASKING_AFTER:
    case ASKING_DESK:
        return HINT_CHOICE;
    }
    return HINT_NONE;
}

/* The same question put once more stays open under its older numbers too. */
static void number_question(struct turn *turn)
{
    struct memory *memory = &turn->memory;
    bool is_same = memory->asking == turn->before.asking && str_eq(memory->step, turn->before.step) &&
                   memory->candidates == turn->before.candidates && !turn->has_stored;
    memory->question++;
    if (!is_same || memory->since == 0)
        memory->since = memory->question;
}

void ask_with(struct turn *turn, struct str text)
{
    turn_say(turn, text);
    if (turn->out->say_count == 0)
        return; /* a question without words, which `check` finds */
    struct outbound *say = &turn->out->says[turn->out->say_count - 1];
    number_question(turn);
    say->is_question = true;
    say->input = hint_of(turn);
    struct choice offers[OUTBOUND_CHOICES_MAX];
    say->choice_count = ask_offers(turn, offers);
    struct choice *choices = arena_new_array(turn->arena, struct choice, say->choice_count);
    say->choices = choices;
    for (size_t i = 0; i < say->choice_count; i++) {
        choices[i] = offers[i];
        choices[i].id =
            arena_join(turn->arena, arena_number(turn->arena, turn->memory.question), STR(":"), offers[i].id);
    }
}

static void ask_confirm(struct turn *turn)
{
    struct buf text = {.arena = turn->arena};
    for (size_t i = 0; i < turn->flow->step_count; i++) {
        const struct step *step = &turn->flow->steps[i];
        struct filling fillings[] = {
            {"label", turn_step_label(turn, step)},
            {"value", turn_value_words(turn, step, turn->out->next.data)},
            {NULL, {0}},
        };
        bool is_unknown = !json_text(json_member(turn->out->next.data, step->id)).len;
        const char *line = !call_may_say(turn, step) ? "confirm.unsaid"
                           : is_unknown              ? "confirm.unknown"
                                                     : "confirm.line";
        buf_put(&text, turn_words(turn, line, fillings));
        buf_put_char(&text, '\n');
    }
    buf_put(&text, turn_words(turn, "confirm.ask", NULL));
    if (turn->lead.len)
        buf_put_char(&turn->lead, '\n'); /* the list begins on a line of its own */
    ask_with(turn, buf_str(&text));
}

/* Words that may name a step and its answer. */
static struct str words_about(struct turn *turn, const char *name, const struct step *step)
{
    struct filling fillings[] = {
        {"label", step ? turn_step_label(turn, step) : (struct str){0}},
        {"value", step ? turn_value_words(turn, step, turn->out->next.data) : (struct str){0}},
        {NULL, {0}},
    };
    return turn_words(turn, name, fillings);
}

static struct str question_words(struct turn *turn, const struct step *step)
{
    switch (turn->memory.asking) {
    case ASKING_NOTHING:
    case ASKING_CONFIRM:
        break;
    case ASKING_STEP:
        return step ? call_step_words(turn, step) : (struct str){0};
    case ASKING_HEARD:
        return step ? call_heard_words(turn, step) : (struct str){0};
    case ASKING_WHICH:
        return step ? turn_step_words(turn, step, "which") : (struct str){0};
    case ASKING_EDIT:
        return words_about(turn, "edit.ask", step);
    case ASKING_RESTART:
        return words_about(turn, "restart.ask", step);
    case ASKING_DELETE:
        return words_about(turn, "delete.ask", step);
    case ASKING_CHANGE:
        return words_about(turn, "change.ask", step);
    case ASKING_CLOCK:
        return chart_question(turn);
    case ASKING_RETURN:
        return return_question(turn);
    case ASKING_AFTER:
        return after_question(turn);
    case ASKING_DESK:
        return turn_words(turn, "desk.nobody", NULL);
    }
    return (struct str){0};
}

void ask_again(struct turn *turn)
{
    const struct step *step = turn_open_step(turn);
    switch (turn->memory.asking) {
    case ASKING_NOTHING:
    case ASKING_STEP:
    case ASKING_WHICH:
    case ASKING_HEARD:
        ask_open(turn);
        return;
    case ASKING_CONFIRM:
        if (step)
            ask_open(turn);
        else
            ask_confirm(turn);
        return;
    case ASKING_CHANGE:
        step = tap_changed_step(turn, NULL);
        if (!step) {
            ask_open(turn);
            return;
        }
        break;
    case ASKING_EDIT:
    case ASKING_RESTART:
    case ASKING_DELETE:
    case ASKING_CLOCK:
    case ASKING_RETURN:
    case ASKING_AFTER:
    case ASKING_DESK:
        break;
    }
    ask_with(turn, question_words(turn, step));
}

void ask_open(struct turn *turn)
{
    struct memory *memory = &turn->memory;
    memory->change = (struct str){0};
    if (turn_is_at_rest(turn)) {
        memory->asking = ASKING_NOTHING;
        turn_rest(turn);
        return;
    }
    const struct step *step = turn_open_step(turn);
    if (step) {
        memory->asking = asking_about_step(memory);
        memory->step = step->id;
        ask_with(turn, question_words(turn, step));
        return;
    }
    memory->step = (struct str){0};
    memory->is_revisit = false;
    memory->is_edit = false;
    if (!turn->flow->confirms) {
        turn_finish(turn);
        return;
    }
    memory->asking = ASKING_CONFIRM;
    ask_confirm(turn);
}

void ask_over(struct turn *turn, enum asking asking)
{
    turn->memory.asking = asking;
    turn->memory.misses = 0;
    ask_again(turn);
}

void ask_step_again(struct turn *turn, const struct step *step, bool is_edit)
{
    struct memory *memory = &turn->memory;
    memory->step = step->id;
    memory->is_revisit = true;
    memory->is_edit = is_edit;
    memory->candidates = NULL;
    memory->misses = 0;
    ask_open(turn);
}
