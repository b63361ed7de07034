/* Flows, phrases and words together: everything that a conversation is made of. */

#include "talk/talk.h"

const struct script *script_load(const char *flows_folder, const char *lang_folder,
                                 struct str default_language, struct arena *arena, struct problems *problems)
{
    struct script script = {
        .flows = flows_load(flows_folder, arena, problems),
        .phrases = phrasebook_load(lang_folder, arena, problems),
        .lexicon = lexicon_load(lang_folder, arena, problems),
    };
    if (!script.flows || !script.phrases || !script.lexicon)
        return NULL;
    script.default_language = phrasebook_language(script.phrases, default_language);
    if (script.default_language.len == 0) {
        problem_add(problems, str_from(lang_folder), 0, 0, "there are no phrases in the language \"%.*s\"",
                    STR_ARG(default_language));
        return NULL;
    }
    size_t problems_before = problems->count;
    script_check(&script, NULL, arena, problems, NULL);
    if (problems->count != problems_before)
        return NULL;
    struct script *loaded = arena_new(arena, struct script);
    *loaded = script;
    return loaded;
}
