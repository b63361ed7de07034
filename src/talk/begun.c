/* An answer that comes in pieces: "15 aug", and then "1990"; "in the morning", and then "6"; or the piece by
 * which one of several dates is chosen that were offered.
 *
 * What was said first is kept for the step that it begins to answer: of a date its parts, of a time the
 * words. */

#include "talk/turn.h"

#define BEGUN_BYTES 60 /* a longer beginning is not remembered */

static void keep(struct turn *turn, const struct step *step, struct str begun)
{
    if (begun.len == 0 || begun.len > BEGUN_BYTES)
        return;
    turn->memory.begun = begun;
    turn->memory.begun_step = step->id;
}

static bool agrees(struct date part, struct date whole)
{
    return (part.day == 0 || part.day == whole.day) && (part.month == 0 || part.month == whole.month) &&
           (part.year == 0 || part.year == whole.year);
}

/* "12 Jan", where 12 January and 1 December 1988 are offered: the only one that has all that was said. */
static const struct json *offered_date(const struct turn *turn, const struct step *step, struct str said)
{
    struct date part, whole;
    const struct json *list = turn->memory.candidates, *only = NULL;
    if (!answer_date_said(said, &part))
        return NULL;
    for (size_t i = 0; i < json_count(list); i++) {
        const struct json *members = json_at(list, i);
        if (!answer_date_said(json_text(json_member(members, step->id)), &whole) || !agrees(part, whole))
            continue;
        if (only)
            return NULL;
        only = members;
    }
    return only;
}

static struct meant complete_date(struct turn *turn, const struct step *step, struct str before,
                                  struct meant meant)
{
    struct date begun;
    struct utterance said = turn_utterance(turn, turn->text);
    bool is_piece = meant.meaning == MEANT_NOTHING && str_eq(str_from(meant.why), STR("incomplete"));
    const struct json *offered = is_piece ? offered_date(turn, step, meant.said) : NULL;
    if (offered)
        return (struct meant){.meaning = MEANT_VALUE, .members = offered};
    if (!is_piece || step->is_future)
        return meant;
    if (answer_date_said(before, &begun)) {
        struct understood whole = understand_date_continued(turn->script->lexicon, &said, begun, turn->arena);
        meant = step_meaning(turn, step, &whole);
    }
    if (str_eq(str_from(meant.why), STR("incomplete")))
        keep(turn, step, meant.said);
    return meant;
}

/* "6", after "subah": the part of the day decides which half of it is meant. */
static struct meant complete_time(struct turn *turn, const struct step *step, struct str before,
                                  struct meant meant)
{
    struct utterance said = turn_utterance(turn, turn->text);
    if (meant.meaning == MEANT_SEVERAL && before.len) {
        struct str whole = arena_printf(turn->arena, "%.*s %.*s", STR_ARG(before), STR_ARG(turn->text));
        struct meant decided = step_understand(turn, step, whole);
        return decided.meaning == MEANT_VALUE ? decided : meant;
    }
    if (understand_day_part(turn->script->lexicon, &said, turn->arena))
        keep(turn, step, turn->text);
    return meant;
}

struct meant begun_completed(struct turn *turn, const struct step *step, struct meant meant)
{
    bool is_begun = str_eq(turn->memory.begun_step, step->id);
    struct str before = is_begun ? turn->memory.begun : (struct str){0};
    if (step->kind == ANSWER_DATE)
        return complete_date(turn, step, before, meant);
    return step->kind == ANSWER_TIME ? complete_time(turn, step, before, meant) : meant;
}

void begun_forget(struct turn *turn, const struct step *step)
{
    if (str_eq(turn->memory.begun_step, step->id))
        turn->memory.begun = turn->memory.begun_step = (struct str){0};
}
