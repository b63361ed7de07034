/* frontdesk version: what exactly is running? */

#include "cli/build.h"
#include "cli/cli.h"

#include <stdio.h>

static int version(int argc, char **argv, const char *settings)
{
    (void)settings;
    if (argc > 1) {
        fprintf(stderr, "frontdesk version: unexpected argument %s\n", argv[1]);
        return EXIT_USAGE;
    }
    printf("frontdesk %s %s\n%s", build_version, build_commit, build_libraries);
    return EXIT_OK;
}

const struct subcommand cli_version = {
    .name = "version",
    .summary = "print version, commit and library versions",
    .usage = "\n\nPrints the version, the commit it was built from, and the libraries it was built with.\n",
    .run = version,
};
