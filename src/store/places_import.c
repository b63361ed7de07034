/* How does a gazetteer get into the database?
 *
 *   begin → staged: towns, their names (a second pass over the same file: COPY fills one table at a time),
 * names kept by hand, regions → merged → commit
 *
 * Until the merge only tables of this transaction are written, so a fault in any line leaves all as it was.
 */

#include "base/clock.h"
#include "store/pg_blocking.h"
#include "store/places.h"
#include "store/places_rows.h"
#include "store/sql_file.h"

#include <stdio.h>
#include <unistd.h>

/* Any constant will do, so long as every node uses the same; not that of migrations. */
#define LOCK_ID         "5501020305"
#define LINES_PER_SIGN  500000
#define SHIPPED_PLACES  "places/places.tsv.gz"
#define SHIPPED_ALIASES "places/aliases.tsv"
#define SHIPPED_REGIONS "places/regions.tsv"

struct import {
    struct pg_blocking *connection;
    struct str sql_folder;
    struct str places_path;
    struct places_rows rows;
    struct arena *arena;
};

/* A file, and how its lines become rows. `put` is false when it has found (and said) a fault. */
struct source {
    struct str path;
    struct str header; /* empty: none */
    const char *copy;
    bool (*put)(struct places_rows *rows, struct places_file *file, struct str line);
};

static bool copy_lines(struct import *import, const struct source *source, struct places_file *file)
{
    struct places_rows *rows = &import->rows;
    struct str line;
    if (source->header.len > 0 && places_file_next(file, &line) && !str_eq(line, source->header)) {
        places_file_fault(file, "the first line must name the columns: %.*s", STR_ARG(source->header));
        return false;
    }
    for (long count = 1; places_file_next(file, &line); count++) {
        arena_reset(&rows->line);
        rows->text = (struct buf){.arena = &rows->line};
        if (!source->put(rows, file, line) || !pg_blocking_copy_put(import->connection, buf_str(&rows->text)))
            return false;
        if (count % LINES_PER_SIGN == 0) {
            printf("  %ld lines\n", count);
            fflush(stdout);
        }
    }
    return true;
}

static bool copy_source(struct import *import, const struct source *source)
{
    struct places_file *file = places_file_open(source->path, import->arena);
    if (!file)
        return false;
    bool is_started = pg_blocking_copy_start(import->connection, source->copy);
    bool is_whole = is_started && copy_lines(import, source, file);
    is_whole = places_file_close(file) && is_whole;
    return is_started && pg_blocking_copy_end(import->connection, is_whole) && is_whole;
}

static struct str shipped(const struct import *import, const char *name)
{
    return arena_printf(import->arena, "%.*s/%s", STR_ARG(import->sql_folder), name);
}

static bool stage(struct import *import)
{
    struct str header = import->rows.format == PLACES_OWN ? places_own_header : (struct str){0};
    const char *copy_names = "copy new_names from stdin";
    const struct source sources[] = {
        {import->places_path, header, "copy new_places from stdin", places_rows_put_place},
        {import->places_path, header, copy_names, places_rows_put_names},
        {shipped(import, SHIPPED_ALIASES), places_aliases_header, copy_names, places_rows_put_alias},
        {shipped(import, SHIPPED_REGIONS), places_regions_header, "copy new_regions from stdin",
         places_rows_put_region},
    };
    for (size_t i = 0; i < sizeof sources / sizeof *sources; i++)
        if (!copy_source(import, &sources[i]))
            return false;
    return true;
}

static bool recognise(struct import *import)
{
    struct places_file *file = places_file_open(import->places_path, import->arena);
    if (!file)
        return false;
    struct str line;
    if (places_file_next(file, &line) && !places_format_from(line, &import->rows.format))
        places_file_fault(file,
                          "neither our list of places nor GeoNames' dump, plain or gzip (a zip file is to "
                          "be unpacked first)");
    return places_file_close(file);
}

static bool run_file(struct import *import, const char *name)
{
    struct str path = shipped(import, name);
    const char *sql = sql_file_read(path, import->arena);
    if (!sql)
        fprintf(stderr, "frontdesk: %.*s can't be read\n", STR_ARG(path));
    return sql && pg_blocking_run(import->connection, sql);
}

static bool is_true(struct import *import, const char *question, bool *answer)
{
    struct str text;
    bool is_asked = pg_blocking_value(import->connection, question, NULL, 0, import->arena, &text);
    *answer = str_eq(text, STR("t"));
    return is_asked;
}

static bool has_places(struct import *import)
{
    bool has;
    if (is_true(import, "select exists (select from new_places)", &has) && !has)
        fprintf(stderr, "frontdesk: %.*s has no places; nothing was changed\n", STR_ARG(import->places_path));
    return has;
}

/* None is taken: which of them is right, only the file's maker knows. */
static bool has_twins(struct import *import)
{
    struct str twins;
    bool is_asked = pg_blocking_value(
        import->connection,
        "select coalesce(string_agg(id::text, ', '), '') from"
        " (select id from new_places group by id having count(*) > 1 order by id limit 20) t",
        NULL, 0, import->arena, &twins);
    if (is_asked && twins.len > 0)
        fprintf(stderr, "frontdesk: %.*s has more than one place with the id %.*s; nothing was changed\n",
                STR_ARG(import->places_path), STR_ARG(twins));
    return !is_asked || twins.len > 0;
}

static void say_result(struct import *import, uint64_t began_ns)
{
    struct str counts;
    double seconds = (double)(clock_monotonic_ns() - began_ns) / 1e9;
    if (pg_blocking_value(import->connection,
                          "select format('%s places with %s names, %s names of regions',"
                          " (select count(*) from frontdesk.places),"
                          " (select count(*) from frontdesk.place_names),"
                          " (select count(*) from frontdesk.regions))",
                          NULL, 0, import->arena, &counts))
        printf("loaded %.*s in %.1f s\n", STR_ARG(counts), seconds);
}

/* Within a transaction that is open. */
static bool replace(struct import *import)
{
    uint64_t began_ns = clock_monotonic_ns();
    printf("loading places from %.*s\n", STR_ARG(import->places_path));
    fflush(stdout);
    bool is_done = recognise(import) && run_file(import, "import/stage_places.sql") && stage(import) &&
                   has_places(import) && !has_twins(import) && run_file(import, "import/merge_places.sql") &&
                   pg_blocking_run(import->connection, "commit");
    arena_free(&import->rows.line);
    if (!is_done)
        return false;
    /* Suggestions read the index alone, which works on pages that vacuum has seen. */
    pg_blocking_run(import->connection, "vacuum (analyze) frontdesk.places, frontdesk.place_names, "
                                        "frontdesk.place_sounds, frontdesk.regions");
    say_result(import, began_ns);
    return true;
}

static bool begin(struct import *import)
{
    return pg_blocking_run(import->connection, "begin; select pg_advisory_xact_lock(" LOCK_ID ")");
}

/* ---- The operator's own names ---- */

static bool has_strangers(struct import *import)
{
    struct str strangers;
    bool is_asked =
        pg_blocking_value(import->connection,
                          "select coalesce(string_agg(distinct n.place_id::text, ', '), '')"
                          " from (select n.place_id from new_names n where not exists"
                          "  (select from frontdesk.places p where p.id = n.place_id) limit 20) n",
                          NULL, 0, import->arena, &strangers);
    if (is_asked && strangers.len > 0)
        fprintf(stderr, "frontdesk: no place has the id %.*s; nothing was changed\n", STR_ARG(strangers));
    return !is_asked || strangers.len > 0;
}

enum err places_import_aliases(struct str database_url, struct str sql_folder, struct str file,
                               struct arena *arena)
{
    struct import import = {.sql_folder = sql_folder, .arena = arena};
    const struct source source = {file, places_aliases_header, "copy new_names from stdin",
                                  places_rows_put_alias};
    import.connection = pg_blocking_open(database_url, arena);
    if (!import.connection)
        return ERR_UNAVAILABLE;
    bool is_done = begin(&import) && run_file(&import, "import/stage_places.sql") &&
                   copy_source(&import, &source) && !has_strangers(&import) &&
                   run_file(&import, "import/merge_aliases.sql") &&
                   pg_blocking_run(import.connection, "commit");
    struct str count;
    if (is_done && pg_blocking_value(import.connection, "select count(*)::text from frontdesk.place_aliases",
                                     NULL, 0, arena, &count))
        printf("loaded %.*s name%s of your own\n", STR_ARG(count), str_eq(count, STR("1")) ? "" : "s");
    arena_free(&import.rows.line);
    pg_blocking_close(import.connection);
    return is_done ? ERR_NONE : ERR_INVALID;
}

enum err places_import(struct str database_url, struct str sql_folder, struct str file, struct arena *arena)
{
    struct import import = {.sql_folder = sql_folder, .arena = arena};
    import.rows.is_shipped = file.len == 0;
    import.places_path = import.rows.is_shipped ? shipped(&import, SHIPPED_PLACES) : file;
    import.connection = pg_blocking_open(database_url, arena);
    if (!import.connection)
        return ERR_UNAVAILABLE;
    bool is_done = begin(&import) && replace(&import);
    pg_blocking_close(import.connection);
    return is_done ? ERR_NONE : ERR_INVALID;
}

static bool is_shipped_whole(const struct import *import)
{
    static const char *const names[] = {SHIPPED_PLACES, SHIPPED_ALIASES, SHIPPED_REGIONS};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct str path = shipped(import, names[i]);
        if (access(path.data, R_OK) != 0) {
            fprintf(stderr, "frontdesk: warning: %.*s can't be read, so no places were loaded\n",
                    STR_ARG(path));
            return false;
        }
    }
    return true;
}

enum err places_import_if_empty(struct str database_url, struct str sql_folder, struct arena *arena)
{
    struct import import = {.sql_folder = sql_folder, .rows.is_shipped = true, .arena = arena};
    import.places_path = shipped(&import, SHIPPED_PLACES);
    import.connection = pg_blocking_open(database_url, arena);
    if (!import.connection)
        return ERR_UNAVAILABLE;
    bool is_empty;
    bool is_silent = false; /* loaded before there were sounds, from a file that only the operator knows */
    bool is_done = begin(&import) &&
                   is_true(&import, "select not exists (select from frontdesk.places)", &is_empty) &&
                   is_true(&import, "select not exists (select from frontdesk.place_sounds)", &is_silent);
    if (is_done && is_empty && is_shipped_whole(&import))
        is_done = replace(&import);
    else if (is_done && is_silent && !is_empty)
        puts("misspelt places are not found until you load the places anew: frontdesk places import");
    pg_blocking_close(import.connection);
    return is_done ? ERR_NONE : ERR_INVALID;
}
