/* "Asha, 15 aug 1990 6:30 am pune": what is done with an answer that is several answers?
 *
 * Each part is understood by its own grammar, for a step that is asked or missing; what is sure is taken,
 * what is not will be asked for. Nothing is taken that the words don't name in full: a single answer is left
 * to the open question. */

#include "understand/carried.h"

#include "talk/turn.h"

#define PARTS_MAX 4

struct part {
    const struct step *step;
    struct str text;
    struct meant meant;
    bool is_understood;
};

struct carrying {
    struct part parts[PARTS_MAX];
    size_t count;
};

/* The step that a part of this kind answers: the one asked, else the first of its kind that is missing. A
 * date or a time is also taken where one was given before: said in full beside another answer, it is meant
 * anew; so is a place at the confirmation. */
static const struct step *step_for(struct turn *turn, const struct step *asked, enum answer_kind kind)
{
    const struct step *given = NULL;
    if (asked && asked->kind == kind)
        return asked;
    for (size_t i = 0; i < turn->flow->step_count; i++) {
        const struct step *step = &turn->flow->steps[i];
        if (step->kind == kind && !turn_is_settled(turn, step))
            return step;
        bool may_be_anew = kind == ANSWER_DATE || kind == ANSWER_TIME ||
                           (kind == ANSWER_PLACE && turn->memory.asking == ASKING_CONFIRM);
        if (step->kind == kind && may_be_anew)
            given = step;
    }
    return given;
}

static void add_part(struct carrying *carrying, const struct step *step, struct str text)
{
    if (step && text.len)
        carrying->parts[carrying->count++] = (struct part){.step = step, .text = text};
}

static struct carrying tell_apart(struct turn *turn, const struct step *asked)
{
    struct carrying carrying = {.count = 0};
    struct utterance said = turn_utterance(turn, turn->text);
    const struct step *name = step_for(turn, asked, ANSWER_NAME);
    struct carried carried = understand_carried(turn->script->lexicon, &said, name != NULL, turn->arena);
    if (!carried.date.len && !carried.time.len) /* nothing is told apart without them */
        return carrying;
    /* What was heard as a name or a place is read back by itself. */
    bool is_heard = turn->input->caller != NULL;
    add_part(&carrying, name, is_heard ? (struct str){0} : carried.name);
    add_part(&carrying, step_for(turn, asked, ANSWER_DATE), carried.date);
    add_part(&carrying, step_for(turn, asked, ANSWER_TIME), carried.time);
    add_part(&carrying, step_for(turn, asked, ANSWER_PLACE), is_heard ? (struct str){0} : carried.place);
    return carrying;
}

/* "time not known" is an answer where the flow takes it. */
static void settle_unknown(struct turn *turn, struct meant *meant, const struct step *step)
{
    if (meant->meaning == MEANT_UNKNOWN && step->may_be_unknown)
        *meant = (struct meant){.meaning = MEANT_VALUE, .members = answer_unknown(step, turn->arena)};
}

static struct part *part_of_kind(struct carrying *carrying, enum answer_kind kind)
{
    for (size_t i = 0; i < carrying->count; i++)
        if (carrying->parts[i].step->kind == kind)
            return &carrying->parts[i];
    return NULL;
}

/* "Pune, 15 aug 1990": a town that everybody knows, beside a date, is where they were born and not their
 * name. Where the name was asked for, only a metropolis is: Anand is a town too. False: the gazetteer must be
 * asked first. */
static bool tell_town_from_name(struct turn *turn, const struct step *asked, struct carrying *carrying)
{
    struct part *name = part_of_kind(carrying, ANSWER_NAME);
    const struct step *place = step_for(turn, asked, ANSWER_PLACE);
    if (!name || !place || !part_of_kind(carrying, ANSWER_DATE) || part_of_kind(carrying, ANSWER_PLACE))
        return true;
    struct utterance said = turn_utterance(turn, name->text);
    if (understand_gives_name(turn->script->lexicon, &said, turn->arena)) /* "my name is Olivia" */
        return true;
    bool is_name_asked = asked->kind == ANSWER_NAME && turn->before.asking != ASKING_NOTHING;
    struct meant meant =
        step_understand_place_alone(turn, place, name->text, is_name_asked ? KNOWN_METROPOLIS : KNOWN_TOWN);
    if (meant.meaning == MEANT_WAITS)
        return false;
    if (meant.meaning == MEANT_VALUE)
        *name = (struct part){.step = place, .text = name->text, .meant = meant, .is_understood = true};
    turn->has_used_findings = turn->input->findings != NULL; /* they answer no other question */
    return true;
}

/* False: the gazetteer must be asked first. */
static bool understand_parts(struct turn *turn, struct carrying *carrying)
{
    for (size_t i = 0; i < carrying->count; i++) {
        struct part *part = &carrying->parts[i];
        if (part->is_understood)
            continue;
        part->meant = step_understand(turn, part->step, part->text);
        if (part->meant.meaning == MEANT_WAITS)
            return false;
        settle_unknown(turn, &part->meant, part->step);
    }
    return true;
}

static bool is_told(const struct part *part)
{
    return part->meant.meaning == MEANT_VALUE || part->meant.meaning == MEANT_SEVERAL;
}

/* Takes what is certain; gives how that is said back. A name is said back in its thanks. */
static struct str take_certain(struct turn *turn, const struct carrying *carrying)
{
    struct buf values = {.arena = turn->arena};
    for (size_t i = 0; i < carrying->count; i++) {
        const struct part *part = &carrying->parts[i];
        if (part->meant.meaning != MEANT_VALUE)
            continue;
        take_quietly(turn, part->step, part->meant.members);
        if (part->step->kind == ANSWER_NAME)
            continue;
        if (values.len)
            buf_put(&values, STR("; "));
        buf_put(&values, turn_value_words(turn, part->step, part->meant.members));
    }
    return buf_str(&values);
}

/* The first part of which several may be meant is asked about at once. */
static void remember_several(struct turn *turn, const struct carrying *carrying)
{
    for (size_t i = 0; i < carrying->count && !turn->memory.candidates; i++) {
        const struct part *part = &carrying->parts[i];
        if (part->meant.meaning != MEANT_SEVERAL)
            continue;
        turn->memory.candidates = part->meant.candidates;
        turn->memory.guess = GUESS_HEARD;
        turn->memory.step = part->step->id;
    }
}

/* "31 June 1990" among good answers: what is wrong with it. */
static void tell_refused(struct turn *turn, const struct carrying *carrying)
{
    for (size_t i = 0; i < carrying->count; i++) {
        const struct part *part = &carrying->parts[i];
        bool is_refused = part->meant.meaning == MEANT_NOTHING && part->step->kind != ANSWER_NAME;
        if (is_refused)
            turn_lead(turn, miss_told(turn, part->step, &part->meant));
    }
}

static void take(struct turn *turn, const struct carrying *carrying)
{
    size_t lead = turn->lead.len;
    struct str taken = take_certain(turn, carrying);
    remember_several(turn, carrying);
    turn->out->kind = TURN_ANSWERED;
    struct filling fillings[] = {{"value", taken}, {NULL, {0}}};
    if (!turn_open_step(turn) && turn->flow->confirms)
        turn->lead.len = lead; /* the confirmation says everything back by itself */
    else if (taken.len)
        turn_lead(turn, turn_words(turn, "noted", fillings));
    tell_refused(turn, carrying);
    ask_open(turn);
}

bool carried_takes(struct turn *turn, const struct step *asked)
{
    struct carrying carrying = tell_apart(turn, asked);
    if (carrying.count < 2)
        return false;
    if (!tell_town_from_name(turn, asked, &carrying) || !understand_parts(turn, &carrying))
        return true;
    size_t told = 0;
    for (size_t i = 0; i < carrying.count; i++)
        told += is_told(&carrying.parts[i]);
    if (told < 2)
        return false;
    take(turn, &carrying);
    return true;
}

/* "Hello, my name is Asha": who says so need not be asked. */
static bool takes_name(struct turn *turn, const struct step *first)
{
    struct utterance said = turn_utterance(turn, turn->text);
    if (first->kind != ANSWER_NAME || turn->input->caller ||
        !understand_gives_name(turn->script->lexicon, &said, turn->arena))
        return false;
    struct meant meant = step_understand(turn, first, turn->text);
    if (meant.meaning == MEANT_VALUE && !heard_doubts(turn, first, meant.members))
        take_members(turn, first, meant.members);
    return meant.meaning == MEANT_VALUE;
}

bool carried_begins(struct turn *turn)
{
    const struct step *first = turn_open_step(turn);
    if (!first)
        return false;
    struct carrying carrying = tell_apart(turn, first);
    bool is_enough = carrying.count >= 3 || (carrying.count == 2 && part_of_kind(&carrying, ANSWER_NAME) &&
                                             part_of_kind(&carrying, ANSWER_DATE));
    size_t lead = turn->lead.len;
    turn_lead(turn, turn_words(turn, "greet", NULL));
    if ((is_enough && carried_takes(turn, first)) || takes_name(turn, first))
        return true;
    turn->lead.len = lead;
    return false;
}
