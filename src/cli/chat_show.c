/* How does a conversation look on a terminal, and in a pipe? */

#include "base/clock.h"
#include "cli/chat.h"
#include "cli/terminal.h"

#include <stdarg.h>
#include <stdio.h>

#define SOFT  "\033[2m"
#define PLAIN "\033[0m"

static const char *soft(const struct chat *chat)
{
    return chat->is_terminal ? SOFT : "";
}

static const char *plain(const struct chat *chat)
{
    return chat->is_terminal ? PLAIN : "";
}

void chat_show(struct chat *chat, struct str text)
{
    struct arena arena = {0};
    struct str rest = terminal_text(text, &arena);
    struct str line;
    if (chat->is_terminal)
        puts("");
    while (str_cut(&rest, '\n', &line))
        printf("%.*s\n", STR_ARG(line));
    arena_free(&arena);
}

void chat_show_choices(const struct chat *chat)
{
    struct arena arena = {0};
    for (size_t i = 0; i < chat->choice_count; i++) {
        const struct choice *choice = &chat->choices[i];
        struct str about = terminal_text(choice->description, &arena);
        printf("  %zu  %.*s%s%s%.*s%s\n", i + 1, STR_ARG(terminal_text(choice->title, &arena)), soft(chat),
               about.len ? "  " : "", STR_ARG(about), plain(chat));
    }
    arena_free(&arena);
}

/* Its title tells a private page from one to hand on. */
static void show_link(struct chat *chat, struct str title, struct str url)
{
    struct arena arena = {0};
    chat_show(chat, title.len ? arena_join(&arena, title, STR(": "), url) : url);
    arena_free(&arena);
}

void chat_show_message(struct chat *chat, const struct json *message)
{
    const struct json *choices = json_get(message, "choices");
    const struct json *link = json_get(message, "link");
    chat_show(chat, json_text(json_get(message, "text")));
    if (json_kind(link) == JSON_MEMBERS)
        show_link(chat, json_text(json_get(link, "title")), json_text(json_get(link, "url")));
    chat->choice_count = 0;
    for (size_t i = 0; i < json_count(choices) && i < CHAT_CHOICES_MAX; i++) {
        const struct json *choice = json_at(choices, i);
        chat->choices[chat->choice_count++] = (struct choice){
            .id = arena_copy(&chat->arena, json_text(json_get(choice, "id"))),
            .title = arena_copy(&chat->arena, json_text(json_get(choice, "title"))),
            .description = arena_copy(&chat->arena, json_text(json_get(choice, "description"))),
        };
    }
    chat_show_choices(chat);
}

void chat_note(const struct chat *chat, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    printf("%s(", soft(chat));
    vprintf(format, args);
    printf(")%s\n", plain(chat));
    va_end(args);
}

void chat_show_status(struct chat *chat, struct str status)
{
    struct arena arena = {0};
    if (status.len && !str_eq(status, chat->status)) {
        chat->status = arena_copy(&chat->arena, status);
        chat_note(chat, "%.*s", STR_ARG(terminal_text(status, &arena)));
    }
    arena_free(&arena);
}

void chat_trace(const struct chat *chat, const char *what, uint64_t began_ns)
{
    if (chat->traces)
        chat_note(chat, "%s after %.1f ms", what, (double)(clock_monotonic_ns() - began_ns) / 1e6);
}

void chat_prompt(const struct chat *chat)
{
    if (chat->is_terminal)
        fputs("\n> ", stdout);
    fflush(stdout);
}
