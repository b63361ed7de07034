/* Which subcommand was asked for? */

#include "cli/build.h"
#include "cli/cli.h"

#include <stdio.h>
#include <string.h>

const char *const build_version = FRONTDESK_VERSION;
const char *const build_commit = FRONTDESK_COMMIT;
const char *const build_libraries = FRONTDESK_LIBRARIES;

static const struct subcommand *const subcommands[] = {
    &cli_serve,  &cli_migrate,  &cli_check,  &cli_understand, &cli_channel,
    &cli_places, &cli_sessions, &cli_outbox, &cli_flow,       &cli_version,
};

#define COUNT (sizeof subcommands / sizeof *subcommands)

static void print_usage(FILE *out)
{
    fputs("usage: frontdesk SUBCOMMAND [ARGUMENT ...]\n\n", out);
    for (size_t i = 0; i < COUNT; i++)
        fprintf(out, "  %-12s %s\n", subcommands[i]->name, subcommands[i]->summary);
    fputs("\nfrontdesk SUBCOMMAND --help says more.\n", out);
}

static bool asks_for_help(int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)
            return true;
    return false;
}

int main(int argc, char **argv)
{
    if (argc < 2) {
        print_usage(stderr);
        return EXIT_USAGE;
    }
    if (strcmp(argv[1], "--version") == 0)
        return cli_version.run(1, argv + 1);
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 || strcmp(argv[1], "help") == 0) {
        print_usage(stdout);
        return EXIT_OK;
    }
    for (size_t i = 0; i < COUNT; i++) {
        const struct subcommand *subcommand = subcommands[i];
        if (strcmp(argv[1], subcommand->name) != 0)
            continue;
        if (!asks_for_help(argc - 1, argv + 1))
            return subcommand->run(argc - 1, argv + 1);
        printf("usage: frontdesk %s %s", subcommand->name, subcommand->usage);
        return EXIT_OK;
    }
    fprintf(stderr, "frontdesk: there is no subcommand %s\n\n", argv[1]);
    print_usage(stderr);
    return EXIT_USAGE;
}
