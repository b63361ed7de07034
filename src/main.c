/* Which subcommand was asked for? */

#include "cli/build.h"
#include "cli/cli.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

const char *const build_version = FRONTDESK_VERSION;
const char *const build_commit = FRONTDESK_COMMIT;
const char *const build_libraries = FRONTDESK_LIBRARIES;

static const struct subcommand *const subcommands[] = {
    &cli_serve,    &cli_migrate, &cli_check, &cli_chat,      &cli_understand, &cli_channel, &cli_places,
    &cli_sessions, &cli_outbox,  &cli_flow,  &cli_operators, &cli_doctor,     &cli_version,
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

/* Whoever starts us with a standard stream closed must not find its number given to a socket: what is printed
 * would be written into that. In its place comes one that fails as a closed one does. */
static void hold_standard_streams(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (fcntl(fd, F_GETFD) < 0)
            (void)open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
}

/* Takes `--config FILE`, or `--config=FILE`, out of the arguments: it means the same to every subcommand.
 * False: its file is missing. */
static bool take_settings(int *argc, char **argv, const char **settings)
{
    int kept = 0;
    for (int i = 0; i < *argc; i++) {
        const char *file = NULL;
        if (strcmp(argv[i], "--config") == 0)
            file = i + 1 < *argc ? argv[++i] : "";
        else if (strncmp(argv[i], "--config=", strlen("--config=")) == 0)
            file = argv[i] + strlen("--config=");
        else
            argv[kept++] = argv[i];
        if (file && !*file)
            return false;
        *settings = file ? file : *settings;
    }
    *argc = kept;
    return true;
}

static int run(const struct subcommand *subcommand, int argc, char **argv)
{
    const char *settings = NULL;
    if (asks_for_help(argc, argv)) {
        printf("usage: frontdesk %s %s\n--config FILE: other settings than config/frontdesk.yaml\n",
               subcommand->name, subcommand->usage);
        return EXIT_OK;
    }
    if (!take_settings(&argc, argv, &settings)) {
        fprintf(stderr, "frontdesk %s: --config needs a file\n", subcommand->name);
        return EXIT_USAGE;
    }
    char found[SETTINGS_PATH_BYTES];
    return subcommand->run(argc, argv, settings ? settings : settings_find(found));
}

static int obey(int argc, char **argv)
{
    if (argc < 2) {
        print_usage(stderr);
        return EXIT_USAGE;
    }
    if (strcmp(argv[1], "--version") == 0)
        return cli_version.run(1, argv + 1, NULL);
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 || strcmp(argv[1], "help") == 0) {
        print_usage(stdout);
        return EXIT_OK;
    }
    for (size_t i = 0; i < COUNT; i++)
        if (strcmp(argv[1], subcommands[i]->name) == 0)
            return run(subcommands[i], argc - 1, argv + 1);
    fprintf(stderr, "frontdesk: there is no subcommand %s\n\n", argv[1]);
    print_usage(stderr);
    return EXIT_USAGE;
}

/* Printing is checked once, here: a disk that is full must not look like success. */
int main(int argc, char **argv)
{
    hold_standard_streams();
    int status = obey(argc, argv);
    if (fflush(stdout) == 0 && !ferror(stdout))
        return status;
    fputs("frontdesk: standard output cannot be written\n", stderr);
    return status == EXIT_OK ? EXIT_FAILED : status;
}
