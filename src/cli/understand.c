/* What does the gateway make of an answer? One utterance a line in, the understood value a line out, in the
 * syntax of the corpus: for tuning the words, and for anybody who wonders why an answer was not taken. */

#include "cli/cli.h"
#include "gateway/config.h"
#include "store/places.h"
#include "understand/place.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct request {
    struct str kind;
    const char *folder;
    struct utterance said; /* everything but the text */
    const struct lexicon *lexicon;
    struct places_lookup *gazetteer; /* of kind place */
};

static struct str reason_text(enum reason reason)
{
    switch (reason) {
    case REASON_NONE:
        return STR("invalid:none");
    case REASON_IMPOSSIBLE:
        return STR("invalid:impossible");
    case REASON_FUTURE:
        return STR("invalid:future");
    case REASON_TOO_OLD:
        return STR("invalid:too_old");
    case REASON_INCOMPLETE:
        return STR("invalid:incomplete");
    }
    return STR("invalid:none");
}

static struct str print_understood(const struct understood *understood, struct arena *arena)
{
    struct buf line = {.arena = arena};
    switch (understood->finding) {
    case FOUND:
        return understood->values[0];
    case FOUND_UNKNOWN:
        return STR("unknown");
    case FOUND_NOTHING:
        return reason_text(understood->reason);
    case FOUND_SEVERAL:
        buf_put(&line, STR("ambiguous:"));
        for (size_t i = 0; i < understood->count; i++)
            buf_printf(&line, "%s%.*s", i > 0 ? "|" : "", STR_ARG(understood->values[i]));
        break;
    }
    return buf_str(&line);
}

static struct str print_confirmed(struct confirmed confirmed, struct arena *arena)
{
    switch (confirmed.confirmation) {
    case CONFIRM_YES:
        return STR("yes");
    case CONFIRM_NO:
        return STR("no");
    case CONFIRM_EDIT:
        return arena_printf(arena, "edit:%.*s", STR_ARG(confirmed.field));
    case CONFIRM_NONE:
        break;
    }
    return STR("none");
}

static struct str print_commanded(struct commanded commanded, struct arena *arena)
{
    static const char *const names[] = {
        [COMMAND_NONE] = "none",         [COMMAND_HELP] = "help",
        [COMMAND_STOP] = "stop",         [COMMAND_START] = "start",
        [COMMAND_RESTART] = "restart",   [COMMAND_BACK] = "back",
        [COMMAND_LANGUAGE] = "language", [COMMAND_AGENT] = "agent",
        [COMMAND_STATUS] = "status",     [COMMAND_DELETE_DATA] = "delete_data",
        [COMMAND_BOT] = "bot",
    };
    if (commanded.command == COMMAND_LANGUAGE && commanded.language.len)
        return arena_printf(arena, "language:%.*s", STR_ARG(commanded.language));
    return str_from(names[commanded.command]);
}

/* The words from the lexicon, the places from the gazetteer. False when that cannot be asked. */
static bool answer_place(const struct request *request, const struct utterance *said, struct str *value,
                         struct arena *arena)
{
    const struct place *places[VALUES_MAX];
    struct place_query query = understand_place(request->lexicon, said, arena);
    struct findings *findings = arena_new(arena, struct findings);
    if (query.finding == FOUND && places_lookup(request->gazetteer, &query, findings, arena) != ERR_NONE)
        return false;
    struct understood understood = place_decide(&query, findings, places, arena);
    if (understood.finding == FOUND_UNKNOWN) /* which is an answer for a time only */
        understood = (struct understood){.finding = FOUND_NOTHING, .reason = REASON_NONE};
    *value = print_understood(&understood, arena);
    return true;
}

static struct str answer(const struct request *request, const struct utterance *said, struct arena *arena)
{
    if (str_eq(request->kind, STR("command")))
        return print_commanded(understand_command(request->lexicon, said, arena), arena);
    if (str_eq(request->kind, STR("confirm")))
        return print_confirmed(understand_confirm(request->lexicon, said, arena), arena);
    struct understood understood;
    if (str_eq(request->kind, STR("date")))
        understood = understand_date(request->lexicon, said, arena);
    else if (str_eq(request->kind, STR("time")))
        understood = understand_time(request->lexicon, said, arena);
    else if (str_eq(request->kind, STR("phone")))
        understood = understand_phone(request->lexicon, said, arena);
    else
        understood = understand_name(request->lexicon, said, arena);
    return print_understood(&understood, arena);
}

static int answer_lines(const struct request *request)
{
    struct arena arena = {0};
    char *line = NULL;
    size_t capacity = 0;
    bool is_good = true;
    for (ssize_t len; is_good && (len = getline(&line, &capacity, stdin)) >= 0;) {
        struct str text = {line, (size_t)len};
        if (str_ends(text, STR("\n")))
            text.len--;
        if (str_ends(text, STR("\r")))
            text.len--;
        struct utterance said = request->said;
        struct str value = {0};
        said.text = text;
        if (str_eq(request->kind, STR("place")))
            is_good = answer_place(request, &said, &value, &arena);
        else
            value = answer(request, &said, &arena);
        is_good = is_good && printf("%.*s\n", STR_ARG(value)) > 0 && fflush(stdout) == 0;
        arena_reset(&arena);
    }
    free(line);
    arena_free(&arena);
    return is_good ? EXIT_OK : EXIT_FAILED;
}

/* Where the gazetteer is: as for every other command, from the settings. */
static int find_gazetteer(struct request *request, const char *settings, struct arena *arena)
{
    const char *url = getenv("DATABASE_URL"), *file = getenv("DATABASE_URL_FILE");
    if ((!url || !*url) && (!file || !*file)) {
        (void)fputs("frontdesk understand: places need DATABASE_URL\n", stderr);
        return EXIT_FAILED;
    }
    struct problems problems = {.arena = arena};
    const struct config *config = config_load(settings, arena, &problems);
    if (!config) {
        (void)fprintf(stderr, "%.*s", STR_ARG(problems_text(&problems, arena)));
        return EXIT_USAGE;
    }
    request->gazetteer = places_lookup_open(config->database_url, config->sql_dir, arena);
    return request->gazetteer ? EXIT_OK : EXIT_FAILED;
}

static bool is_kind(struct str kind)
{
    static const char *const kinds[] = {"date", "time", "place", "name", "phone", "command", "confirm"};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (str_eq(kind, str_from(kinds[i])))
            return true;
    }
    return false;
}

static bool read_mode(const char *text, enum hearing *out)
{
    static const char *const modes[] = {
        [HEARD_TEXT] = "text", [HEARD_SPEECH] = "speech", [HEARD_KEYPAD] = "keypad"};
    for (size_t i = 0; i < sizeof modes / sizeof *modes; i++) {
        if (strcmp(text, modes[i]) == 0) {
            *out = (enum hearing)i;
            return true;
        }
    }
    return false;
}

/* A country's code of two capitals; empty: it isn't sure where they are from. */
static bool read_region(const char *text, struct utterance *said)
{
    bool is_code = text[0] >= 'A' && text[0] <= 'Z' && text[1] >= 'A' && text[1] <= 'Z' && !text[2];
    if (*text && !is_code) {
        (void)fprintf(
            stderr, "frontdesk understand: \"%s\" is no country's code of two capitals, such as IN\n", text);
        return false;
    }
    said->region = *text ? str_from(text) : STR("IN");
    said->is_region_guess = !*text;
    return true;
}

static bool read_options(int argc, char **argv, struct request *request)
{
    static const struct option options[] = {
        {"kind", required_argument, NULL, 'k'},
        {"lang", required_argument, NULL, 'l'},
        {"mode", required_argument, NULL, 'm'},
        {"today", required_argument, NULL, 't'},
        {"region", required_argument, NULL, 'r'},
        {"languages", required_argument, NULL, 'L'},
        {NULL, 0, NULL, 0},
    };
    bool is_good = true;
    optind = 1;
    for (int option; (option = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        switch (option) {
        case 'k':
            request->kind = str_from(optarg);
            break;
        case 'l':
            request->said.language = str_from(optarg);
            break;
        case 'm':
            is_good = read_mode(optarg, &request->said.hearing) && is_good;
            break;
        case 't':
            is_good = date_from_iso(str_from(optarg), &request->said.today) && is_good;
            break;
        case 'r':
            is_good = read_region(optarg, &request->said) && is_good;
            break;
        case 'L':
            request->folder = optarg;
            break;
        default:
            is_good = false;
        }
    }
    return is_good && optind == argc && is_kind(request->kind);
}

static int run(int argc, char **argv, const char *settings)
{
    struct request request = {
        .said = {.hearing = HEARD_TEXT, .language = STR_INIT("en"), .region = STR_INIT("IN")},
    };
    request.said.today = date_of_ms(clock_now_ms(), 0);
    if (!read_options(argc, argv, &request)) {
        (void)fprintf(stderr, "usage: frontdesk understand %s", cli_understand.usage);
        return EXIT_USAGE;
    }
    struct arena arena = {0};
    struct problems problems = {.arena = &arena};
    if (!request.folder)
        request.folder = arena_cstring(&arena, config_path(settings, LANGUAGES_FOLDER, &arena));
    request.lexicon = lexicon_load(request.folder, &arena, &problems);
    int status = EXIT_OK;
    if (!request.lexicon) {
        (void)fprintf(stderr, "%.*s", STR_ARG(problems_text(&problems, &arena)));
        status = EXIT_USAGE;
    } else if (!lexicon_has_language(request.lexicon, request.said.language)) {
        (void)fprintf(stderr, "frontdesk understand: --lang is a file of %s, like en or hi\n",
                      request.folder);
        status = EXIT_USAGE;
    } else if (str_eq(request.kind, STR("place"))) {
        status = find_gazetteer(&request, settings, &arena);
    }
    if (status == EXIT_OK)
        status = answer_lines(&request);
    if (request.gazetteer)
        places_lookup_close(request.gazetteer);
    arena_free(&arena);
    return status;
}

const struct subcommand cli_understand = {
    .name = "understand",
    .summary = "reads answers, one a line, and prints what was understood",
    .usage =
        "--kind date|time|place|name|phone|command|confirm [--lang L] [--mode text|speech|keypad]\n"
        "    [--today YYYY-MM-DD] [--region CC] [--languages FOLDER] < answers\n\n"
        "An empty CC: it isn't sure where they are from, so 3/7/1985 is two dates.\n"
        "Place reads the gazetteer at DATABASE_URL. --languages: another folder of words than config/lang.\n",
    .run = run,
};
