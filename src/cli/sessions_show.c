/* frontdesk sessions show: one session on one page. */

#include "cli/sessions.h"
#include "cli/terminal.h"
#include "gateway/session_view.h"

#include <stdio.h>

/* Where the second and later lines of a message begin: below the first. */
#define MESSAGE_INDENT 39

static struct str shown(const struct json *value, struct arena *arena)
{
    switch (json_kind(value)) {
    case JSON_TEXT:
        return terminal_text(json_text(value), arena);
    case JSON_ABSENT:
    case JSON_NULL_VALUE:
        return STR("-");
    case JSON_BOOL:
        return json_truth(value) ? STR("yes") : STR("no");
    case JSON_NUMBER:
    case JSON_LIST:
    case JSON_MEMBERS:
        return terminal_text(json_print(arena, value), arena);
    }
    return STR("-");
}

static void print_facts(const struct json *view, struct arena *arena)
{
    static const char *const facts[][2] = {
        {"session key", "session_key"},
        {"channel", "channel"},
        {"status", "status"},
        {"language", "language"},
        {"flow", "flow"},
        {"open", "is_open"},
        {"turns", "turns"},
        {"began", "created_at"},
        {"changed", "updated_at"},
        {"ended", "completed_at"},
        {"last input", "last_input_at"},
        {"current step", "current_step"},
        {"steps done", "steps_completed"},
        {"user", "user_id"},
        {"number noted", "phone_number"},
        {"profile name", "profile_name"},
        {"profile", "profile_id"},
        {"chart viewed", "viewed_chart"},
        {"chart shared", "shared_chart"},
        {"signed up", "converted_to_full_user"},
    };
    printf("Session %.*s (times are UTC)\n", STR_ARG(shown(json_get(view, "id"), arena)));
    for (size_t i = 0; i < sizeof facts / sizeof *facts; i++) {
        struct str text = shown(json_get(view, facts[i][1]), arena);
        if (!str_eq(text, STR("-")))
            printf("  %-13s %.*s\n", facts[i][0], STR_ARG(text));
    }
}

static void print_addresses(const struct json *addresses, struct arena *arena)
{
    for (size_t i = 0; i < json_count(addresses); i++) {
        const struct json *address = json_at(addresses, i);
        printf("  %-13s %.*s (brand %.*s%s)\n", arena_cstring(arena, shown(json_get(address, "kind"), arena)),
               STR_ARG(shown(json_get(address, "address"), arena)),
               STR_ARG(shown(json_get(address, "brand"), arena)),
               json_truth(json_get(address, "opted_out")) ? ", opted out" : "");
    }
}

static void print_answers(const struct json *answers, struct arena *arena)
{
    void *iterator = NULL;
    struct str key;
    const struct json *value;
    puts(json_count(answers) ? "\nCollected" : "\nNothing collected yet");
    while (json_each(answers, &iterator, &key, &value)) {
        bool is_unknown = json_kind(value) == JSON_NULL_VALUE;
        struct str text = is_unknown ? STR("not known") : shown(value, arena);
        printf("  %-13s %.*s\n", arena_cstring(arena, terminal_text(key, arena)), STR_ARG(text));
    }
}

static void print_jobs(const struct json *jobs, struct arena *arena)
{
    if (json_count(jobs))
        puts("\nJobs");
    for (size_t i = 0; i < json_count(jobs); i++) {
        const struct json *job = json_at(jobs, i);
        struct str error = json_text(json_get(job, "last_error"));
        printf("  %-13s %.*s, tries %.*s%s%.*s\n", arena_cstring(arena, json_text(json_get(job, "kind"))),
               STR_ARG(shown(json_get(job, "state"), arena)),
               STR_ARG(shown(json_get(job, "attempts"), arena)), error.len ? ", last error: " : "",
               STR_ARG(terminal_text(error, arena)));
    }
}

/* A message's text and what stood below it, each line below the first. */
static void print_message(const struct json *entry, struct arena *arena)
{
    struct buf message = {.arena = arena};
    const struct json *choices = json_get(entry, "choices");
    struct str text = terminal_text(json_text(json_get(entry, "text")), arena);
    struct str kind = json_text(json_get(entry, "kind"));
    if (text.len)
        buf_put(&message, text);
    else
        buf_printf(&message, "(%.*s)", STR_ARG(kind));
    for (size_t i = 0; i < json_count(choices); i++)
        buf_printf(&message, "\n%zu %.*s", i + 1, STR_ARG(shown(json_at(choices, i), arena)));
    static const char *const extras[] = {"link", "image"};
    for (size_t i = 0; i < sizeof extras / sizeof *extras; i++)
        if (json_get(entry, extras[i]))
            buf_printf(&message, "\n[%s] %.*s", extras[i], STR_ARG(shown(json_get(entry, extras[i]), arena)));
    struct str rest = buf_str(&message);
    struct str line;
    for (int indent = 0; str_cut(&rest, '\n', &line); indent = MESSAGE_INDENT)
        printf("%*s%.*s\n", indent, "", STR_ARG(line));
}

static void print_fate(const struct json *entry, struct arena *arena)
{
    struct str state = json_text(json_get(entry, "state"));
    bool is_expected = str_eq(state, STR("sent")) || str_eq(state, STR("delivered"));
    if (state.len == 0 || is_expected)
        return;
    printf("%*s(%.*s", MESSAGE_INDENT, "", STR_ARG(state));
    if (json_get(entry, "error_code"))
        printf(", error %.*s %.*s", STR_ARG(shown(json_get(entry, "error_code"), arena)),
               STR_ARG(terminal_text(json_text(json_get(entry, "error_title")), arena)));
    puts(")");
}

static void print_transcript(const struct json *view, struct arena *arena)
{
    const struct json *transcript = json_get(view, "transcript");
    int64_t left_out = 0;
    json_to_int64(json_get(view, "transcript_left_out"), &left_out);
    puts(json_count(transcript) ? "\nTranscript" : "\nNo messages (they are kept for eight days)");
    if (left_out)
        printf("  (%lld earlier ones are not shown)\n", (long long)left_out);
    for (size_t i = 0; i < json_count(transcript); i++) {
        const struct json *entry = json_at(transcript, i);
        printf("  %-19s  %-6s %-9s", arena_cstring(arena, json_text(json_get(entry, "at"))),
               arena_cstring(arena, json_text(json_get(entry, "by"))),
               arena_cstring(arena, json_text(json_get(entry, "channel"))));
        print_message(entry, arena);
        print_fate(entry, arena);
    }
}

int sessions_show(const struct sessions_desk *desk, const struct sessions_wish *wish, struct arena *arena)
{
    const struct json *found;
    const char *params[] = {wish->id, wish->key};
    if (!sessions_ask(desk, "sessions_show", params, 2, arena, &found))
        return EXIT_FAILED;
    if (!found) {
        fputs("frontdesk sessions: there is no such session\n", stderr);
        return EXIT_FAILED;
    }
    const struct json *view = session_view(found, wish->reveals, arena);
    if (wish->as_json) {
        printf("%.*s\n", STR_ARG(json_print(arena, view)));
        return EXIT_OK;
    }
    print_facts(view, arena);
    print_addresses(json_get(view, "addresses"), arena);
    print_answers(json_get(view, "collected_data"), arena);
    print_jobs(json_get(view, "jobs"), arena);
    print_transcript(view, arena);
    return EXIT_OK;
}
