/* Do the conversations of tests/conversations/ go as they are written?
 *
 * - `flow: appointment`: which flow, if not instant_onboarding; likewise `channel: sms` and `language: hi`
 * - `region: US`: where the person is from, as their number tells; `region: ?` where nothing does
 * - `door: sms`: from here on by that door of the person's number, else by a key; `minutes later: 40`
 * - `staff: here`: somebody at the dashboard may be asked for; `away`: outside their hours; `nobody`: never
 * - `> (staff takes)`, `(staff answers) Good morning`, `(staff hands back)`, `(staff closes)`: what they do
 * - `today: 2026-11-26`, `title: …`: the day, and who we are; `town: {…}`: these towns are there and no
 * others
 * - `> hi`: the person writes; also (begin), (photo), (sticker), (contact), (pin), (pin in Pune),
 * (pin at 18.52 73.86), (like), (silence); `(spoken) Asha` and `(mumbled) Asha` are recordings, surely and
 * hardly understood; `[Title]` presses the latest button of that title; `{…}` sends a form; `"…"` is a text
 * in JSON's spelling, whatever stands in it
 * - `> (chart)` and the like: what the chart program gave; `> (chart {…})` gives these signs
 * - `< What's your name?`: what is answered, line for line; choices as numbered lines; (nothing) for silence
 * - `= status completed`: the status, the language or an answer is that now; `= effect erase` and the like,
 *   `= ticket opened`
 *
 * With FRONTDESK_REWRITE=1 the answers in the files are replaced by what is said now: read the diff. With
 * files as arguments, such as the simulator saves, those are held instead. */

#include "tests/unit/checking.h"
#include "tests/unit/talk_world.h"

#include <dirent.h>

#define FOLDER      SOURCE_DIR "/tests/conversations"
#define FILES_MAX   200
#define SCRIPT_SIZE 65536

struct reading {
    struct person person;
    const char *file;
    int line;
    struct str expected; /* rest of what was shown and not yet read */
    struct buf rewritten;
    bool is_rewriting;
    bool has_pending; /* something was shown that the file has not spoken of */
};

static const struct script *script;

static bool cut_prefix(struct str *text, const char *prefix)
{
    if (!str_starts(*text, str_from(prefix)))
        return false;
    *text = str_slice(*text, strlen(prefix), text->len);
    return true;
}

static void fail_at(const struct reading *reading, const char *what, struct str wanted, struct str got)
{
    print_error("%s:%d: %s\n  written: %.*s\n  said:    %.*s\n", reading->file, reading->line, what,
                STR_ARG(wanted), STR_ARG(got));
    fail();
}

/* What frontdesk-chart gave. */
static bool hear_of_chart(struct reading *reading, struct str what)
{
    static const struct {
        const char *name;
        const char *chart;
        const char *error;
        const char *choices;
    } results[] = {
        {"(the time came twice)", NULL, "time_came_twice",
         "[{\"birth_date\":\"1990-10-28\",\"birth_time\":\"01:30:00\",\"utc_offset\":3600},"
         "{\"birth_date\":\"1990-10-28\",\"birth_time\":\"01:30:00\",\"utc_offset\":0}]"},
        {"(the time never was)", NULL, "time_did_not_exist",
         "[{\"birth_date\":\"1990-03-25\",\"birth_time\":\"00:30:00\",\"utc_offset\":0},"
         "{\"birth_date\":\"1990-03-25\",\"birth_time\":\"02:30:00\",\"utc_offset\":3600}]"},
        {"(chart)",
         "{\"sun_sign\":\"cancer\",\"moon_sign\":\"taurus\",\"ascendant\":\"leo\",\"nakshatra\":{\"name\":"
         "\"rohini\"},"
         "\"time_known\":true}",
         "", NULL},
        {"(chart without a time)",
         "{\"sun_sign\":null,\"sun_sign_either\":[\"cancer\",\"leo\"],\"moon_sign\":\"taurus\",\"ascendant\":"
         "null,"
         "\"nakshatra\":null,\"time_known\":false}",
         "", NULL},
        {"(chart at the pole)",
         "{\"sun_sign\":\"cancer\",\"moon_sign\":\"taurus\",\"ascendant\":null,\"nakshatra\":{\"name\":"
         "\"rohini\"},"
         "\"time_known\":true}",
         "", NULL},
        {"(no chart)", NULL, "died", NULL},
        {"(no chart: the clocks were changed)", NULL, "time_came_twice", NULL},
        {"(no chart: the day)", NULL, "date_out_of_range", NULL},
    };
    for (size_t i = 0; i < WORLD_COUNT(results); i++) {
        struct input input = {.kind = INPUT_CHART, .chart_error = str_from(results[i].error)};
        if (!str_eq(what, str_from(results[i].name)))
            continue;
        input.is_heard = results[i].choices != NULL;
        if (results[i].choices)
            json_parse(&reading->person.arena, str_from(results[i].choices), &input.chart_choices);
        if (results[i].chart)
            json_parse(&reading->person.arena, str_from(results[i].chart), &input.chart);
        person_does(&reading->person, input);
        return true;
    }
    return false;
}

/* "(chart {…})", as the simulator saves it. */
static bool hear_of_this_chart(struct reading *reading, struct str what)
{
    struct input input = {.kind = INPUT_CHART};
    if (!cut_prefix(&what, "(chart {") ||
        json_parse(&reading->person.arena,
                   arena_printf(&reading->person.arena, "{%.*s", STR_ARG(str_slice(what, 0, what.len - 1))),
                   &input.chart) != ERR_NONE)
        return false;
    person_does(&reading->person, input);
    return true;
}

/* "(pin at 18.52 73.86)" */
static bool send_pin(struct reading *reading, struct str what)
{
    struct input input = {.kind = INPUT_LOCATION, .location = {.is_given = true}};
    const char *text = arena_cstring(&reading->person.arena, what);
    if (sscanf(text, "(pin at %lf %lf)", &input.location.latitude, &input.location.longitude) != 2)
        return false;
    person_does(&reading->person, input);
    return true;
}

/* Words of a recording. */
static bool play(struct reading *reading, struct str what)
{
    bool is_sure = cut_prefix(&what, "(spoken) ");
    if (!is_sure && !cut_prefix(&what, "(mumbled) "))
        return false;
    struct input input = {
        .kind = INPUT_WORDS, .text = what, .hearing = HEARD_SPEECH, .confidence = is_sure ? 0.9 : 0.3};
    person_does(&reading->person, input);
    return true;
}

/* Somebody at the dashboard does something with a conversation that was handed over to them. */
static bool act_at_desk(struct reading *reading, struct str what)
{
    static const struct {
        const char *name;
        enum desk_act act;
    } acts[] = {{"(staff takes)", DESK_TAKES},
                {"(staff answers) ", DESK_ANSWERS},
                {"(staff hands back)", DESK_HANDS_BACK},
                {"(staff closes)", DESK_CLOSES}};
    for (size_t i = 0; i < WORLD_COUNT(acts); i++) {
        if (!cut_prefix(&what, acts[i].name))
            continue;
        struct input input = {.kind = INPUT_DESK,
                              .desk_act = acts[i].act,
                              .text = what,
                              .operator_name = STR("Meera"),
                              .is_written = true};
        person_does(&reading->person, input);
        return true;
    }
    return false;
}

static void do_special(struct reading *reading, struct str what)
{
    static const struct {
        const char *name;
        struct input input;
    } specials[] = {
        {"(begin)", {.kind = INPUT_BEGIN}},
        {"(photo)", {.kind = INPUT_OTHER, .other = INBOUND_MEDIA}},
        {"(sticker)", {.kind = INPUT_OTHER, .other = INBOUND_MEDIA}},
        {"(contact)", {.kind = INPUT_OTHER, .other = INBOUND_CONTACTS}},
        {"(pin)", {.kind = INPUT_LOCATION, .location = {.is_given = true}}},
        {"(pin in Pune)",
         {.kind = INPUT_LOCATION, .location = {.is_given = true, .latitude = 18.53, .longitude = 73.85}}},
        {"(silence)", {.kind = INPUT_WAKE, .can_remind = true, .is_written = true}},
        {"(like)", {.kind = INPUT_OTHER, .other = INBOUND_REACTION}},
    };
    for (size_t i = 0; i < WORLD_COUNT(specials); i++) {
        if (str_eq(what, str_from(specials[i].name))) {
            person_does(&reading->person, specials[i].input);
            return;
        }
    }
    if (hear_of_chart(reading, what) || hear_of_this_chart(reading, what) || send_pin(reading, what) ||
        play(reading, what) || act_at_desk(reading, what))
        return;
    fail_at(reading, "there is no such special input", what, (struct str){0});
}

static void tap_title(struct reading *reading, struct str title)
{
    struct person *person = &reading->person;
    for (size_t back = person->offer_count; back > 0; back--) {
        const struct outbound *offer = &person->offers[back - 1];
        for (size_t i = 0; i < offer->choice_count; i++) {
            if (!str_eq(offer->choices[i].title, title))
                continue;
            struct input tap = {.kind = INPUT_CHOICE, .choice = offer->choices[i].id, .text = title};
            person_does(person, tap);
            return;
        }
    }
    fail_at(reading, "no such choice was offered", title, (struct str){0});
}

/* What is left of the last answer must have been read. */
static void finish_answer(struct reading *reading)
{
    if (reading->is_rewriting && reading->has_pending) {
        struct str rest = reading->expected;
        struct str line;
        while (str_cut(&rest, '\n', &line))
            buf_printf(&reading->rewritten, "< %.*s\n", STR_ARG(line));
    } else if (reading->has_pending && reading->expected.data) {
        fail_at(reading, "more was said than is written before this line", STR(""), reading->expected);
    }
    reading->has_pending = false;
}

static void do_input(struct reading *reading, struct str text)
{
    const struct json *quoted = NULL;
    if (text.len > 1 && text.data[0] == '"' && json_parse(&reading->person.arena, text, &quoted) == ERR_NONE)
        text = json_text(quoted);
    const char *copy = arena_cstring(&reading->person.arena, text);
    if (!quoted && text.len > 2 && text.data[0] == '(')
        do_special(reading, text);
    else if (!quoted && text.len > 2 && text.data[0] == '[')
        tap_title(reading, str_slice(text, 1, text.len - 1));
    else if (!quoted && text.len > 1 && text.data[0] == '{')
        person_fills(&reading->person, copy);
    else
        person_says(&reading->person, copy);
    struct str shown = reading->person.shown;
    reading->expected = shown.len ? shown : STR("(nothing)");
    reading->has_pending = true;
}

static void check_said(struct reading *reading, struct str wanted)
{
    struct str line = {0};
    if (reading->is_rewriting)
        return;
    if (!str_cut(&reading->expected, '\n', &line) || !str_eq(line, wanted))
        fail_at(reading, "the answer differs", wanted, line);
}

static bool has_effect(const struct outcome *out, struct str name)
{
    return (str_eq(name, STR("chart")) && out->starts_chart) ||
           (str_eq(name, STR("profile")) && out->keeps_chart) ||
           (str_eq(name, STR("webhook")) && out->calls_webhook) ||
           (str_eq(name, STR("opt_out")) && out->opts_out) || (str_eq(name, STR("opt_in")) && out->opts_in) ||
           (str_eq(name, STR("erase")) && out->erases) || (str_eq(name, STR("person")) && out->wants_person);
}

static struct str ticket_name(enum ticket_change change)
{
    static const struct str names[] = {STR_INIT("unchanged"), STR_INIT("opened"),   STR_INIT("heard"),
                                       STR_INIT("taken"),     STR_INIT("answered"), STR_INIT("closed"),
                                       STR_INIT("moved")};
    return names[change];
}

static void check_state(struct reading *reading, struct str claim)
{
    struct person *person = &reading->person;
    struct str key = {0};
    struct str got;
    str_cut(&claim, ' ', &key);
    if (str_eq(key, STR("status")))
        got = session_status_name(person->session.status);
    else if (str_eq(key, STR("language")))
        got = person->session.language;
    else if (str_eq(key, STR("ticket")))
        got = ticket_name(person->out.ticket);
    else if (str_eq(key, STR("effect")))
        got = has_effect(&person->out, claim) ? claim : STR("not this effect");
    else
        got = json_scalar(&person->arena, json_get(person->session.data, arena_cstring(&person->arena, key)));
    if (got.len == 0)
        got = STR("(nothing)");
    if (!str_eq(got, claim))
        fail_at(reading, "the state differs", claim, got);
}

static const struct staff *staff_named(struct str name)
{
    static const struct staff here = {.is_open = true, .patience_ms = 600000};
    static const struct staff away = {
        .patience_ms = 600000,
        .away = {{STR_INIT("hi"), STR_INIT("हम सोमवार को आएँगे।")}},
        .away_count = 1,
    };
    return str_eq(name, STR("here")) ? &here : str_eq(name, STR("away")) ? &away : NULL;
}

/* What is so around the person. */
static bool set_up_world(struct person *person, struct str line)
{
    if (cut_prefix(&line, "today: "))
        return date_from_iso(line, &person->today);
    if (cut_prefix(&line, "town: "))
        return world_add_town(arena_copy(&person->arena, line), &person->arena);
    if (!cut_prefix(&line, "title: "))
        return false;
    person->title = arena_copy(&person->arena, line);
    return true;
}

static void set_up(struct reading *reading, struct str *line)
{
    struct person *person = &reading->person;
    struct str copy = *line;
    int64_t minutes = 0;
    enum channel_kind channel = person->session.channel;
    if (cut_prefix(&copy, "flow: ")) {
        person_leaves(person);
        person_meets(person, script, copy, channel);
    } else if (cut_prefix(&copy, "channel: ") && channel_kind_from(copy, &channel))
        person->session.channel = channel;
    else if (cut_prefix(&copy, "language: "))
        person->session.language = arena_copy(&person->arena, copy);
    else if (cut_prefix(&copy, "region: "))
        person->region = arena_copy(&person->arena, copy);
    else if (cut_prefix(&copy, "staff: "))
        person->staff = staff_named(copy);
    else if (cut_prefix(&copy, "door: "))
        person->door = arena_copy(&person->arena, copy);
    else if (cut_prefix(&copy, "minutes later: ") && str_to_int64(copy, &minutes))
        person->now_ms += minutes * 60000;
    else if (!set_up_world(person, copy) && line->len && line->data[0] != '#')
        fail_at(reading,
                "this line is none of flow, channel, language, region, staff, door, minutes later, today, "
                "title, town, "
                ">, <, =, #",
                *line, (struct str){0});
    person->is_sms = channel == CHANNEL_SMS;
}

static void read_line(struct reading *reading, struct str line)
{
    struct str rest = line;
    bool is_answer = cut_prefix(&rest, "< ");
    if (!is_answer)
        finish_answer(reading);
    if (reading->is_rewriting && !is_answer)
        buf_printf(&reading->rewritten, "%.*s\n", STR_ARG(line));
    if (is_answer)
        check_said(reading, rest);
    else if (cut_prefix(&rest, "> "))
        do_input(reading, rest);
    else if (cut_prefix(&rest, "= "))
        check_state(reading, rest);
    else
        set_up(reading, &rest);
}

static struct str read_file(const char *path, char *bytes)
{
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    size_t len = fread(bytes, 1, SCRIPT_SIZE, file);
    assert_true(len < SCRIPT_SIZE);
    fclose(file);
    return str_trim((struct str){bytes, len});
}

static void goes_as_written(void **state)
{
    const char *path = *state;
    static char bytes[SCRIPT_SIZE];
    struct arena rewriting = {0};
    struct reading reading = {.file = path, .rewritten = {.arena = &rewriting}};
    struct str text = read_file(path, bytes);
    struct str line;
    reading.is_rewriting = getenv("FRONTDESK_REWRITE") != NULL;
    person_meets(&reading.person, script, STR("instant_onboarding"), CHANNEL_WHATSAPP);
    while (str_cut(&text, '\n', &line)) {
        reading.line++;
        read_line(&reading, line);
    }
    finish_answer(&reading);
    if (reading.is_rewriting) {
        FILE *file = fopen(path, "wb");
        assert_non_null(file);
        assert_int_equal(fwrite(reading.rewritten.data, 1, reading.rewritten.len, file),
                         reading.rewritten.len);
        assert_int_equal(fclose(file), 0);
    }
    person_leaves(&reading.person);
    arena_free(&rewriting);
}

static size_t find_tests(struct CMUnitTest tests[FILES_MAX], struct arena *arena)
{
    size_t count = 0;
    DIR *folder = opendir(FOLDER);
    assert_non_null(folder);
    for (const struct dirent *entry = readdir(folder); entry && count < FILES_MAX; entry = readdir(folder)) {
        if (!str_ends(str_from(entry->d_name), STR(".txt")))
            continue;
        char *path = (char *)(uintptr_t)arena_printf(arena, FOLDER "/%s", entry->d_name).data;
        tests[count++] = (struct CMUnitTest){
            .name = arena_printf(arena, "conversation %s", entry->d_name).data,
            .test_func = goes_as_written,
            .initial_state = path,
        };
    }
    closedir(folder);
    return count;
}

/* Those that somebody names. */
static size_t name_tests(struct CMUnitTest tests[FILES_MAX], char **paths)
{
    size_t count = 0;
    for (; paths[count] && count < FILES_MAX; count++)
        tests[count] = (struct CMUnitTest){
            .name = paths[count], .test_func = goes_as_written, .initial_state = paths[count]};
    return count;
}

int main(int argc, char **argv)
{
    struct arena arena = {0};
    struct CMUnitTest tests[FILES_MAX];
    script = world_script(&arena);
    size_t count = argc > 1 ? name_tests(tests, argv + 1) : find_tests(tests, &arena);
    if (count == 0) {
        fprintf(stderr, "no conversations in " FOLDER "\n");
        return 1;
    }
    int failed = _cmocka_run_group_tests("conversations", tests, count, NULL, NULL);
    arena_free(&arena);
    return failed;
}
