/* Is everything that people may ask back answered in all languages, and no answer unasked? Does an answer fit
 * its SMS together with the question that is put again? */

#include "talk/check.h"

#define SEGMENTS_MOST 2

/* "why" of "appointment.birth_time.asked.why.voice"; empty where the phrase is no such answer. */
static struct str asked_key(struct str name)
{
    size_t at = str_starts(name, STR("asked.")) ? 0 : str_find(name, STR(".asked."));
    if (at == STR_NONE)
        return (struct str){0};
    struct str key, rest = str_slice(name, at, name.len);
    str_cut(&rest, '.', &key);
    if (key.len == 0) /* the dot in front */
        str_cut(&rest, '.', &key);
    return str_cut(&rest, '.', &key) ? key : (struct str){0};
}

/* Nobody will ever hear an answer that no words ask for. */
static void check_unasked(const struct checking *checking, struct str language)
{
    const struct str *keys;
    size_t count, known = understand_askable(checking->script->lexicon, &keys);
    const struct phrase_entry *entries = phrasebook_entries(checking->script->phrases, language, &count);
    for (size_t i = 0; i < count; i++) {
        struct str key = asked_key(entries[i].name);
        bool is_known = key.len == 0;
        for (size_t k = 0; k < known; k++)
            is_known = is_known || str_eq(key, keys[k]);
        if (!is_known)
            problem_add(checking->problems, entries[i].file, entries[i].line, entries[i].column,
                        "nobody can ask that: words: asked: has no \"%.*s\"", STR_ARG(key));
    }
}

/* A turn in which somebody asks that while this step is open; false: it has no answer. */
static bool answers(const struct checking *checking, const struct flow *flow, const struct step *step,
                    struct str language, struct str key, size_t *segments)
{
    struct input input = {.kind = INPUT_BEGIN};
    struct turn turn = check_turn(checking, flow, language, &input);
    struct str words = asked_words(&turn, step, key);
    if (words.len == 0)
        return false;
    turn_lead(&turn, words);
    ask_step_again(&turn, step, false);
    bool is_gsm7 = true;
    *segments = checking->segments ? check_count(checking, &turn, &is_gsm7) : 0;
    return true;
}

static void check_step(const struct checking *checking, const struct flow *flow, const struct step *step,
                       struct str key)
{
    struct str languages[LANGUAGES_MAX];
    size_t count = phrasebook_languages(checking->script->phrases, languages, LANGUAGES_MAX), with = 0;
    bool has[LANGUAGES_MAX];
    for (size_t i = 0; i < count; i++) {
        size_t segments = 0;
        has[i] = answers(checking, flow, step, languages[i], key, &segments);
        with += has[i];
        if (segments > SEGMENTS_MOST)
            problem_add(checking->problems, flow->file, step->line, 1,
                        "asked \"%.*s\" at the step %.*s, the answer in %.*s takes %zu SMS segments with the "
                        "question, %d would be allowed",
                        STR_ARG(key), STR_ARG(step->id), STR_ARG(languages[i]), segments, SEGMENTS_MOST);
    }
    for (size_t i = 0; i < count && with > 0; i++)
        if (!has[i])
            problem_add(checking->problems, flow->file, step->line, 1,
                        "asked \"%.*s\" at the step %.*s, other languages have an answer and %.*s has none",
                        STR_ARG(key), STR_ARG(step->id), STR_ARG(languages[i]));
}

void check_asked(const struct checking *checking)
{
    const struct str *keys;
    struct str languages[LANGUAGES_MAX];
    size_t key_count = understand_askable(checking->script->lexicon, &keys);
    size_t count = phrasebook_languages(checking->script->phrases, languages, LANGUAGES_MAX);
    for (size_t i = 0; i < count; i++)
        check_unasked(checking, languages[i]);
    for (const struct flow *flow = checking->script->flows; flow; flow = flow->next)
        for (size_t i = 0; i < flow->step_count; i++)
            for (size_t k = 0; k < key_count; k++)
                check_step(checking, flow, &flow->steps[i], keys[k]);
}
