/* frontdesk sessions: who is talking with us, and what do we know of them? */

#include "cli/sessions.h"

#include "store/sql_file.h"

#include <stdio.h>

bool sessions_ask(const struct sessions_desk *desk, const char *name, const char *const params[],
                  size_t count, struct arena *arena, const struct json **out)
{
    struct str answer;
    struct str path = arena_printf(arena, "%.*s/queries/%s.sql", STR_ARG(desk->config->sql_dir), name);
    const char *sql = sql_file_read(path, arena);
    *out = NULL;
    if (!sql) {
        fprintf(stderr, "frontdesk: %.*s can't be read\n", STR_ARG(path));
        return false;
    }
    if (!pg_blocking_value(desk->connection, sql, params, count, arena, &answer))
        return false;
    if (answer.len == 0 || json_parse(arena, answer, out) == ERR_NONE)
        return true;
    fputs("frontdesk sessions: the database's answer can't be read\n", stderr);
    return false;
}

static int fulfil(const struct sessions_desk *desk, const struct sessions_wish *wish, struct arena *arena)
{
    switch (wish->action) {
    case SESSIONS_LIST:
        return sessions_list(desk, wish, arena);
    case SESSIONS_SHOW:
        return sessions_show(desk, wish, arena);
    case SESSIONS_EXPORT:
        return sessions_export(desk, wish, arena);
    case SESSIONS_FORGET:
        return sessions_forget(desk, wish, arena);
    }
    return EXIT_USAGE;
}

/* An export cut short by a full disk or a closed pipe must not look like success. */
static int finish_output(int status)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return status;
    perror("frontdesk sessions: standard output");
    return status == EXIT_OK ? EXIT_FAILED : status;
}

static int run(int argc, char **argv, const char *settings)
{
    struct sessions_wish wish;
    struct arena arena = {0};
    struct problems problems = {.arena = &arena};
    int status = EXIT_USAGE;
    const char *complaint = sessions_wish_read(argc, argv, &arena, &wish);
    const struct config *config = complaint ? NULL : config_load(settings, &arena, &problems);
    if (complaint)
        fprintf(stderr, "frontdesk sessions: %s; see frontdesk sessions --help\n", complaint);
    else if (!config)
        fprintf(stderr, "%.*s", STR_ARG(problems_text(&problems, &arena)));
    else if (config->database_url.len == 0)
        fputs("frontdesk sessions: DATABASE_URL is not set\n", stderr);
    else {
        struct sessions_desk desk = {config, pg_blocking_open(config->database_url, &arena)};
        status = finish_output(desk.connection ? fulfil(&desk, &wish, &arena) : EXIT_FAILED);
        pg_blocking_close(desk.connection);
    }
    arena_free(&arena);
    return status;
}

const struct subcommand cli_sessions = {
    .name = "sessions",
    .summary = "find, show, export and erase sessions",
    .usage =
        "list [--status S] [--channel C] [--flow F] [--since DATE] [--limit N] [--reveal]\n"
        "       frontdesk sessions show ID | KEY [--json] [--reveal]\n"
        "       frontdesk sessions export [--format csv | jsonl] [--status S] [--channel C] [--flow F]\n"
        "                                 [--since DATE] [--reveal]\n"
        "       frontdesk sessions forget ID | KEY | PHONE [--brand B] [--yes]\n\n"
        "list shows the newest sessions, newest last (50, or --limit), begun on DATE (UTC) or later.\n"
        "show tells all that is known of one: answers, jobs, and what was said, as the person saw it.\n"
        "export writes every session that fits, as it was at one moment, oldest first, in UTF-8.\n"
        "forget erases a person everywhere: every session, answer, message, chart and address of whoever "
        "the\n"
        "  session or the phone number (with its country: +919812345670) belongs to. It says what goes and\n"
        "  asks first, unless --yes. Only hashes stay: of message ids, and of an address that opted out.\n\n"
        "Names, addresses, answers and texts are masked; --reveal shows them.\n\n"
        "CSV: a cell that a spreadsheet could take for a formula (it begins with = + - @, tab, CR or LF) "
        "gets\n"
        "an apostrophe in front, and so does one that begins with an apostrophe. A phone number thus stays\n"
        "a text with all its digits: '+919812345670. Programs drop one leading apostrophe from each cell\n"
        "to get exactly what was stored, or read --format jsonl, which adds none. Coordinates are bare "
        "numbers.\n",
    .run = run,
};
