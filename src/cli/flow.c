/* frontdesk flow: what does a flow look like? */

#include "cli/cli.h"
#include "cli/flow_graph.h"
#include "gateway/config.h"

#include <stdio.h>
#include <string.h>

static int print_graph(const struct flow *flows, struct str wanted, const struct phrasebook *phrases,
                       struct arena *arena)
{
    const struct flow *flow = wanted.len ? flow_find(flows, wanted) : NULL;
    if (wanted.len && !flow) {
        fprintf(stderr, "frontdesk flow: there is no flow %.*s; there are:", STR_ARG(wanted));
        for (flow = flows; flow; flow = flow->next)
            fprintf(stderr, " %.*s", STR_ARG(flow->id));
        fputc('\n', stderr);
        return EXIT_USAGE;
    }
    struct str graph = flow ? flow_graph(flow, phrases, arena) : flow_graph_of_all(flows, phrases, arena);
    (void)fwrite(graph.data, 1, graph.len, stdout);
    return fflush(stdout) == 0 ? EXIT_OK : EXIT_FAILED;
}

static int run(int argc, char **argv, const char *settings)
{
    bool wants_graph = argc >= 2 && argc <= 3 && strcmp(argv[1], "graph") == 0;
    if (!wants_graph || (argc == 3 && (argv[2][0] == '-' || !*argv[2]))) {
        fputs("frontdesk flow: expected graph [FLOW]; see frontdesk flow --help\n", stderr);
        return EXIT_USAGE;
    }
    struct arena arena = {0};
    struct problems problems = {.arena = &arena};
    const struct config *config = config_load(settings, &arena, &problems);
    const struct flow *flows = NULL;
    const struct phrasebook *phrases = NULL;
    if (config) {
        flows = flows_load(arena_cstring(&arena, config->flows_dir), &arena, &problems);
        phrases = phrasebook_load(arena_cstring(&arena, config->lang_dir), &arena, &problems);
    }
    int status = EXIT_USAGE;
    if (flows && phrases)
        status = print_graph(flows, str_from(argc == 3 ? argv[2] : NULL), phrases, &arena);
    else
        fprintf(stderr, "%.*s", STR_ARG(problems_text(&problems, &arena)));
    arena_free(&arena);
    return status;
}

const struct subcommand cli_flow = {
    .name = "flow",
    .summary = "draw a flow",
    .usage =
        "graph [FLOW]\n\n"
        "Prints a Mermaid state diagram: statuses, questions, and the ways between them, in the words of\n"
        "the English phrases. Without FLOW: all flows, each a state of its own.\n",
    .run = run,
};
