/* Do flows and phrases fit together? Whatever can go wrong in a conversation because of what an operator
 * wrote is found here, before the start: a phrase that nobody wrote, a gap that nobody fills, a label that
 * does not fit a button, a question that can't be answered. */

#include "talk/check.h"

/* These names mean something else wherever a step's id may stand, so nobody could ever get to the step. */
static bool is_reserved(struct str id)
{
    static const char *const reserved[] = {"latitude", "longitude", "timezone", "confirm", "yes",
                                           "no",       "none",      "unknown",  "skip",    "agent"};
    for (size_t i = 0; i < sizeof reserved / sizeof *reserved; i++)
        if (str_eq(id, str_from(reserved[i])))
            return true;
    return false;
}

static bool fits_keypad(enum answer_kind kind)
{
    switch (kind) {
    case ANSWER_DATE:
    case ANSWER_TIME:
    case ANSWER_CHOICE:
    case ANSWER_PHONE:
        return true;
    case ANSWER_NAME:
    case ANSWER_PLACE:
    case ANSWER_TEXT:
        return false;
    }
    return false;
}

static void check_flow(const struct checking *checking, const struct flow *flow)
{
    size_t places = 0;
    for (size_t i = 0; i < flow->step_count; i++) {
        const struct step *step = &flow->steps[i];
        bool has_way_out = step->may_skip || step->may_be_unknown || flow->may_text || flow->person.len > 0;
        places += step->kind == ANSWER_PLACE;
        if (is_reserved(step->id))
            problem_add(checking->problems, flow->file, step->line, 1,
                        "the step \"%.*s\" can't be reached: its id means something else", STR_ARG(step->id));
        if (step->kind == ANSWER_PLACE && places > 1)
            problem_add(
                checking->problems, flow->file, step->line, 1,
                "the step \"%.*s\" is the second of kind place: a session keeps one place's coordinates",
                STR_ARG(step->id));
        if (!fits_keypad(step->kind) && !has_way_out)
            problem_add(checking->problems, flow->file, step->line, 1,
                        "a keypad can't answer the step \"%.*s\", and it has no way out: set skip, unknown, "
                        "person or may_text",
                        STR_ARG(step->id));
    }
}

void script_check(const struct script *script, size_t (*segments)(struct str text, bool *is_gsm7),
                  struct arena *arena, struct problems *problems, struct str *report)
{
    struct checking checking = {script, segments, arena, problems};
    size_t problems_before = problems->count;
    struct str languages[LANGUAGES_MAX];
    size_t count = phrasebook_languages(script->phrases, languages, LANGUAGES_MAX);
    for (const struct flow *flow = script->flows; flow; flow = flow->next)
        check_flow(&checking, flow);
    for (size_t i = 0; i < count; i++)
        check_phrases(&checking, languages[i]);
    struct buf lines = {.arena = arena};
    if (script->lexicon && segments && problems->count == problems_before)
        for (const struct flow *flow = script->flows; flow; flow = flow->next)
            for (size_t i = 0; i < count; i++)
                check_segments(&checking, flow, languages[i], &lines);
    if (script->lexicon)
        check_asked(&checking);
    if (report)
        *report = buf_str(&lines);
}
