/* frontdesk-chart: birth charts for whoever started it. A job a line on standard input, its answer a line on
 * standard output, in the same order; ends when the input ends. No network, no database, nothing kept. */

#include "chart/lines.h"
#include "chart/result.h"

#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define EXIT_USAGE   2
/* What the library's own buffers have room for. */
#define FOLDER_BYTES 200

static const char usage[] =
    "Usage: frontdesk-chart [options]\n"
    "\n"
    "Computes birth charts. Reads one job a line (JSON) on standard input and writes one answer a line "
    "(JSON) on\n"
    "standard output, in the same order, until the input ends.\n"
    "\n"
    "  --ephemeris files|moshier  what to compute from (default files; Moshier's series where they are "
    "missing)\n"
    "  --ephemeris-path FOLDER    where the files are (default $SE_EPHE_PATH, else " EPHEMERIS_FOLDER ")\n"
    "  --help                     this text\n"
    "  --version                  versions, the ephemeris found, the licence\n"
    "\n"
    "A job: {\"id\":\"1\",\"birth_date\":\"1990-08-15\",\"birth_time\":\"06:30\",\"latitude\":18.52,"
    "\"longitude\":73.86,\n"
    "        \"timezone\":\"Asia/Kolkata\"}\n"
    "also \"ayanamsa\": lahiri, raman, krishnamurti; \"houses\": whole_sign, placidus; \"node\": mean, "
    "true;\n"
    "\"utc_offset\": seconds, where a local time came twice; \"today\": for the current period.\n"
    "A birth_time of null is a time that nobody knows.\n";

struct options {
    enum ephemeris_source wanted;
    const char *folder;
    bool wants_version;
};

/* EXIT_SUCCESS with *goes_on false: everything is said. */
static int read_options(int argc, char **argv, struct options *out, bool *goes_on)
{
    static const struct option names[] = {
        {"ephemeris", required_argument, NULL, 'e'},
        {"ephemeris-path", required_argument, NULL, 'p'},
        {"help", no_argument, NULL, 'h'},
        {"version", no_argument, NULL, 'v'},
        {NULL, 0, NULL, 0},
    };
    const char *folder = getenv("SE_EPHE_PATH");
    *out = (struct options){.folder = folder && *folder ? folder : EPHEMERIS_FOLDER};
    *goes_on = false;
    int option;
    while ((option = getopt_long(argc, argv, "h", names, NULL)) != -1) {
        if (option == 'h') {
            (void)fputs(usage, stdout);
            return EXIT_SUCCESS;
        }
        if (option == 'e' && strcmp(optarg, "files") != 0 && strcmp(optarg, "moshier") != 0)
            option = '?';
        if (option == '?') {
            (void)fputs(usage, stderr);
            return EXIT_USAGE;
        }
        if (option == 'e')
            out->wanted = strcmp(optarg, "files") == 0 ? EPHEMERIS_FILES : EPHEMERIS_MOSHIER;
        if (option == 'p')
            out->folder = optarg;
        if (option == 'v')
            out->wants_version = true;
    }
    if (optind < argc || strlen(out->folder) > FOLDER_BYTES) {
        (void)fputs(usage, stderr);
        return EXIT_USAGE;
    }
    *goes_on = true;
    return EXIT_SUCCESS;
}

static void print_version(void)
{
    printf("frontdesk-chart %s\nSwiss Ephemeris %s, ephemeris: %s\nLicence: AGPL-3.0-or-later\n",
           FRONTDESK_VERSION, ephemeris_version(), ephemeris_source_key(ephemeris_probe()).data);
}

static struct str answer(struct arena *arena, enum line_kind kind, struct str line,
                         enum ephemeris_source wanted)
{
    static const struct chart_error too_long = {
        .fault = CHART_MALFORMED,
        .message = STR_INIT("the line is too long"),
    };
    if (kind == LINE_TOO_LONG)
        return result_error(arena, NULL, &too_long);
    return result_for_line(arena, line, clock_now_ms(), wanted);
}

static int serve(enum ephemeris_source wanted)
{
    static struct line_reader reader = {.descriptor = STDIN_FILENO};
    struct arena arena = {0};
    struct str line;
    enum line_kind kind;
    bool is_heard = true;
    while (is_heard && (kind = line_read(&reader, &line)) <= LINE_TOO_LONG) {
        is_heard = line_write(&arena, STDOUT_FILENO, answer(&arena, kind, line, wanted));
        arena_reset(&arena);
    }
    if (!is_heard || kind == LINE_FAILED)
        (void)fprintf(stderr, "frontdesk-chart: %s\n", strerror(errno));
    arena_free(&arena);
    return is_heard && kind == LINE_END ? EXIT_SUCCESS : EXIT_FAILURE;
}

int main(int argc, char **argv)
{
    struct options options;
    bool goes_on;
    int code = read_options(argc, argv, &options, &goes_on);
    if (!goes_on)
        return code;
    /* A reader that went away is an error of writing, seen where it happens. */
    (void)signal(SIGPIPE, SIG_IGN);
    ephemeris_open(options.wanted, options.folder);
    if (options.wants_version)
        print_version();
    else
        code = serve(options.wanted);
    ephemeris_close();
    return code;
}
