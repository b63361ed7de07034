/* "No wait, 16th", "sorry 6:30 pm", "I meant Pune", "नहीं, 16": which answer does a later message take back?
 *
 * The latest answers are read anew, as if old and new had been said in one breath. Only where exactly one of
 * them comes out changed is it taken; said back, and the open question asked again. At the confirmation,
 * where everything is on the table, a date or time counts whenever it was given, and elsewhere one that is
 * said in full ("oh wait, my birthday is 4 July 1985"), or both of them. */

#include "talk/turn.h"
#include "understand/carried.h"
#include "understand/normalise.h"
#include "understand/sound.h"

#define NAME_SLIPS  2
#define NAME_BYTES  4 /* shorter ones are too like each other */
#define WORDS_BYTES 200

#define NAME_WORDS_MAX 5

#define CHANGES_MAX 2 /* "my birthday is 4 July 1985 and the time is 6 pm" */

struct change {
    bool is_whole; /* said in full: nothing of the old is kept */
    bool is_both;  /* a date and a time are named */
    struct {
        const struct step *step;
        struct meant meant;
    } list[CHANGES_MAX];
    size_t count; /* of answers that come out changed, also of more than fit in the list */
};

static struct str stored_of(struct turn *turn, const struct step *step)
{
    return json_text(json_member(turn->out->next.data, step->id));
}

static bool is_latest(const struct turn *turn, const struct step *step)
{
    struct str ids = turn->before.latest, id;
    while (str_cut(&ids, ' ', &id))
        if (str_eq(id, step->id))
            return true;
    return false;
}

/* "not delhi, agra": who says at the confirmation which town stands there may say which it is. */
static bool is_town_named(struct turn *turn, const struct step *step)
{
    struct str place = stored_of(turn, step), town;
    if (turn->memory.asking != ASKING_CONFIRM || step->kind != ANSWER_PLACE || !str_cut(&place, ',', &town))
        return false;
    return str_find(text_fold(turn->arena, turn->text), text_fold(turn->arena, town)) != STR_NONE;
}

static bool may_change(const struct turn *turn, const struct step *step, bool is_whole)
{
    bool is_on_table = turn->memory.asking == ASKING_CONFIRM || is_whole;
    return is_latest(turn, step) || is_on_table;
}

static void keep_change(struct turn *turn, const struct step *step, struct meant meant, struct change *change)
{
    bool is_other = meant.meaning == MEANT_SEVERAL ||
                    (meant.meaning == MEANT_VALUE &&
                     !str_eq(json_text(json_member(meant.members, step->id)), stored_of(turn, step)));
    if (!is_other)
        return;
    if (change->count < CHANGES_MAX) {
        change->list[change->count].step = step;
        change->list[change->count].meant = meant;
    }
    change->count++;
}

/* "16th": of the date there was, what is not named again stays. */
static struct meant changed_date(struct turn *turn, const struct step *step)
{
    struct date old;
    struct utterance said = turn_utterance(turn, turn->text);
    if (!date_from_iso(stored_of(turn, step), &old))
        return (struct meant){.meaning = MEANT_NOTHING};
    struct understood found = understand_date_changed(turn->script->lexicon, &said, old, turn->arena);
    return step_meaning(turn, step, &found);
}

/* "5:50", where 5:45 pm stood: the same half of the day is meant. */
static struct meant in_same_half(struct turn *turn, const struct step *step, struct meant meant)
{
    int old, hour, minute;
    if (meant.meaning != MEANT_SEVERAL || !answer_time(stored_of(turn, step), &old, &minute))
        return meant;
    for (size_t i = 0; i < json_count(meant.candidates); i++) {
        const struct json *members = json_at(meant.candidates, i);
        struct str time = json_text(json_member(members, step->id));
        if (answer_time(time, &hour, &minute) && hour / 12 == old / 12)
            return (struct meant){.meaning = MEANT_VALUE, .members = members};
    }
    return meant;
}

/* "Make it the day after tomorrow", "no, Saturday": where the whole says nothing, what is put in its place
 * may. */
struct meant correct_instead(struct turn *turn, const struct step *step, struct meant meant)
{
    struct utterance said = turn_utterance(turn, turn->text);
    if (meant.meaning != MEANT_NOTHING || (step->kind != ANSWER_DATE && step->kind != ANSWER_TIME))
        return meant;
    struct str rest = understand_correction(turn->script->lexicon, &said, turn->arena);
    struct meant instead = rest.len ? step_understand(turn, step, rest) : meant;
    return instead.meaning == MEANT_VALUE || instead.meaning == MEANT_SEVERAL ? instead : meant;
}

struct meant correct_meant(struct turn *turn, const struct step *step)
{
    struct meant meant = correct_instead(turn, step, step_understand(turn, step, turn->text));
    if (step->kind == ANSWER_DATE && !step->is_future && meant.meaning == MEANT_NOTHING)
        return changed_date(turn, step);
    return step->kind == ANSWER_TIME ? in_same_half(turn, step, meant) : meant;
}

/* "10 August and the time 7:15": a day and a month beside a time are as good as a whole date. */
static bool is_day_and_month(const struct meant *meant)
{
    struct date said;
    return meant->meaning == MEANT_NOTHING && answer_date_said(meant->said, &said) && said.day > 0 &&
           said.month > 0 && said.year == 0;
}

static void read_date(struct turn *turn, const struct step *step, struct change *change)
{
    struct str both =
        arena_printf(turn->arena, "%.*s %.*s", STR_ARG(stored_of(turn, step)), STR_ARG(turn->text));
    bool is_read_whole = change->is_whole || step->is_future;
    struct meant meant = is_read_whole ? step_understand(turn, step, change->is_whole ? turn->text : both)
                                       : changed_date(turn, step);
    if (change->is_whole && !step->is_future && is_day_and_month(&meant)) {
        meant = changed_date(turn, step);
        change->is_both = true;
    }
    keep_change(turn, step, meant, change);
}

/* "6:30 pm sorry 7": the part of the day stays, where no other is said. */
static void read_time(struct turn *turn, const struct step *step, struct change *change)
{
    int hour, minute;
    if (!answer_time(stored_of(turn, step), &hour, &minute))
        return;
    if (change->is_whole) {
        keep_change(turn, step, correct_meant(turn, step), change);
        return;
    }
    struct str both = arena_printf(turn->arena, "%d:%02d %s %.*s", hour % 12 == 0 ? 12 : hour % 12, minute,
                                   hour < 12 ? "am" : "pm", STR_ARG(turn->text));
    keep_change(turn, step, step_understand(turn, step, both), change);
}

/* A word of the old name stands in the new one, or nearly. */
static bool is_like(struct turn *turn, struct str name, struct str old)
{
    struct str words = text_fold(turn->arena, name), word;
    while (str_cut(&words, ' ', &word)) {
        struct str others = text_fold(turn->arena, old), other;
        while (str_cut(&others, ' ', &other)) {
            bool is_near = word.len >= NAME_BYTES && other.len >= NAME_BYTES &&
                           edit_distance(word, other, NAME_SLIPS) <= NAME_SLIPS;
            if (str_eq(word, other) || is_near)
                return true;
        }
    }
    return false;
}

/* "sorry, Asha Rao" is a name where it is like the one before; "sorry, I am late" is none. */
static void read_name(struct turn *turn, const struct step *step, struct str rest, struct change *change)
{
    struct meant meant = step_understand(turn, step, rest);
    struct str name = json_text(json_member(meant.members, step->id));
    if (meant.meaning == MEANT_VALUE && is_like(turn, name, stored_of(turn, step)))
        keep_change(turn, step, meant, change);
}

/* "Patrick O'Brien", after "O'Brien": the same name and more of it needs no words that take anything back. */
static bool completes_name(struct turn *turn, const struct step *step, struct str name)
{
    struct str old = text_fold(turn->arena, stored_of(turn, step)), word;
    size_t before = 0, now = 0;
    while (str_cut(&old, ' ', &word)) {
        struct str words = text_fold(turn->arena, name), other;
        bool is_there = false;
        for (now = 0; str_cut(&words, ' ', &other); now++)
            is_there = is_there || str_eq(word, other);
        if (!is_there)
            return false;
        before++;
    }
    return before > 0 && now > before && now <= NAME_WORDS_MAX;
}

bool correct_completes_name(struct turn *turn)
{
    for (size_t i = 0; i < turn->flow->step_count; i++) {
        const struct step *step = &turn->flow->steps[i];
        if (step->kind != ANSWER_NAME || !is_latest(turn, step) || turn->input->caller)
            continue;
        struct meant meant = step_understand(turn, step, turn->text);
        struct str name = json_text(json_member(meant.members, step->id));
        if (meant.meaning != MEANT_VALUE || !completes_name(turn, step, name))
            return false;
        struct filling fillings[] = {{"value", name}, {NULL, {0}}};
        take_quietly(turn, step, meant.members);
        turn_lead(turn, turn_words(turn, "corrected", fillings));
        ask_open(turn);
        return true;
    }
    return false;
}

/* Dates and times say what they are; names and places could be anything, and are tried after them. */
static void read_certain(struct turn *turn, struct change *change)
{
    for (size_t i = 0; i < turn->flow->step_count; i++) {
        const struct step *step = &turn->flow->steps[i];
        if (!may_change(turn, step, change->is_whole) || stored_of(turn, step).len == 0)
            continue;
        if (step->kind == ANSWER_DATE)
            read_date(turn, step, change);
        else if (step->kind == ANSWER_TIME)
            read_time(turn, step, change);
    }
}

/* False: the gazetteer must be asked first. */
static bool read_words(struct turn *turn, struct str rest, struct change *change)
{
    for (size_t i = 0; i < turn->flow->step_count && change->count == 0; i++) {
        const struct step *step = &turn->flow->steps[i];
        if (stored_of(turn, step).len == 0 || !(is_latest(turn, step) || is_town_named(turn, step)))
            continue;
        if (step->kind == ANSWER_NAME)
            read_name(turn, step, rest, change);
        if (step->kind != ANSWER_PLACE)
            continue;
        struct meant meant = step_understand(turn, step, rest);
        if (meant.meaning == MEANT_WAITS)
            return false;
        keep_change(turn, step, meant, change);
    }
    return true;
}

/* A date and a time that are both named may change at once; "no, 7" may be either. */
static bool may_take(const struct change *change)
{
    bool is_pair = change->count == CHANGES_MAX && change->is_both;
    return change->count == 1 || (is_pair && change->list[0].meant.meaning == MEANT_VALUE &&
                                  change->list[1].meant.meaning == MEANT_VALUE);
}

static void take_change(struct turn *turn, const struct change *change)
{
    struct memory open = turn->memory;
    struct buf values = {.arena = turn->arena};
    bool is_open = false; /* the change was the answer to the open question itself */
    if (change->list[0].meant.meaning == MEANT_SEVERAL) {
        take_several(turn, change->list[0].step, change->list[0].meant.candidates,
                     change->list[0].meant.guess);
        return;
    }
    for (size_t i = 0; i < change->count; i++) {
        const struct step *step = change->list[i].step;
        take_quietly(turn, step, change->list[i].meant.members);
        is_open = is_open || str_eq(open.step, step->id);
        if (i > 0)
            buf_put(&values, STR(", "));
        buf_put(&values, turn_value_words(turn, step, change->list[i].meant.members));
    }
    if (!is_open) {
        turn->memory.candidates = open.candidates;
        turn->memory.is_revisit = open.is_revisit;
        turn->memory.is_edit = open.is_edit;
    }
    struct filling fillings[] = {{"value", buf_str(&values)}, {NULL, {0}}};
    if (turn_open_step(turn))
        turn_lead(turn, turn_words(turn, "corrected", fillings));
    ask_open(turn);
}

static bool is_any_town_named(struct turn *turn)
{
    for (size_t i = 0; i < turn->flow->step_count; i++)
        if (is_town_named(turn, &turn->flow->steps[i]))
            return true;
    return false;
}

/* "15 August 1990", "at 6 pm", and no more. */
static bool is_moment(struct turn *turn, struct str text, bool *is_both)
{
    struct utterance said = turn_utterance(turn, text);
    struct carried carried = understand_carried(turn->script->lexicon, &said, false, turn->arena);
    *is_both = carried.date.len && carried.time.len;
    return (carried.date.len || carried.time.len) && !carried.place.len;
}

/* What replaces something: behind the words that take it back, or at the confirmation a whole date or time,
 * or what names the town that stands there. */
static struct str replacement(struct turn *turn, struct change *change)
{
    struct utterance said = turn_utterance(turn, turn->text);
    struct str rest = understand_correction(turn->script->lexicon, &said, turn->arena);
    bool is_confirming = turn->memory.asking == ASKING_CONFIRM;
    if (rest.len) {
        change->is_whole = is_moment(turn, rest, &change->is_both) && !is_confirming;
        return rest;
    }
    if (!is_confirming)
        return rest;
    if (is_any_town_named(turn))
        return turn->text;
    change->is_whole = true;
    return is_moment(turn, turn->text, &change->is_both) ? turn->text : (struct str){0};
}

bool correct_takes(struct turn *turn)
{
    struct change change = {0};
    struct str rest = replacement(turn, &change);
    if (rest.len == 0 || rest.len > WORDS_BYTES)
        return false;
    struct utterance said = turn_utterance(turn, rest);
    struct confirmed confirmed = understand_confirm(turn->script->lexicon, &said, turn->arena);
    bool is_elsewhere = change.is_whole && turn->memory.asking != ASKING_CONFIRM;
    bool is_asking_step = turn->memory.asking == ASKING_STEP;
    if (confirmed.confirmation == CONFIRM_EDIT && is_asking_step && !is_elsewhere)
        return otherwise_edits(turn, turn_open_step(turn));
    if (confirmed.confirmation != CONFIRM_NONE && !is_elsewhere) /* "no, that's wrong", "no, the date" */
        return false;
    read_certain(turn, &change);
    if (change.count == 0 && !turn->input->caller && !read_words(turn, rest, &change))
        return true;
    if (may_take(&change)) {
        take_change(turn, &change);
        return true;
    }
    /* "Actually the date was 19" names an answer of before: neither "date" nor "19" is the one that is asked.
     */
    return turn->memory.asking == ASKING_STEP && otherwise_edits(turn, turn_open_step(turn));
}

void correct_note_latest(struct turn *turn)
{
    struct buf ids = {.arena = turn->arena};
    for (size_t i = 0; i < turn->flow->step_count; i++) {
        if (!(turn->given >> i & 1))
            continue;
        if (ids.len)
            buf_put_char(&ids, ' ');
        buf_put(&ids, turn->flow->steps[i].id);
    }
    if (turn->given)
        turn->memory.latest = buf_str(&ids);
}
