/* frontdesk migrate: brings the database to what this program expects. */

#include "store/migrate.h"

#include "cli/cli.h"
#include "gateway/config.h"
#include "store/places.h"

#include <stdio.h>
#include <string.h>

static int migrate(int argc, char **argv, const char *settings)
{
    struct arena arena = {0};
    struct problems problems = {.arena = &arena};
    bool wants_status = argc == 2 && strcmp(argv[1], "--status") == 0;
    bool wants_rollback = argc == 2 && strcmp(argv[1], "--rollback") == 0;
    if (argc > 1 && !wants_status && !wants_rollback) {
        fprintf(stderr, "frontdesk migrate: nothing, --status or --rollback; see frontdesk migrate --help\n");
        return EXIT_USAGE;
    }
    const struct config *config = config_load(settings, &arena, &problems);
    if (!config || config->database_url.len == 0) {
        struct str text = problems_text(&problems, &arena);
        fprintf(stderr, "%.*s", STR_ARG(text));
        if (config)
            fputs("frontdesk migrate: DATABASE_URL is not set\n", stderr);
        arena_free(&arena);
        return EXIT_USAGE;
    }
    enum err err = wants_status     ? migrate_status(config->database_url, config->sql_dir, &arena)
                   : wants_rollback ? migrate_rollback(config->database_url, config->sql_dir, &arena)
                                    : migrate_up(config->database_url, config->sql_dir, &arena);
    if (err == ERR_NONE && !wants_status && !wants_rollback)
        err = places_import_if_empty(config->database_url, config->sql_dir, &arena);
    arena_free(&arena);
    return err == ERR_NONE ? EXIT_OK : EXIT_FAILED;
}

const struct subcommand cli_migrate = {
    .name = "migrate",
    .summary = "bring the database to what this program expects",
    .usage = "[--status | --rollback]\n\n"
             "Applies the migrations not yet applied, each in one transaction; safe from two nodes at once.\n"
             "Loads the places that come with Frontdesk where there are none yet.\n"
             "  --status    list them, applied or missing\n"
             "  --rollback  remove all that they made, with every row in it (never roles or extensions)\n",
    .run = migrate,
};
