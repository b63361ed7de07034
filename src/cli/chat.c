/* frontdesk chat: talk to the bot in the terminal, as a user of any channel. */

#include "cli/chat.h"

#include "base/digest.h"
#include "base/json.h"
#include "cli/cli.h"
#include "talk/phrase.h"

#include <errno.h>
#include <getopt.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define LINE_BYTES 4096
/* Numbers that belong to nobody, and that the gateway takes for simulated people. */
#define NUMBER     "+1555011%04d"

static const struct chat_door *const doors[] = {&chat_web, &chat_whatsapp, &chat_sms, &chat_voice, &chat_api};

struct wish {
    const struct chat_door *door;
    const char *language;
    const char *url;
    const char *number;
    bool traces;
};

/* Lines of standard input, which is watched beside the door. */
struct lines {
    char bytes[LINE_BYTES];
    size_t len;
    bool is_at_end;
};

/* ---- Lines ---- */

/* The next whole line, or what is left at the end; false: there is none yet. */
static bool take_line(struct lines *lines, struct arena *arena, struct str *line)
{
    struct str all = {lines->bytes, lines->len};
    size_t end = str_find_char(all, '\n');
    bool is_whole = end != STR_NONE;
    if (!is_whole && lines->len < LINE_BYTES && !(lines->is_at_end && lines->len))
        return false;
    size_t taken = is_whole ? end + 1 : lines->len;
    *line = text_clean(arena, str_trim(arena_copy(arena, str_slice(all, 0, taken))));
    memmove(lines->bytes, lines->bytes + taken, lines->len - taken);
    lines->len -= taken;
    return true;
}

static void read_more(struct lines *lines)
{
    ssize_t got = read(STDIN_FILENO, lines->bytes + lines->len, LINE_BYTES - lines->len);
    if (got > 0)
        lines->len += (size_t)got;
    else if (got == 0 || errno != EINTR)
        lines->is_at_end = true;
}

/* Waits for the keyboard, or for what is said meanwhile. */
static enum chat_end wait_for_either(struct chat *chat, const struct chat_door *door, struct lines *lines)
{
    struct pollfd fds[] = {
        {.fd = STDIN_FILENO, .events = POLLIN},
        {.fd = door->descriptor ? door->descriptor() : -1, .events = POLLIN},
    };
    fflush(stdout);
    if (poll(fds, 2, -1) < 0)
        return errno == EINTR ? CHAT_GOES_ON : CHAT_FAILED;
    if (fds[1].revents && door->hear(chat) == CHAT_FAILED)
        return CHAT_FAILED;
    if (fds[0].revents)
        read_more(lines);
    return CHAT_GOES_ON;
}

/* ---- The conversation ---- */

static enum chat_end say_line(struct chat *chat, const struct chat_door *door, struct str line)
{
    bool may_be_empty = door == &chat_voice;
    if (line.len == 0 && !may_be_empty)
        return CHAT_GOES_ON;
    if (!chat->is_terminal)
        printf("> %.*s\n", STR_ARG(line));
    return door->say(chat, line);
}

static int talk(struct chat *chat, const struct chat_door *door)
{
    static struct lines lines;
    enum chat_end end = door->open(chat);
    bool is_open = end == CHAT_GOES_ON;
    if (is_open)
        chat_prompt(chat);
    while (end == CHAT_GOES_ON) {
        struct arena arena = {0};
        struct str line;
        if (take_line(&lines, &arena, &line)) {
            end = say_line(chat, door, line);
            if (end == CHAT_GOES_ON)
                chat_prompt(chat);
        } else if (lines.is_at_end) {
            end = CHAT_IS_OVER;
        } else {
            end = wait_for_either(chat, door, &lines);
        }
        arena_free(&arena);
    }
    if (is_open)
        door->close(chat);
    return end == CHAT_FAILED ? EXIT_FAILED : EXIT_OK;
}

/* ---- What is asked for ---- */

static bool complain(const char *what)
{
    fprintf(stderr, "frontdesk chat: %s; see frontdesk chat --help\n", what);
    return false;
}

static bool read_door(const char *name, const struct chat_door **door)
{
    for (size_t i = 0; i < sizeof doors / sizeof *doors; i++)
        if (strcmp(name, doors[i]->name) == 0)
            *door = doors[i];
    if (*door)
        return true;
    return complain("the channel is one of web, whatsapp, sms, voice, api");
}

static bool read_wish(int argc, char **argv, struct wish *wish)
{
    static const struct option options[] = {
        {"channel", required_argument, NULL, 'c'}, {"lang", required_argument, NULL, 'l'},
        {"url", required_argument, NULL, 'u'},     {"from", required_argument, NULL, 'f'},
        {"trace", no_argument, NULL, 't'},         {NULL, 0, NULL, 0},
    };
    const char *channel = "web";
    optind = 1;
    for (int option; (option = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        switch (option) {
        case 'c':
            channel = optarg;
            break;
        case 'l':
            wish->language = optarg;
            break;
        case 'u':
            wish->url = optarg;
            break;
        case 'f':
            wish->number = optarg;
            break;
        case 't':
            wish->traces = true;
            break;
        default:
            return false;
        }
    }
    if (optind < argc)
        channel = argv[optind++];
    if (optind != argc)
        return complain("what is said comes from standard input, a line at a time");
    return read_door(channel, &wish->door);
}

/* Credentials sign what Twilio would bring; what Meta would, the simulator signs. */
static bool has_credentials(const struct chat *chat, const struct chat_door *door)
{
    if (door == &chat_whatsapp && !chat->config->simulator)
        return complain(
            "WhatsApp's answers go to Meta, where nobody can read them from here. Run gateway and chat with "
            "SIMULATOR=true (deploy/up does so), or use sms, which has the same conversation");
    if (door == &chat_whatsapp && !chat->config->channels[CHANNEL_WHATSAPP])
        return complain(
            "this channel needs the WHATSAPP_… credentials that the gateway has, in the environment or "
            "the settings; deploy/up writes them into var/env");
    bool is_sms = door == &chat_sms;
    if (!is_sms && door != &chat_voice)
        return true;
    const struct channel_conf *conf = chat->config->channels[is_sms ? CHANNEL_SMS : CHANNEL_VOICE];
    if (conf && conf->number.len)
        return true;
    return complain(
        "this channel needs TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN and TWILIO_FROM, the ones that the "
        "gateway has");
}

static bool is_number(struct str number)
{
    bool is_good = number.len >= 8 && number.len <= 16 && number.data[0] == '+' && number.data[1] != '0';
    for (size_t i = 1; is_good && i < number.len; i++)
        is_good = number.data[i] >= '0' && number.data[i] <= '9';
    return is_good;
}

static bool choose_language(struct chat *chat, const char *wanted, struct problems *problems)
{
    if (!wanted)
        return true;
    const char *folder = arena_cstring(&chat->arena, chat->config->lang_dir);
    const struct phrasebook *book = phrasebook_load(folder, &chat->arena, problems);
    if (!book)
        return false;
    chat->language = phrasebook_language(book, str_from(wanted));
    if (!chat->language.len)
        return complain("--lang is a language of config/lang that has phrases, like en or hi");
    chat->tongue = phrasebook_language_name(book, chat->language);
    return true;
}

static bool prepare(struct chat *chat, const struct wish *wish, struct problems *problems)
{
    uint16_t chance;
    random_bytes(&chance, sizeof chance);
    chat->traces = wish->traces;
    chat->is_terminal = isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
    chat->number = wish->number ? str_from(wish->number) : arena_printf(&chat->arena, NUMBER, chance % 10000);
    chat->url = wish->url ? str_from(wish->url)
                          : arena_printf(&chat->arena, "http://localhost:%d", chat->config->port);
    while (str_ends(chat->url, STR("/")))
        chat->url.len--;
    if (!str_starts(chat->url, STR("http://")) && !str_starts(chat->url, STR("https://")))
        return complain("--url begins with http:// or https://");
    if (!is_number(chat->number))
        return complain("--from is a phone number with its country, like +15550110001");
    return has_credentials(chat, wish->door) && choose_language(chat, wish->language, problems);
}

static int run(int argc, char **argv, const char *settings)
{
    struct wish wish = {0};
    struct chat chat = {0};
    struct problems problems = {.arena = &chat.arena};
    int status = EXIT_USAGE;
    if (!read_wish(argc, argv, &wish))
        return EXIT_USAGE;
    chat.config = config_load(settings, &chat.arena, &problems);
    if (chat.config && prepare(&chat, &wish, &problems)) {
        chat.loop = loop_new();
        chat.client = http_client_new(chat.loop);
        status = talk(&chat, wish.door);
        http_client_free(chat.client);
        loop_free(chat.loop);
    }
    if (problems.count)
        fprintf(stderr, "%.*s", STR_ARG(problems_text(&problems, &chat.arena)));
    arena_free(&chat.arena);
    return status;
}

const struct subcommand cli_chat = {
    .name = "chat",
    .summary = "talk to a running gateway in the terminal, as a user of any channel",
    .usage =
        "[web|whatsapp|sms|voice|api] [--lang L] [--url URL] [--from NUMBER] [--trace]\n\n"
        "Reads what you say a line at a time; a choice is answered by its number. It uses what anybody\n"
        "outside uses: the web chat's socket, the REST API, webhooks signed with the Twilio credentials\n"
        "in the settings, and for WhatsApp the simulator (SIMULATOR=true).\n\n"
        "  --channel  the same as the first word: web (default), whatsapp, sms, voice (digits are\n"
        "             keys, words are spoken) or api\n"
        "  --lang     the language to begin in; where a number is written to, the first thing said\n"
        "  --url      the gateway (default http://localhost:PORT)\n"
        "  --from     whose number, by WhatsApp, SMS and telephone (default: of a range that nobody has)\n"
        "  --trace    how long each answer took\n",
    .run = run,
};
