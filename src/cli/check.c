/* frontdesk check: are the settings, flows and languages in order? Nothing is started. */

#include "channels/gsm7.h"
#include "cli/cli.h"
#include "gateway/config_check.h"
#include "gateway/operators.h"
#include "talk/talk.h"

#include <stdio.h>

static size_t sms_segments(struct str text, bool *is_gsm7)
{
    struct sms_size size = sms_count(text);
    *is_gsm7 = size.is_gsm7;
    return size.segments;
}

static struct str check_all(const char *path, struct arena *arena, struct problems *problems)
{
    const struct config *config = config_load(path, arena, problems);
    /* Where the settings can't be read, flows and words are looked for where they usually are. */
    const char *flows_dir =
        arena_cstring(arena, config ? config->flows_dir : config_path(path, FLOWS_FOLDER, arena));
    const char *lang_dir =
        arena_cstring(arena, config ? config->lang_dir : config_path(path, LANGUAGES_FOLDER, arena));
    struct script script = {
        .flows = flows_load(flows_dir, arena, problems),
        .phrases = phrasebook_load(lang_dir, arena, problems),
        .lexicon = lexicon_load(lang_dir, arena, problems),
        .default_language = config ? config->default_language : STR("en"),
    };
    struct str report = {0};
    if (!script.flows || !script.phrases)
        return report;
    if (config)
        config_check(config, &script, problems);
    if (config)
        operators_free(operators_load(config, problems));
    script_check(&script, sms_segments, arena, problems, &report);
    return report;
}

static int run(int argc, char **argv, const char *settings)
{
    if (argc > 1) {
        (void)fprintf(stderr, "frontdesk check: unexpected argument: %s\n", argv[1]);
        return EXIT_USAGE;
    }
    struct arena arena = {0};
    struct problems problems = {.arena = &arena};
    struct str report = check_all(settings, &arena, &problems);
    struct str mistakes = problems_text(&problems, &arena);
    if (mistakes.len)
        (void)fwrite(mistakes.data, 1, mistakes.len, stderr);
    if (problems.count == 0)
        printf("%.*severything is in order\n", STR_ARG(report));
    int status = problems.count ? EXIT_USAGE : EXIT_OK;
    arena_free(&arena);
    return status;
}

const struct subcommand cli_check = {
    .name = "check",
    .summary = "validate configuration, flows and languages without starting",
    .usage = "\n\n"
             "Prints every error as file:line:column: message and ends with 2 if there is any;\n"
             "else the SMS segments that each flow takes when everything goes well.\n",
    .run = run,
};
