/* frontdesk places: fills the gazetteer. */

#include "store/places.h"

#include "cli/cli.h"
#include "gateway/config.h"

#include <stdio.h>
#include <string.h>

static int import(enum err (*load)(struct str database_url, struct str sql_folder, struct str file,
                                   struct arena *arena),
                  struct str file, const char *settings)
{
    struct arena arena = {0};
    struct problems problems = {.arena = &arena};
    const struct config *config = config_load(settings, &arena, &problems);
    int status = EXIT_USAGE;
    if (!config)
        fprintf(stderr, "%.*s", STR_ARG(problems_text(&problems, &arena)));
    else if (config->database_url.len == 0)
        fputs("frontdesk places: DATABASE_URL is not set\n", stderr);
    else if (load(config->database_url, config->sql_dir, file, &arena) == ERR_NONE)
        status = EXIT_OK;
    else
        status = EXIT_FAILED;
    arena_free(&arena);
    return status;
}

static int places(int argc, char **argv, const char *settings)
{
    bool wants_import = argc >= 2 && strcmp(argv[1], "import") == 0;
    if (wants_import && argc == 4 && strcmp(argv[2], "--aliases") == 0)
        return import(places_import_aliases, str_from(argv[3]), settings);
    if (wants_import && argc <= 3 && (argc == 2 || argv[2][0] != '-'))
        return import(places_import, str_from(argc == 3 ? argv[2] : NULL), settings);
    fputs("frontdesk places: expected import [FILE] or import --aliases FILE; see frontdesk places --help\n",
          stderr);
    return EXIT_USAGE;
}

const struct subcommand cli_places = {
    .name = "places",
    .summary = "load the gazetteer",
    .usage =
        "import [FILE]\n"
        "       frontdesk places import --aliases FILE\n\n"
        "Replaces the list of places, all or nothing; a running gateway goes on answering meanwhile.\n"
        "FILE is a list in the format of sql/places/places.tsv.gz, or GeoNames' own dump (allCountries.txt,\n"
        "cities1000.txt …), plain or gzip. Without FILE: the list that comes with Frontdesk.\n\n"
        "--aliases: names of your own for places that are there, in the format of sql/places/aliases.tsv. "
        "They\n"
        "replace those that you loaded before, and stay when the list of places is loaded anew.\n",
    .run = places,
};
