#pragma once

/* Inside `frontdesk sessions` only: what was asked for, and how the parts that fulfil it are called. Each
 * gives the exit status; what went wrong was said on standard error. */

#include "base/json.h"
#include "cli/cli.h"
#include "gateway/config.h"
#include "store/pg_blocking.h"

enum sessions_action { SESSIONS_LIST, SESSIONS_SHOW, SESSIONS_EXPORT, SESSIONS_FORGET };
enum export_format { EXPORT_CSV, EXPORT_JSONL };

/* Arguments, checked. Absent texts are empty, never NULL. */
struct sessions_wish {
    enum sessions_action action;
    const char *status;
    const char *channel;
    const char *flow;
    const char *since; /* YYYY-MM-DD, UTC */
    const char *limit; /* decimal */
    const char *brand;
    const char *who; /* as typed: an id, a key or a phone number */
    const char *id;  /* what `who` may be: each empty where it can't be one */
    const char *key;
    const char *phone;
    enum export_format format;
    bool reveals; /* personal data as it is; else masked */
    bool as_json;
    bool is_sure; /* not to be asked again */
};

/* Reads the arguments after "sessions". NULL: good; else what is wrong, for the person who typed. */
const char *sessions_wish_read(int argc, char **argv, struct arena *arena, struct sessions_wish *out);

/* Where the answers come from. */
struct sessions_desk {
    const struct config *config;
    struct pg_blocking *connection;
};

/* Runs sql/queries/NAME.sql, whose answer is one JSON value; *out is NULL where that is null. */
bool sessions_ask(const struct sessions_desk *desk, const char *name, const char *const params[],
                  size_t count, struct arena *arena, const struct json **out);

int sessions_list(const struct sessions_desk *desk, const struct sessions_wish *wish, struct arena *arena);
int sessions_show(const struct sessions_desk *desk, const struct sessions_wish *wish, struct arena *arena);
int sessions_export(const struct sessions_desk *desk, const struct sessions_wish *wish, struct arena *arena);
int sessions_forget(const struct sessions_desk *desk, const struct sessions_wish *wish, struct arena *arena);
