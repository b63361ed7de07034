/* Which migrations has this database had, and how does it get the others? */

#include "store/migrate.h"

#include "base/digest.h"
#include "base/encoding.h"
#include "store/pg_blocking.h"
#include "store/sql_file.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

/* Any constant will do, so long as every node uses the same. */
#define LOCK "select pg_advisory_lock(5501020304)"

static bool add_migration(struct arena *arena, struct str name, struct str path, struct migration *out)
{
    uint8_t digest[SHA256_BYTES];
    const char *text = sql_file_read(path, arena);
    if (!text)
        return false;
    sha256(str_from(text), digest);
    *out = (struct migration){arena_copy(arena, name), path, hex_encode(arena, digest, sizeof digest)};
    return true;
}

static int by_name(const void *a, const void *b)
{
    return str_compare(((const struct migration *)a)->name, ((const struct migration *)b)->name);
}

size_t migrations_list(struct str sql_folder, struct arena *arena,
                       struct migration out[static MIGRATIONS_MAX])
{
    struct str public_part =
        arena_printf(arena, "%.*s/supabase_migration_instant_onboarding.sql", STR_ARG(sql_folder));
    if (!add_migration(arena, STR("public"), public_part, &out[0]))
        return 0;
    size_t count = 1;
    DIR *dir = opendir(arena_printf(arena, "%.*s/migrations", STR_ARG(sql_folder)).data);
    if (!dir)
        return 0;
    struct dirent *entry;
    bool is_whole = true;
    while (is_whole && (entry = readdir(dir))) {
        struct str name = str_from(entry->d_name);
        struct str path = arena_printf(arena, "%.*s/migrations/%s", STR_ARG(sql_folder), entry->d_name);
        if (!str_ends(name, STR(".sql")))
            continue;
        /* None may be passed over: those behind it build on it. */
        is_whole = count < MIGRATIONS_MAX &&
                   add_migration(arena, str_slice(name, 0, name.len - 4), path, &out[count]);
        count++;
    }
    closedir(dir);
    if (!is_whole)
        return 0;
    qsort(out + 1, count - 1, sizeof *out, by_name);
    return count;
}

/* What the ledger says of a migration; empty where it says nothing, or is not there yet. */
static bool ask_ledger(struct pg_blocking *connection, const char *sql, const struct migration *migration,
                       struct arena *arena, struct str *answer)
{
    struct str has_ledger;
    const char *params[] = {arena_cstring(arena, migration->name)};
    *answer = (struct str){0};
    if (!pg_blocking_value(connection, "select 'yes' where to_regclass('frontdesk.migrations') is not null",
                           NULL, 0, arena, &has_ledger))
        return false;
    return has_ledger.len == 0 || pg_blocking_value(connection, sql, params, 1, arena, answer);
}

/* The digest under which it was applied; empty when it was not. */
static bool find_applied(struct pg_blocking *connection, const struct migration *migration,
                         struct arena *arena, struct str *digest)
{
    return ask_ledger(connection, "select digest from frontdesk.migrations where name = $1", migration, arena,
                      digest);
}

static bool record(struct pg_blocking *connection, const struct migration *migration, struct arena *arena)
{
    static const char ledger[] =
        "create table if not exists frontdesk.migrations ("
        "name text primary key, digest text not null, applied_at timestamptz not null default now());"
        "comment on table frontdesk.migrations is 'What `frontdesk migrate` has applied.';"
        "comment on column frontdesk.migrations.name is 'The file, without its ending.';"
        "comment on column frontdesk.migrations.digest is 'SHA-256 of the file as it was applied.';"
        "comment on column frontdesk.migrations.applied_at is 'When.'";
    static const char entry[] =
        "insert into frontdesk.migrations (name, digest) values ($1, $2) "
        "on conflict (name) do update set digest = excluded.digest, applied_at = now()";
    struct str nothing;
    const char *params[] = {arena_cstring(arena, migration->name), arena_cstring(arena, migration->digest)};
    return pg_blocking_run(connection, ledger) &&
           pg_blocking_value(connection, entry, params, 2, arena, &nothing);
}

/* Where a running gateway looks whether the database is the one it expects: the catalogue always answers,
 * also where there is no such table. */
static bool mark_newest(struct pg_blocking *connection, const struct migration *newest, struct arena *arena)
{
    struct str sql = arena_printf(
        arena,
        "comment on table frontdesk.migrations is 'What `frontdesk migrate` has applied. Newest: %.*s'",
        STR_ARG(newest->name));
    return pg_blocking_run(connection, sql.data);
}

static bool apply(struct pg_blocking *connection, const struct migration *migration, struct arena *arena)
{
    const char *text = sql_file_read(migration->path, arena);
    printf("applying %.*s\n", STR_ARG(migration->name));
    fflush(stdout);
    if (text && pg_blocking_run(connection, "begin") && pg_blocking_run(connection, text) &&
        record(connection, migration, arena) && pg_blocking_run(connection, "commit"))
        return true;
    fprintf(stderr, "frontdesk: migration %.*s failed; nothing of it was kept\n", STR_ARG(migration->name));
    return false;
}

/* The public part may run again at any time, and does when the file has changed. */
static bool apply_missing(struct pg_blocking *connection, const struct migration *list, size_t count,
                          struct arena *arena)
{
    for (size_t i = 0; i < count; i++) {
        struct str digest;
        bool is_repeatable = i == 0;
        if (!find_applied(connection, &list[i], arena, &digest))
            return false;
        if (str_eq(digest, list[i].digest))
            continue;
        if (digest.len && !is_repeatable)
            fprintf(stderr, "frontdesk: migration %.*s was changed after it had been applied\n",
                    STR_ARG(list[i].name));
        else if (!apply(connection, &list[i], arena))
            return false;
    }
    return true;
}

/* A program that does not know all of a database's migrations can't use it, and must not mark it as its own:
 * the nodes of the newer version would wait. */
static bool is_ours(struct pg_blocking *connection, const struct migration *newest, struct arena *arena)
{
    struct str unknown;
    if (!ask_ledger(connection,
                    "select max(name) from frontdesk.migrations where name > $1 and name <> 'public'", newest,
                    arena, &unknown))
        return false;
    if (unknown.len)
        fprintf(stderr,
                "frontdesk: a newer version has migrated this database (to %.*s; this one knows %.*s): "
                "nothing was changed\n",
                STR_ARG(unknown), STR_ARG(newest->name));
    return unknown.len == 0;
}

enum err migrate_up(struct str database_url, struct str sql_folder, struct arena *arena)
{
    struct migration list[MIGRATIONS_MAX];
    size_t count = migrations_list(sql_folder, arena, list);
    if (count == 0) {
        fprintf(stderr, "frontdesk: the migrations in %.*s can't all be read\n", STR_ARG(sql_folder));
        return ERR_NOT_FOUND;
    }
    struct pg_blocking *connection = pg_blocking_open(database_url, arena);
    if (!connection)
        return ERR_UNAVAILABLE;
    bool is_done = pg_blocking_run(connection, LOCK) && is_ours(connection, &list[count - 1], arena) &&
                   apply_missing(connection, list, count, arena) &&
                   mark_newest(connection, &list[count - 1], arena);
    pg_blocking_close(connection);
    return is_done ? ERR_NONE : ERR_INTERNAL;
}

enum err migrate_status(struct str database_url, struct str sql_folder, struct arena *arena)
{
    struct migration list[MIGRATIONS_MAX];
    size_t count = migrations_list(sql_folder, arena, list);
    struct pg_blocking *connection = pg_blocking_open(database_url, arena);
    if (!connection)
        return ERR_UNAVAILABLE;
    bool is_done = count != 0;
    for (size_t i = 0; i < count && is_done; i++) {
        struct str digest;
        is_done = find_applied(connection, &list[i], arena, &digest);
        const char *state = digest.len == 0                  ? "missing"
                            : str_eq(digest, list[i].digest) ? "applied"
                                                             : "applied, the file has changed since";
        if (is_done)
            printf("%-24.*s %s\n", STR_ARG(list[i].name), state);
    }
    pg_blocking_close(connection);
    return is_done ? ERR_NONE : ERR_INTERNAL;
}

enum err migrate_rollback(struct str database_url, struct str sql_folder, struct arena *arena)
{
    struct str path = arena_printf(arena, "%.*s/rollback.sql", STR_ARG(sql_folder));
    const char *text = sql_file_read(path, arena);
    if (!text) {
        fprintf(stderr, "frontdesk: %.*s can't be read\n", STR_ARG(path));
        return ERR_NOT_FOUND;
    }
    struct pg_blocking *connection = pg_blocking_open(database_url, arena);
    if (!connection)
        return ERR_UNAVAILABLE;
    bool is_done = pg_blocking_run(connection, LOCK) && pg_blocking_run(connection, text);
    pg_blocking_close(connection);
    return is_done ? ERR_NONE : ERR_INTERNAL;
}
