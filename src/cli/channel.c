/* frontdesk channel NAME parse|compose|judge: the adapters without a server, from standard input to one JSON
 * object on standard output. */

#include "channels/channel.h"

#include "cli/channel_input.h"
#include "cli/channel_output.h"
#include "cli/cli.h"
#include "gateway/config.h"
#include "talk/phrase.h"

#include <stdio.h>
#include <string.h>

#define INPUT_BYTES_MAX ((size_t)4 * 1024 * 1024)

/* What the command line asked for, and what it works on. */
struct task {
    const struct channel *channel;
    const struct channel_conf *confs; /* of the channel's kind */
    struct str lang_dir;
    const char *action;
    bool is_inline;
    struct arena *arena;
    struct str input;
};

static int fail(int code, const char *what)
{
    (void)fprintf(stderr, "frontdesk channel: %s\n", what);
    return code;
}

static int print(struct arena *arena, const struct json *value)
{
    struct str text = json_print(arena, value);
    bool is_written = fwrite(text.data, 1, text.len, stdout) == text.len && fputc('\n', stdout) != EOF &&
                      fflush(stdout) == 0;
    return is_written ? EXIT_OK : fail(EXIT_FAILED, "standard output cannot be written");
}

static int parse(const struct task *task)
{
    struct http_request request;
    const struct channel_conf *matched = NULL;
    const char *reason = NULL;
    if (task->channel->kind == CHANNEL_WEB)
        request = (struct http_request){.body = task->input};
    else if (!http_request_read(task->input, task->arena, &request))
        return fail(EXIT_FAILED, "the input is not an HTTP request");

    struct batch batch = {0};
    bool is_authentic =
        task->channel->authenticate(task->confs, &request, task->arena, &matched, &reason) == ERR_NONE;
    if (is_authentic && task->channel->parse(task->confs, matched, &request, task->arena, &batch))
        reason = "the content cannot be read";
    struct json *result = batch_json(task->arena, &batch);
    json_set_bool(task->arena, result, "authentic", is_authentic);
    if (reason)
        json_set_str(task->arena, result, "reason", str_from(reason));
    return print(task->arena, result);
}

/* The words around choices, which the conversation gives along with them: a channel knows none itself. */
static bool add_choice_words(const struct task *task, struct outbound *say)
{
    struct arena *arena = task->arena;
    struct problems problems = {.arena = arena};
    const struct phrasebook *book = phrasebook_load(arena_cstring(arena, task->lang_dir), arena, &problems);
    if (!book) {
        struct str text = problems_text(&problems, arena);
        (void)fwrite(text.data, 1, text.len, stderr);
        return false;
    }
    struct str language = phrasebook_language(book, say->language);
    struct buf aloud = {.arena = arena};
    for (size_t i = 0; i < say->choice_count; i++) {
        struct str number = arena_number(arena, (int64_t)i + 1);
        struct filling fillings[] = {{"title", say->choices[i].title}, {"number", number}, {NULL, {0}}};
        buf_put(&aloud, i ? STR("\n") : STR(""));
        buf_put(&aloud, phrase(book, language, STR(""), "choices.aloud", MANNER_SPOKEN, fillings, arena));
    }
    say->aloud = buf_str(&aloud);
    say->menu = phrase(book, language, STR(""), "choices.menu", MANNER_WRITTEN, NULL, arena);
    return true;
}

static int compose(const struct task *task)
{
    struct outbound say;
    const char *wrong = outbound_read(task->arena, task->input, &say);
    if (wrong)
        return fail(EXIT_FAILED, wrong);
    if (say.choice_count && !add_choice_words(task, &say))
        return EXIT_USAGE;
    if (task->is_inline || task->channel->kind == CHANNEL_VOICE || task->channel->kind == CHANNEL_WEB) {
        struct replied *replied = arena_new(task->arena, struct replied);
        task->channel->reply(task->confs, &say, 1, task->arena, replied);
        return print(task->arena, replied_json(task->arena, replied));
    }
    if (say.to.len == 0 && say.user_id.len == 0)
        return fail(EXIT_FAILED, "a message needs \"to\" or \"user_id\"");
    struct composed *composed = arena_new(task->arena, struct composed);
    task->channel->compose(task->confs, &say, task->arena, composed);
    return print(task->arena, composed_json(task->arena, composed));
}

static int judge(const struct task *task)
{
    struct http_response response;
    if (task->channel->kind == CHANNEL_WEB)
        return fail(EXIT_FAILED, "web has no provider whose answers could be judged");
    if (!http_response_read(task->input, task->arena, &response))
        return fail(EXIT_FAILED, "the input is not an HTTP response");
    struct judged judged;
    task->channel->judge(task->confs, &response, task->arena, &judged);
    return print(task->arena, judged_json(task->arena, &judged));
}

static bool read_input(struct arena *arena, struct str *out)
{
    struct buf input = {.arena = arena};
    char chunk[16384];
    size_t got;
    while ((got = fread(chunk, 1, sizeof chunk, stdin)) > 0) {
        if (input.len + got > INPUT_BYTES_MAX)
            return false;
        buf_put(&input, (struct str){chunk, got});
    }
    *out = buf_str(&input);
    return !ferror(stdin);
}

/* The settings of the task's channel; false when there are none, after saying why. */
static bool load_settings(struct task *task, const char *path)
{
    struct problems problems = {.arena = task->arena};
    const struct config *config = config_load(path, task->arena, &problems);
    if (!config) {
        struct str text = problems_text(&problems, task->arena);
        (void)fwrite(text.data, 1, text.len, stderr);
        return false;
    }
    task->lang_dir = config->lang_dir;
    task->confs = config->channels[task->channel->kind];
    if (!task->confs)
        (void)fprintf(stderr, "frontdesk channel: %s has no credentials in the settings or the environment\n",
                      task->channel->name);
    return task->confs != NULL;
}

static int run_task(struct task *task, const char *settings)
{
    static const struct {
        const char *name;
        int (*run)(const struct task *task);
    } actions[] = {{"parse", parse}, {"compose", compose}, {"judge", judge}};

    for (size_t i = 0; i < sizeof actions / sizeof *actions; i++) {
        if (strcmp(task->action, actions[i].name) != 0)
            continue;
        if (!load_settings(task, settings))
            return EXIT_USAGE;
        if (!read_input(task->arena, &task->input))
            return fail(EXIT_FAILED, "the input cannot be read, or is larger than 4 MiB");
        return actions[i].run(task);
    }
    return fail(EXIT_USAGE, "the action is one of parse, compose, judge");
}

static int run(int argc, char **argv, const char *settings)
{
    struct arena arena = {0};
    struct task task = {.arena = &arena};
    const char *name = NULL;
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--inline") == 0)
            task.is_inline = true;
        else if (argv[i][0] == '-')
            return fail(EXIT_USAGE, "unknown option; see frontdesk channel --help");
        else if (!name)
            name = argv[i];
        else if (!task.action)
            task.action = argv[i];
        else
            return fail(EXIT_USAGE, "too many arguments; see frontdesk channel --help");
    }
    enum channel_kind kind;
    if (!name || !task.action)
        return fail(EXIT_USAGE, "a channel and an action are needed; see frontdesk channel --help");
    if (!channel_kind_from(str_from(name), &kind))
        return fail(EXIT_USAGE, "the channel is one of whatsapp, sms, voice, web");
    task.channel = channel_of(kind);
    if (!task.channel)
        return fail(EXIT_FAILED, "this channel is not part of this build");
    if (task.is_inline && (kind != CHANNEL_SMS || strcmp(task.action, "compose") != 0))
        return fail(EXIT_USAGE, "--inline goes with sms compose");
    int code = run_task(&task, settings);
    arena_free(&arena);
    return code;
}

const struct subcommand cli_channel = {
    .name = "channel",
    .summary = "read, write and judge one channel's messages without a server",
    .usage = "whatsapp|sms|voice|web parse|compose|judge [--inline]\n"
             "\n"
             "Reads standard input, prints one JSON object. No network, no database.\n"
             "\n"
             "  parse      a raw HTTP request as the provider sends it (web: one client message as JSON)\n"
             "  compose    a message as JSON: the requests (or the TwiML) that say it\n"
             "  judge      a raw HTTP response of the provider: accepted, retry or refused\n"
             "  --inline   sms compose: the TwiML answer to a webhook instead of an API request\n",
    .run = run,
};
