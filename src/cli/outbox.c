/* frontdesk outbox: what waits to be said, and what was given up? */

#include "cli/cli.h"
#include "gateway/config.h"
#include "store/pg_blocking.h"
#include "store/spool.h"
#include "store/sql_file.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

/* What the arguments ask for: a query file, its parameters, and how to say the answer. */
struct wish {
    const char *query;
    const char *params[2];
    size_t param_count;
    bool lists_set_aside; /* files of the spool too */
    const char *nothing;  /* said when the answer is empty */
    const char *counted;  /* printf format for an answer that is a count; NULL: the answer is lines */
};

static bool is_number(const char *text)
{
    int64_t number;
    return str_to_int64(str_from(text), &number);
}

static bool wish_for_list(int argc, char **argv, struct wish *wish)
{
    static const char *const states[][2] = {
        {"--waiting", "waiting"}, {"--failed", "failed"}, {"--sending", "leased"}};
    *wish = (struct wish){
        .query = "list_outbox", .params = {"all"}, .param_count = 1, .nothing = "nothing waits"};
    if (argc == 2)
        return true;
    if (argc != 3)
        return false;
    if (strcmp(argv[2], "--poison") == 0) {
        *wish = (struct wish){.query = "list_poison",
                              .lists_set_aside = true,
                              .nothing = "no input is set aside in the database"};
        return true;
    }
    if (strcmp(argv[2], "--webhooks") == 0) {
        *wish =
            (struct wish){.query = "list_webhooks", .nothing = "no webhook of ours waits or was given up"};
        return true;
    }
    for (size_t i = 0; i < sizeof states / sizeof *states; i++) {
        if (strcmp(argv[2], states[i][0]) == 0) {
            wish->params[0] = states[i][1];
            return true;
        }
    }
    return false;
}

/* `flag` names what several messages have in common. */
static bool wish_for_change(int argc, char **argv, const char *query, const char *flag, const char *counted,
                            struct wish *wish)
{
    *wish = (struct wish){.query = query, .params = {"", ""}, .param_count = 2, .counted = counted};
    if (argc == 3 && is_number(argv[2]))
        wish->params[0] = argv[2];
    else if (argc == 4 && strcmp(argv[2], flag) == 0)
        wish->params[1] = argv[3];
    else
        return false;
    return true;
}

static bool read_wish(int argc, char **argv, struct wish *wish)
{
    if (argc < 2)
        return false;
    if (strcmp(argv[1], "list") == 0)
        return wish_for_list(argc, argv, wish);
    if (strcmp(argv[1], "retry") == 0 && argc == 3 && strcmp(argv[2], "--webhooks") == 0) {
        *wish = (struct wish){.query = "retry_webhooks", .counted = "%.*s will be tried again\n"};
        return true;
    }
    if (strcmp(argv[1], "retry") == 0)
        return wish_for_change(argc, argv, "retry_outbox", "--code", "%.*s will be tried again\n", wish) &&
               (!*wish->params[1] || is_number(wish->params[1]));
    enum channel_kind kind;
    if (strcmp(argv[1], "drop") == 0)
        return wish_for_change(argc, argv, "drop_outbox", "--channel", "%.*s dropped\n", wish) &&
               (!*wish->params[1] || channel_kind_from(str_from(wish->params[1]), &kind));
    return false;
}

/* Webhooks that the spool could not hand over: a time, a size and a file each; what was said stays in it. */
static void list_set_aside(const struct config *config, struct arena *arena)
{
    struct dirent **names;
    struct str folder = arena_printf(arena, "%.*s/" SPOOL_ASIDE, STR_ARG(config->spool.folder));
    int count = config->spool.folder.len ? scandir(folder.data, &names, NULL, alphasort) : -1;
    for (int i = 0; i < count; i++) {
        struct stat status;
        struct tm tm;
        char when[32];
        struct str path = arena_printf(arena, "%.*s/%s", STR_ARG(folder), names[i]->d_name);
        free(names[i]);
        if (stat(path.data, &status) != 0 || !S_ISREG(status.st_mode))
            continue;
        (void)strftime(when, sizeof when, "%Y-%m-%d %H:%M:%S", gmtime_r(&status.st_mtime, &tm));
        printf("%.*s  spool  %s  %lld bytes\n", STR_ARG(path), when, (long long)status.st_size);
    }
    if (count >= 0)
        free(names);
}

static int fulfil(const struct config *config, const struct wish *wish, struct arena *arena)
{
    struct str answer;
    if (wish->lists_set_aside)
        list_set_aside(config, arena);
    struct str path = arena_printf(arena, "%.*s/queries/%s.sql", STR_ARG(config->sql_dir), wish->query);
    const char *sql = sql_file_read(path, arena);
    if (!sql) {
        fprintf(stderr, "frontdesk: %.*s can't be read\n", STR_ARG(path));
        return EXIT_FAILED;
    }
    struct pg_blocking *connection = pg_blocking_open(config->database_url, arena);
    bool is_done =
        connection && pg_blocking_value(connection, sql, wish->params, wish->param_count, arena, &answer);
    pg_blocking_close(connection);
    if (!is_done)
        return EXIT_FAILED;
    if (wish->counted && str_eq(answer, STR("0"))) {
        fputs("frontdesk outbox: there is nothing for which that could be done\n", stderr);
        return EXIT_FAILED;
    }
    if (wish->counted)
        printf(wish->counted, STR_ARG(answer));
    else if (answer.len)
        printf("%.*s\n", STR_ARG(answer));
    else
        puts(wish->nothing);
    return EXIT_OK;
}

static int outbox(int argc, char **argv, const char *settings)
{
    struct wish wish;
    struct arena arena = {0};
    struct problems problems = {.arena = &arena};
    if (!read_wish(argc, argv, &wish)) {
        fputs(
            "frontdesk outbox: list, retry or drop; a message is named by its ID, a number of the list; see\n"
            "frontdesk outbox --help\n",
            stderr);
        return EXIT_USAGE;
    }
    const struct config *config = config_load(settings, &arena, &problems);
    int status = EXIT_USAGE;
    if (!config)
        fprintf(stderr, "%.*s", STR_ARG(problems_text(&problems, &arena)));
    else if (config->database_url.len == 0)
        fputs("frontdesk outbox: DATABASE_URL is not set\n", stderr);
    else
        status = fulfil(config, &wish, &arena);
    arena_free(&arena);
    return status;
}

const struct subcommand cli_outbox = {
    .name = "outbox",
    .summary = "messages that wait, failed, or were given up",
    .usage =
        "list [--waiting | --sending | --failed | --poison | --webhooks]\n"
        "       frontdesk outbox retry ID | --code CODE | --webhooks\n"
        "       frontdesk outbox drop ID | --channel NAME\n\n"
        "list shows messages by state (--poison: inputs set aside because a worker died on them twice, and\n"
        "files set aside from the spool because they were damaged or failed twice),\n"
        "retry gives what was given up another round, drop gives up what waits. --webhooks: not the messages "
        "to\n"
        "people, but what a flow's end tells a program of yours.\n",
    .run = outbox,
};
