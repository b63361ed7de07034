/* What do the arguments of `frontdesk sessions` ask for? */

#include "base/clock.h"
#include "cli/sessions.h"
#include "gateway/session_search.h"
#include "talk/session.h"

#include <string.h>

#define LIST_DEFAULT "50"
#define LIST_MAX     10000

enum {
    FOR_LIST = 1 << SESSIONS_LIST,
    FOR_SHOW = 1 << SESSIONS_SHOW,
    FOR_EXPORT = 1 << SESSIONS_EXPORT,
    FOR_FORGET = 1 << SESSIONS_FORGET,
};

static bool is_status(struct str text)
{
    for (int status = SESSION_STARTED; status <= SESSION_FAILED; status++)
        if (str_eq(text, session_status_name((enum session_status)status)))
            return true;
    return false;
}

static const char *read_status(struct sessions_wish *wish, const char *value)
{
    wish->status = value;
    return is_status(str_from(value))
               ? NULL
               : "--status is one of started, collecting_data, generating_chart, completed, failed";
}

static const char *read_channel(struct sessions_wish *wish, const char *value)
{
    enum channel_kind kind;
    wish->channel = value;
    return channel_kind_from(str_from(value), &kind) ? NULL : "--channel is one of whatsapp, web, voice, sms";
}

static const char *read_flow(struct sessions_wish *wish, const char *value)
{
    wish->flow = value;
    return *value ? NULL : "--flow takes a flow's name";
}

static const char *read_since(struct sessions_wish *wish, const char *value)
{
    struct date date;
    wish->since = value;
    return date_from_iso(str_from(value), &date) ? NULL : "--since is a day like 2026-11-22";
}

static const char *read_limit(struct sessions_wish *wish, const char *value)
{
    int64_t limit = 0;
    wish->limit = value;
    bool is_good = str_to_int64(str_from(value), &limit) && limit >= 1 && limit <= LIST_MAX;
    return is_good ? NULL : "--limit is a number from 1 to 10000";
}

static const char *read_brand(struct sessions_wish *wish, const char *value)
{
    wish->brand = value;
    return *value ? NULL : "--brand takes a brand's name";
}

static const char *read_format(struct sessions_wish *wish, const char *value)
{
    wish->format = strcmp(value, "jsonl") == 0 ? EXPORT_JSONL : EXPORT_CSV;
    return wish->format == EXPORT_JSONL || strcmp(value, "csv") == 0 ? NULL : "--format is csv or jsonl";
}

static const struct value_option {
    const char *name;
    unsigned actions;
    const char *(*read)(struct sessions_wish *wish, const char *value);
} value_options[] = {
    {"--status", FOR_LIST | FOR_EXPORT, read_status},
    {"--channel", FOR_LIST | FOR_EXPORT, read_channel},
    {"--flow", FOR_LIST | FOR_EXPORT, read_flow},
    {"--since", FOR_LIST | FOR_EXPORT, read_since},
    {"--limit", FOR_LIST, read_limit},
    {"--format", FOR_EXPORT, read_format},
    {"--brand", FOR_FORGET, read_brand},
};

static bool read_switch(struct sessions_wish *wish, const char *arg)
{
    bool *wanted = NULL;
    if (strcmp(arg, "--reveal") == 0 && wish->action != SESSIONS_FORGET)
        wanted = &wish->reveals;
    else if (strcmp(arg, "--json") == 0 && wish->action == SESSIONS_SHOW)
        wanted = &wish->as_json;
    else if (strcmp(arg, "--yes") == 0 && wish->action == SESSIONS_FORGET)
        wanted = &wish->is_sure;
    if (wanted)
        *wanted = true;
    return wanted != NULL;
}

static const struct value_option *find_option(const struct sessions_wish *wish, const char *arg)
{
    for (size_t i = 0; i < sizeof value_options / sizeof *value_options; i++)
        if (strcmp(value_options[i].name, arg) == 0 && (value_options[i].actions & 1U << wish->action))
            return &value_options[i];
    return NULL;
}

static const char *read_who(struct sessions_wish *wish, struct arena *arena)
{
    struct session_search search;
    session_search_read(str_from(wish->who), arena, &search);
    wish->id = arena_cstring(arena, search.id);
    wish->key = arena_cstring(arena, search.key);
    if (wish->action == SESSIONS_FORGET)
        wish->phone = arena_cstring(arena, search.phone);
    if (*wish->id || *wish->key || *wish->phone)
        return *wish->brand && !*wish->phone ? "--brand goes with a phone number" : NULL;
    return wish->action == SESSIONS_FORGET
               ? "that is no session's id, no session's key and no phone number like +919812345670"
               : "that is neither a session's id nor a session's key";
}

static bool read_action(int argc, char **argv, enum sessions_action *out)
{
    static const char *const names[] = {"list", "show", "export", "forget"};
    for (int i = 0; argc > 1 && i < 4; i++) {
        if (strcmp(argv[1], names[i]) == 0) {
            *out = (enum sessions_action)i;
            return true;
        }
    }
    return false;
}

const char *sessions_wish_read(int argc, char **argv, struct arena *arena, struct sessions_wish *out)
{
    *out = (struct sessions_wish){.status = "",
                                  .channel = "",
                                  .flow = "",
                                  .since = "",
                                  .limit = LIST_DEFAULT,
                                  .brand = "",
                                  .who = "",
                                  .id = "",
                                  .key = "",
                                  .phone = ""};
    if (!read_action(argc, argv, &out->action))
        return "list, show, export or forget";
    bool takes_who = out->action == SESSIONS_SHOW || out->action == SESSIONS_FORGET;
    for (int i = 2; i < argc; i++) {
        const struct value_option *option = find_option(out, argv[i]);
        if (option && i + 1 == argc)
            return arena_printf(arena, "%s needs a value", argv[i]).data;
        const char *complaint = option ? option->read(out, argv[++i]) : NULL;
        if (complaint)
            return complaint;
        if (option || read_switch(out, argv[i]))
            continue;
        /* A session's key may begin with a hyphen. */
        bool is_option = strncmp(argv[i], "--", 2) == 0 && strlen(argv[i]) < SESSION_KEY_BYTES_MIN;
        if (is_option || !takes_who || *out->who)
            return arena_printf(arena, "unexpected argument %s", argv[i]).data;
        out->who = argv[i];
    }
    if (takes_who && !*out->who)
        return "whose? a session's id or key";
    return takes_who ? read_who(out, arena) : NULL;
}
