/* frontdesk serve: the gateway. */

#include "cli/cli.h"
#include "gateway/config.h"
#include "gateway/config_check.h"
#include "gateway/operators.h"
#include "gateway/reference.h"
#include "gateway/supervisor.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A channel without credentials is off: said once, so that nobody wonders. */
static void warn_of_silent_channels(const struct config *config)
{
    for (int kind = 0; kind < CHANNEL_KINDS; kind++)
        if (!config->channels[kind])
            log_event(LOG_WARN, "a channel is off: its credentials are not set",
                      log_str("channel", channel_kind_name((enum channel_kind)kind)));
}

static int complain(const struct problems *problems, struct arena *arena)
{
    struct str text = problems_text(problems, arena);
    fprintf(stderr, "%.*s", STR_ARG(text));
    return EXIT_USAGE;
}

static int serve_with(const struct config *loaded, int workers, struct arena *arena,
                      struct problems *problems)
{
    struct config config = *loaded;
    if (workers >= 0)
        config.workers = workers;
    if (config.database_url.len == 0) {
        fputs("frontdesk serve: DATABASE_URL is not set\n", stderr);
        return EXIT_USAGE;
    }
    log_setup(config.log_level, config.log_format);
    /* Every mistake is told before anything listens; the workers load their own. */
    const struct script *script = config_load_script(&config, arena, problems);
    operators_free(operators_load(&config, problems));
    if (problems->count)
        return complain(problems, arena);
    warn_of_silent_channels(&config);
    return supervisor_run(&config, script, reference_load(&config, arena), arena);
}

static int serve(int argc, char **argv, const char *settings)
{
    struct arena arena = {0};
    struct problems problems = {.arena = &arena};
    int64_t workers = -1;
    supervisor_await_reloads();
    for (int i = 1; i < argc; i += 2) {
        bool is_workers = i + 1 < argc && strcmp(argv[i], "--workers") == 0;
        if (!is_workers || !str_to_int64(str_from(argv[i + 1]), &workers) || workers < 0 || workers > 256) {
            fprintf(stderr, "frontdesk serve: can't use %s; see frontdesk serve --help\n", argv[i]);
            return EXIT_USAGE;
        }
    }
    const struct config *config = config_load(settings, &arena, &problems);
    int status = config ? serve_with(config, (int)workers, &arena, &problems) : complain(&problems, &arena);
    arena_free(&arena);
    return status;
}

const struct subcommand cli_serve = {
    .name = "serve",
    .summary = "run the gateway",
    .usage =
        "[--workers N]\n\n"
        "  --workers N  worker processes; 0 is one a core\n\n"
        "SIGTERM stops it after answering what was received; SIGHUP reloads flows, words and operators.\n",
    .run = serve,
};
