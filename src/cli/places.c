/* frontdesk places: fills the gazetteer. */

#include "store/places.h"

#include "cli/cli.h"
#include "gateway/config.h"

#include <stdio.h>
#include <string.h>

static int import(struct str file, const char *settings)
{
    struct arena arena = {0};
    struct problems problems = {.arena = &arena};
    const struct config *config = config_load(settings, &arena, &problems);
    int status = EXIT_USAGE;
    if (!config)
        fprintf(stderr, "%.*s", STR_ARG(problems_text(&problems, &arena)));
    else if (config->database_url.len == 0)
        fputs("frontdesk places: DATABASE_URL is not set\n", stderr);
    else if (places_import(config->database_url, config->sql_dir, file, &arena) == ERR_NONE)
        status = EXIT_OK;
    else
        status = EXIT_FAILED;
    arena_free(&arena);
    return status;
}

static int places(int argc, char **argv, const char *settings)
{
    bool wants_import = argc >= 2 && argc <= 3 && strcmp(argv[1], "import") == 0;
    if (!wants_import || (argc == 3 && argv[2][0] == '-')) {
        fputs("frontdesk places: expected import [FILE]; see frontdesk places --help\n", stderr);
        return EXIT_USAGE;
    }
    return import(str_from(argc == 3 ? argv[2] : NULL), settings);
}

const struct subcommand cli_places = {
    .name = "places",
    .summary = "load the gazetteer",
    .usage =
        "import [FILE]\n\n"
        "Replaces the list of places, all or nothing; a running gateway goes on answering meanwhile.\n"
        "FILE is a list in the format of sql/places/places.tsv.gz, or GeoNames' own dump (allCountries.txt,\n"
        "cities1000.txt …), plain or gzip. Without FILE: the list that comes with Frontdesk.\n",
    .run = places,
};
