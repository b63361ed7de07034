/* Which flows and words are in use, and what happens when the files change? */

#include "gateway/scripts.h"

#include "base/clock.h"
#include "gateway/config_check.h"
#include "gateway/site.h"

#include <stdlib.h>

/* One loading. Whatever is under way reads on in the one that it began with. */
struct generation {
    struct arena arena;
    const struct script *script;
    const struct site *site;
    struct generation *older;
    uint64_t replaced_ns;
};

struct scripts {
    struct gateway *gateway;
    struct arena arena;        /* of the pages in reserve, and of what was wrong with the files */
    struct generation *newest; /* older ones may still be read by turns under way */
};

static void free_generation(struct generation *generation)
{
    arena_free(&generation->arena);
    free(generation);
}

/* NULL when problems were added. */
static struct generation *load_generation(const struct config *config, struct problems *problems)
{
    struct generation *generation = calloc(1, sizeof *generation);
    if (!generation)
        abort();
    generation->script = config_load_script(config, &generation->arena, problems);
    if (!generation->script) {
        free_generation(generation);
        return NULL;
    }
    generation->site = site_new(config, generation->script->phrases, &generation->arena);
    return generation;
}

bool scripts_load(struct scripts *scripts, enum log_level level)
{
    struct gateway *gateway = scripts->gateway;
    struct problems problems = {.arena = &scripts->arena};
    struct generation *generation = load_generation(gateway->config, &problems);
    if (!generation) {
        struct str text = str_trim(problems_text(&problems, &scripts->arena));
        log_event(level, "the new flows or words have mistakes; the old ones stay",
                  log_str("problems", text));
        gateway->script_problem = text;
        return false;
    }
    if (scripts->newest)
        scripts->newest->replaced_ns = clock_monotonic_ns();
    generation->older = scripts->newest;
    scripts->newest = generation;
    gateway->script = generation->script;
    gateway->site = generation->site;
    gateway->script_problem = (struct str){0};
    return true;
}

struct scripts *scripts_new(struct gateway *gateway, const struct script *reserve)
{
    struct scripts *scripts = calloc(1, sizeof *scripts);
    if (!scripts)
        abort();
    scripts->gateway = gateway;
    gateway->script = reserve;
    gateway->site = site_new(gateway->config, reserve->phrases, &scripts->arena);
    scripts_load(scripts, LOG_ERROR);
    return scripts;
}

/* Each was replaced before the one in front of it was. */
size_t scripts_free_outdated(struct scripts *scripts, uint64_t kept_ns)
{
    struct generation **link = &scripts->newest;
    uint64_t now_ns = clock_monotonic_ns();
    size_t left = 0;
    for (; *link && (left == 0 || now_ns - (*link)->replaced_ns < kept_ns); left++)
        link = &(*link)->older;
    while (*link) {
        struct generation *outdated = *link;
        *link = outdated->older;
        free_generation(outdated);
    }
    return left;
}

void scripts_free(struct scripts *scripts)
{
    while (scripts->newest) {
        struct generation *older = scripts->newest->older;
        free_generation(scripts->newest);
        scripts->newest = older;
    }
    arena_free(&scripts->arena);
    free(scripts);
}
