/* Is the database there, is it the one that this program expects, and can it be written to? */

#include "store/pg.h"
#include "store/store.h"

#include <stdlib.h>

struct check {
    struct store *store;
    struct pg_param newest;
    void (*done)(void *arg, enum err err);
    void *arg;
};

static void checked(void *arg, enum err err, const struct pg_result *rows)
{
    struct check check = *(struct check *)arg;
    free(arg);
    bool is_there = err == ERR_NONE;
    if (is_there && !pg_bool(rows, 0, 1)) {
        pg_leave_server(store_misc(check.store));
        err = ERR_UNAVAILABLE;
    } else if (is_there && !pg_bool(rows, 0, 0)) {
        err = ERR_CONFLICT;
    }
    check.done(check.arg, err);
}

void store_check_ready(struct store *store, void (*done)(void *arg, enum err err), void *arg)
{
    struct check *check = malloc(sizeof *check);
    if (!check)
        abort();
    *check = (struct check){.store = store, .done = done, .arg = arg};
    check->newest = pg_param_text(store_newest_migration(store));
    struct pg_query query = {"check_ready", store_sql(store, "check_ready"), &check->newest, 1};
    pg_run(store_misc(store), &query, 2000, checked, check);
}
