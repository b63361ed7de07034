/* When is a batch sent? In the check phase of the loop: whoever arrived in this turn of the loop goes
 * together, and whoever arrives while a batch is under way goes with the next. Nobody waits on a timer. */

#include "store/store.h"

#include "store/batch.h"
#include "store/migrate.h"
#include "store/outbox.h"
#include "store/sql_file.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A server looks every second whether we still wait: what we gave up must not hold its locks against the next
 * try. */
#define SHARED_SETTINGS                                                                                      \
    "-c jit=off -c client_min_messages=warning -c client_connection_check_interval=1000 -c "

/* Turn queries are index look-ups whatever the statistics say: a plan made on empty tables must not scan full
 * ones. Array parameters need the generic plan (measured: 350 to 150 µs at one turn). No bitmap scans: they
 * leave dead entries in an index, and that of pending messages is mostly such. */
#define TURN_SETTINGS                                                                                        \
    "-c plan_cache_mode=force_generic_plan -c enable_seqscan=off -c enable_bitmapscan=off "                  \
    "-c enable_hashjoin=off -c enable_mergejoin=off " SHARED_SETTINGS "statement_timeout=10000"
#define MISC_SETTINGS SHARED_SETTINGS "statement_timeout=30000"
#define SLOW_SETTINGS SHARED_SETTINGS "statement_timeout=600000"

struct query_file {
    struct query_file *next;
    const char *name;
    const char *text;
};

static void cut_batches(void *arg)
{
    struct store *store = arg;
    store_cut_loads(store);
    store_cut_commits(store);
    settler_cut(store->settler);
}

static void commit_hangs(void *arg)
{
    struct store *store = arg;
    loop_check_ask(store->check);
}

static void read_queries(struct store *store, struct str sql_folder, struct arena *arena,
                         struct problems *problems)
{
    const char *folder = arena_printf(arena, "%.*s/queries", STR_ARG(sql_folder)).data;
    DIR *dir = opendir(folder);
    if (!dir) {
        problem_add(problems, str_from(folder), 0, 0, "this folder can't be read");
        return;
    }
    struct dirent *entry;
    while ((entry = readdir(dir))) {
        struct str name = str_from(entry->d_name);
        if (!str_ends(name, STR(".sql")))
            continue;
        struct query_file *file = arena_new(arena, struct query_file);
        file->name = arena_cstring(arena, str_slice(name, 0, name.len - 4));
        file->text = sql_file_read(arena_printf(arena, "%s/%s", folder, entry->d_name), arena);
        file->next = store->files;
        if (file->text)
            store->files = file;
        else
            problem_add(problems, name, 0, 0, "this file can't be read");
    }
    closedir(dir);
}

const char *store_sql(const struct store *store, const char *name)
{
    for (const struct query_file *file = store->files; file; file = file->next)
        if (strcmp(file->name, name) == 0)
            return file->text;
    /* The files are part of the program. */
    fprintf(stderr, "frontdesk: sql/queries/%s.sql is missing\n", name);
    abort();
}

struct store *store_open(struct loop *loop, struct str database_url, struct str sql_folder,
                         struct arena *arena, struct problems *problems)
{
    size_t before = problems->count;
    struct store *store = arena_new(arena, struct store);
    store->loop = loop;
    read_queries(store, sql_folder, arena, problems);
    struct migration *migrations = arena_new_array(arena, struct migration, MIGRATIONS_MAX);
    size_t count = migrations_list(sql_folder, arena, migrations);
    if (count == 0)
        problem_add(problems, sql_folder, 0, 0, "its migrations can't all be read");
    else
        store->newest_migration = migrations[count - 1].name;
    if (problems->count != before)
        return NULL;
    store->load_turns = store_sql(store, "load_turns");
    store->commit_turns = store_sql(store, "commit_turns");
    store->settle_outbox = store_sql(store, "settle_outbox");
    store->find_places = store_sql(store, "find_places");
    store->find_places_alike = store_sql(store, "find_places_alike");
    store->database_url = database_url;
    store->check = loop_check_new(loop, cut_batches, store);
    store->misc = pg_new(loop, database_url, STR(MISC_SETTINGS));
    store->settle = pg_new(loop, database_url, STR(TURN_SETTINGS));
    store->settler = settler_new(store);
    store->load = pg_new(loop, database_url, STR(TURN_SETTINGS));
    store->commit_hangs = loop_timer_new(loop, commit_hangs, store);
    for (int i = 0; i < COMMIT_CONNECTIONS; i++) {
        store->commits[i].store = store;
        store->commits[i].pg = pg_new(loop, database_url, STR(TURN_SETTINGS));
    }
    return store;
}

void store_close(struct store *store)
{
    pg_free(store->misc);
    pg_free(store->trial);
    pg_free(store->slow);
    pg_free(store->load);
    pg_free(store->settle);
    settler_free(store->settler);
    for (int i = 0; i < COMMIT_CONNECTIONS; i++)
        pg_free(store->commits[i].pg);
    loop_timer_free(store->commit_hangs);
    loop_check_free(store->check);
}

bool store_is_settled(const struct store *store)
{
    return settler_is_idle(store->settler);
}

const struct store_counts *store_counts(const struct store *store)
{
    return &store->counts;
}

struct str store_newest_migration(const struct store *store)
{
    return store->newest_migration;
}

struct pg *store_misc(struct store *store)
{
    return store->misc;
}

struct pg *store_connect(struct store *store)
{
    return pg_new(store->loop, store->database_url, STR(MISC_SETTINGS));
}

struct pg *store_slow(struct store *store)
{
    if (!store->slow)
        store->slow = pg_new(store->loop, store->database_url, STR(SLOW_SETTINGS));
    return store->slow;
}
