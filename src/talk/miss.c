/* What is said when an answer was not understood? First what was wrong, with an example; then differently;
 * then a way out. */

#include "talk/turn.h"

struct str miss_reason(struct turn *turn, const struct step *step, const char *why)
{
    const char *name = arena_printf(turn->arena, "miss.%s", why).data;
    struct str text = turn_step_words(turn, step, name);
    if (text.len == 0)
        text = turn_words_if_any(turn, name, NULL);
    return text.len ? text : turn_step_words(turn, step, "miss.none");
}

/* The last miss with words of its own; further ones are not counted any more. */
static int last_miss(const struct turn *turn)
{
    return turn->flow->misses_max + 2;
}

void miss_count(struct turn *turn)
{
    turn->out->kind = TURN_MISSED;
    /* What waited together is one miss, however many messages it was. */
    bool is_counted = turn->input->is_late && turn->memory.has_missed_late;
    if (turn->memory.misses < last_miss(turn) && !is_counted)
        turn->memory.misses++;
    turn->memory.has_missed_late = turn->input->is_late;
}

/* Puts the way out in front of what is said next; false: this is not the miss at which it is said. */
static bool leads_way_out(struct turn *turn)
{
    struct filling fillings[] = {{"person", turn->flow->person}, {NULL, {0}}};
    int beyond = turn->memory.misses - turn->flow->misses_max;
    if (beyond != 0 && beyond != 1)
        return false;
    turn_lead(turn, turn_words(turn, beyond == 0 ? "way_out.ask" : "way_out.later", fillings));
    return true;
}

/* What helps now: an example, a hint, and with the way out all that is known of the question. */
static struct str step_hint(struct turn *turn, const struct step *step)
{
    int beyond = turn->memory.misses - turn->flow->misses_max;
    if (beyond == 0)
        return turn_step_words(turn, step, "help");
    return turn_step_words(turn, step, turn->memory.misses == 2 || beyond == 1 ? "again" : "example");
}

/* A phrase about a day, or what was said of one. */
static struct str day_words(struct turn *turn, const char *name, struct date day)
{
    struct str month = turn_words(turn, arena_printf(turn->arena, "month.%d", (int)day.month).data, NULL);
    struct filling fillings[] = {
        {"day", arena_printf(turn->arena, "%d", (int)day.day)},
        {"month", month},
        {"year", arena_printf(turn->arena, "%d", (int)day.year)},
        {"count", arena_printf(turn->arena, "%d", date_days_in_month(day.year, day.month))},
        {NULL, {0}},
    };
    return turn_words(turn, name, fillings);
}

/* "31 June doesn't exist; June has 30 days". Empty where that is not what is wrong. */
static struct str wrong_day(struct turn *turn, const struct meant *meant)
{
    struct date said;
    if (!str_eq(str_from(meant->why), STR("impossible")) || !answer_date_said(meant->said, &said) ||
        said.month == 0 || said.day == 0)
        return (struct str){0};
    return day_words(turn, said.month == 2 ? "miss.wrong_leap_day" : "miss.wrong_day", said);
}

/* "Diwali 1993" is no half a date, however many numbers stand in it. */
static struct str moving_day(struct turn *turn)
{
    struct utterance said = turn_utterance(turn, turn->text);
    bool is_moving = understand_moving_day(turn->script->lexicon, &said, turn->arena);
    return is_moving ? turn_words(turn, "miss.moving", NULL) : (struct str){0};
}

struct str miss_told(struct turn *turn, const struct step *step, const struct meant *meant)
{
    struct str day = step->kind == ANSWER_DATE ? wrong_day(turn, meant) : (struct str){0};
    bool is_open =
        str_eq(str_from(meant->why), STR("incomplete")) || str_eq(str_from(meant->why), STR("none"));
    if (step->kind == ANSWER_DATE && is_open)
        day = moving_day(turn);
    return day.len ? day : miss_reason(turn, step, meant->why);
}

/* "15 August, and in which year?" Empty where more than that is missing. */
static struct str missing_part(struct turn *turn, const struct meant *meant)
{
    struct date said;
    if (!answer_date_said(meant->said, &said) || said.month == 0)
        return (struct str){0};
    if (said.year == 0 && said.day > 0)
        return day_words(turn, "miss.no_year", said);
    return said.day == 0 && said.year >= 1000 ? day_words(turn, "miss.no_day", said) : (struct str){0};
}

/* Half an answer: leads with what is missing and gives the hint that helps on. False: it is none. */
static bool leads_missing(struct turn *turn, const struct step *step, const struct meant *meant,
                          struct str *hint)
{
    struct utterance said = turn_utterance(turn, turn->text);
    *hint = turn_step_words(turn, step, "example");
    if (step->kind == ANSWER_DATE && str_eq(str_from(meant->why), STR("incomplete"))) {
        struct str part = missing_part(turn, meant);
        turn_lead(turn, part.len ? part : miss_told(turn, step, meant));
        *hint = part.len ? (struct str){0} : *hint;
        return true;
    }
    if (step->kind != ANSWER_TIME || !understand_day_part(turn->script->lexicon, &said, turn->arena))
        return false;
    turn_lead(turn, turn_words(turn, step->may_be_unknown ? "miss.hour_or_unknown" : "miss.hour", NULL));
    return true;
}

bool miss_waits(struct turn *turn, const struct step *step, const struct meant *meant)
{
    struct str hint;
    if (turn->input->caller)
        return false;
    if (!leads_missing(turn, step, meant, &hint))
        return false;
    turn->out->kind = TURN_COMMANDED;
    turn->memory.step = step->id;
    turn->memory.asking = asking_about_step(&turn->memory);
    ask_with(turn, hint);
    return true;
}

/* "Namaste" again: nothing was misunderstood, the question is put once more. */
static bool greets_back(struct turn *turn)
{
    struct utterance said = turn_utterance(turn, turn->text);
    bool is_written = turn->input->kind == INPUT_WORDS && !turn->input->caller;
    if (!is_written || !understand_greeting(turn->script->lexicon, &said, turn->arena))
        return false;
    turn->out->kind = TURN_GREETED;
    turn_lead(turn, turn_words(turn, "hello", NULL));
    ask_again(turn);
    return true;
}

/* Who would rather not say is told what it is for. */
static struct str reason_for(struct turn *turn, const struct step *step, const struct meant *meant)
{
    struct utterance said = turn_utterance(turn, turn->text);
    bool is_refused = str_eq(str_from(meant->why), STR("none")) &&
                      understand_refusal(turn->script->lexicon, &said, turn->arena);
    struct str why = is_refused ? asked_words(turn, step, STR("why")) : (struct str){0};
    return why.len ? why : miss_told(turn, step, meant);
}

void miss_step(struct turn *turn, const struct step *step, const struct meant *meant)
{
    struct memory *memory = &turn->memory;
    if (asked_was_all(turn))
        return;
    if (turn->input->caller) {
        call_miss(turn, step, miss_told(turn, step, meant));
        return;
    }
    if (greets_back(turn))
        return;
    miss_count(turn);
    if (memory->misses >= turn->flow->misses_max)
        memory->candidates = NULL;
    memory->step = step->id;
    memory->asking = asking_about_step(memory);
    /* What is wrong with a day is told also in front of the way out: it can be mended. */
    struct str day = step->kind == ANSWER_DATE ? wrong_day(turn, meant) : (struct str){0};
    turn_lead(turn, day);
    if (!leads_way_out(turn) && day.len == 0)
        turn_lead(turn, reason_for(turn, step, meant));
    ask_with(turn, step_hint(turn, step));
}

void miss_question(struct turn *turn)
{
    if (asked_was_all(turn) || greets_back(turn))
        return;
    miss_count(turn);
    if (turn->input->caller && turn->memory.misses > turn->flow->misses_max + 1) {
        call_goodbye(turn);
        return;
    }
    const char *name;
    bool is_last = turn->memory.misses >= turn->flow->misses_max;
    switch (turn->memory.asking) {
    case ASKING_NOTHING:
    case ASKING_STEP:
    case ASKING_WHICH:
    case ASKING_HEARD:
    case ASKING_DESK: /* whatever is said may be meant for somebody else */
        break;
    case ASKING_CONFIRM:
        name = turn->memory.misses == 1 ? "miss.confirm" : "again.confirm";
        /* Spoken, the way out has filled the prompt already. */
        if (leads_way_out(turn) && turn->manner == MANNER_WRITTEN)
            name = "confirm.help";
        ask_with(turn, turn_words(turn, name, NULL));
        break;
    case ASKING_AFTER:
    case ASKING_RETURN: /* whoever it is, they have to choose */
        is_last = false;
        /* fallthrough */
    case ASKING_EDIT:
    case ASKING_RESTART:
    case ASKING_DELETE:
    case ASKING_CHANGE:
    case ASKING_CLOCK:
        if (!is_last) {
            ask_with(turn, turn_words(turn, turn->memory.misses == 1 ? "miss.offer" : "again.offer", NULL));
            return;
        }
        turn_lead(turn, turn_words(turn, "kept", NULL));
        turn->memory.misses = 0;
        ask_open(turn);
        break;
    }
}
