/* frontdesk sessions forget: erases one person everywhere. First says what goes, then asks, then does it and
 * says what went: counted in the same transaction, for the person may have gone on writing meanwhile. */

#include "cli/sessions.h"

#include <stdio.h>

static int64_t count_of(const struct json *person, const char *member)
{
    int64_t count = 0;
    return json_to_int64(json_get(person, member), &count) ? count : 0;
}

static bool find_person(const struct sessions_desk *desk, const struct sessions_wish *wish,
                        struct arena *arena, const struct json **out)
{
    const char *params[] = {wish->id, wish->key, wish->phone, wish->brand};
    return sessions_ask(desk, "sessions_person", params, 4, arena, out);
}

static bool is_nobody(const struct json *person)
{
    return count_of(person, "session_count") + count_of(person, "contact_count") == 0;
}

static void print_counts(const struct json *person)
{
    static const char *const members[][2] = {
        {"session_count", "session(s), with their answers"},
        {"said_count", "message(s) from them"},
        {"outbox_count", "message(s) to them"},
        {"chart_count", "profile(s), with their charts"},
        {"job_count", "job(s)"},
        {"contact_count", "contact(s)"},
        {"address_count", "address(es)"},
    };
    for (size_t i = 0; i < sizeof members / sizeof *members; i++)
        printf("  %6lld  %s\n", (long long)count_of(person, members[i][0]), members[i][1]);
    if (count_of(person, "opted_out_count"))
        puts("That they opted out stays known, as a hash.");
}

/* A number that somebody only typed belongs to nobody, but it is there. */
static void print_notes(const struct json *person)
{
    long long count = (long long)count_of(person, "note_count");
    if (count)
        printf("%lld other session(s) hold this number as a note that somebody typed; they stay.\n"
               "Find them by phone_number in the export, and forget each by its id.\n",
               count);
}

static bool is_confirmed(void)
{
    char answer[16];
    fputs("Erase all of this for ever? [y/N] ", stdout);
    fflush(stdout);
    if (!fgets(answer, sizeof answer, stdin)) {
        putchar('\n');
        return false;
    }
    struct str word = str_trim(str_from(answer));
    return str_eq_nocase(word, STR("y")) || str_eq_nocase(word, STR("yes"));
}

static bool erase(const struct sessions_desk *desk, const struct sessions_wish *wish, struct arena *arena,
                  const struct json **out)
{
    const struct json *erased;
    if (!pg_blocking_run(desk->connection, "begin") || !find_person(desk, wish, arena, out))
        return false;
    const char *params[] = {arena_cstring(arena, json_text(json_get(*out, "contacts"))),
                            arena_cstring(arena, json_text(json_get(*out, "sessions")))};
    return sessions_ask(desk, "sessions_forget", params, 2, arena, &erased) &&
           pg_blocking_run(desk->connection, "commit");
}

int sessions_forget(const struct sessions_desk *desk, const struct sessions_wish *wish, struct arena *arena)
{
    const struct json *person;
    if (!find_person(desk, wish, arena, &person))
        return EXIT_FAILED;
    if (is_nobody(person)) {
        fputs("frontdesk sessions: nobody is known by that\n", stderr);
        print_notes(person);
        return EXIT_FAILED;
    }
    if (!wish->is_sure) {
        puts("This goes:");
        print_counts(person);
        if (!is_confirmed()) {
            puts("Nothing was erased.");
            return EXIT_FAILED;
        }
    }
    if (!erase(desk, wish, arena, &person)) {
        fputs("frontdesk sessions: that did not succeed; please try again\n", stderr);
        return EXIT_FAILED;
    }
    puts("Erased:");
    print_counts(person);
    print_notes(person);
    return EXIT_OK;
}
