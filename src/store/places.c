/* What does the gazetteer know of these words? */

#include "store/places.h"

#include "store/batch.h"
#include "store/sql_file.h"
#include "understand/normalise.h"

#include <stdio.h>

#define LOOKUP_DEADLINE_MS 5000

struct find {
    struct pg *pg;
    const char *alike_sql;
    struct place_query query;
    struct findings *findings;
    struct arena *arena;
    struct pg_param spans;
    struct pg_param point[2];
    struct pg_param alike[3];
    void (*done)(void *arg, enum err err, const struct findings *findings);
    void *arg;
};

struct suggest {
    struct arena *arena;
    struct pg_param beginnings[2];
    void (*done)(void *arg, enum err err, const struct place *places, size_t count);
    void *arg;
};

/* Columns of sql/queries/find_places.sql, in order; find_places_alike.sql has one more. Those of
 * suggest_places.sql are PLACE and what follows. */
enum column { IS_REGION, SPAN, PLACE };
enum place_column {
    ID,
    NAME,
    ADMIN1,
    ADMIN1_CODE,
    COUNTRY,
    COUNTRY_NAME,
    LATITUDE,
    LONGITUDE,
    POPULATION,
    TIMEZONE,
    SOUND
};

static struct str take_text(const struct pg_result *rows, size_t row, int column, struct arena *arena)
{
    return pg_is_null(rows, row, column) ? (struct str){0} : arena_copy(arena, pg_text(rows, row, column));
}

static struct place take_place(const struct pg_result *rows, size_t row, int first, struct arena *arena)
{
    return (struct place){
        .id = pg_int(rows, row, first + ID),
        .name = take_text(rows, row, first + NAME, arena),
        .admin1 = take_text(rows, row, first + ADMIN1, arena),
        .admin1_code = take_text(rows, row, first + ADMIN1_CODE, arena),
        .country = take_text(rows, row, first + COUNTRY, arena),
        .country_name = take_text(rows, row, first + COUNTRY_NAME, arena),
        .latitude = pg_double(rows, row, first + LATITUDE),
        .longitude = pg_double(rows, row, first + LONGITUDE),
        .population = pg_int(rows, row, first + POPULATION),
        .timezone = take_text(rows, row, first + TIMEZONE, arena),
    };
}

static bool has_place(const struct findings *findings, size_t span)
{
    for (size_t i = 0; i < findings->place_count; i++) {
        if (findings->places[i].span == span && findings->places[i].sound.len == 0)
            return true;
    }
    return false;
}

/* Only as much of the room is used as there are findings. */
static struct findings *new_findings(struct arena *arena)
{
    struct findings *findings = arena_take(arena, sizeof *findings);
    findings->place_count = 0;
    findings->region_count = 0;
    return findings;
}

/* With `by_sound` the rows are of names that sound alike; a word that is a town's is not like a region's too.
 */
static void take_findings(struct findings *findings, const struct pg_result *rows, bool by_sound,
                          struct arena *arena)
{
    for (size_t row = 0; row < pg_rows(rows); row++) {
        size_t span = (size_t)pg_int(rows, row, SPAN);
        if (span >= PLACE_SPANS_MAX)
            continue;
        if (!pg_bool(rows, row, IS_REGION)) {
            struct str sound = by_sound ? take_text(rows, row, PLACE + SOUND, arena) : (struct str){0};
            if (findings->place_count < PLACES_MAX)
                findings->places[findings->place_count++] =
                    (struct place_found){take_place(rows, row, PLACE, arena), span, sound};
        } else if (findings->region_count < REGIONS_MAX && !(by_sound && has_place(findings, span))) {
            findings->regions[findings->region_count++] =
                (struct region_found){take_text(rows, row, PLACE + COUNTRY, arena),
                                      take_text(rows, row, PLACE + ADMIN1_CODE, arena), span};
        }
    }
}

static void found_alike(void *arg, enum err err, const struct pg_result *rows)
{
    struct find *find = arg;
    if (err == ERR_NONE)
        take_findings(find->findings, rows, true, find->arena);
    find->done(find->arg, err, err == ERR_NONE ? find->findings : NULL);
}

static void start_alike(struct find *find, const struct alike_query *alike)
{
    struct pg_array spans, sounds, slips;
    pg_array_start(&spans, PG_INT4, alike->count, find->arena);
    pg_array_start(&sounds, PG_TEXT, alike->count, find->arena);
    pg_array_start(&slips, PG_TEXT, alike->count, find->arena);
    for (size_t i = 0; i < alike->count; i++) {
        pg_array_int(&spans, (int64_t)alike->spans[i]);
        pg_array_str(&sounds, alike->sounds[i]);
        pg_array_str(&slips, alike->slips[i]);
    }
    find->alike[0] = pg_array_end(&spans);
    find->alike[1] = pg_array_end(&sounds);
    find->alike[2] = pg_array_end(&slips);
    struct pg_query statement = {"find_places_alike", find->alike_sql, find->alike, 3};
    pg_run(find->pg, &statement, LOOKUP_DEADLINE_MS, found_alike, find);
}

static void found(void *arg, enum err err, const struct pg_result *rows)
{
    struct find *find = arg;
    if (err != ERR_NONE) {
        find->done(find->arg, err, NULL);
        return;
    }
    take_findings(find->findings, rows, false, find->arena);
    struct alike_query alike = place_alike(&find->query, find->findings, find->arena);
    if (alike.count > 0)
        start_alike(find, &alike);
    else
        find->done(find->arg, ERR_NONE, find->findings);
}

/* The query's spans must live in the find's arena, and all of one text: which overlap counts. */
static void start_find(struct find *find, const char *sql)
{
    struct pg_array spans;
    find->findings = new_findings(find->arena);
    pg_array_start(&spans, PG_TEXT, find->query.count, find->arena);
    for (size_t i = 0; i < find->query.count; i++)
        pg_array_str(&spans, find->query.spans[i]);
    find->spans = pg_array_end(&spans);
    struct pg_query statement = {"find_places", sql, &find->spans, 1};
    pg_run(find->pg, &statement, LOOKUP_DEADLINE_MS, found, find);
}

void store_find_places(struct store *store, const struct place_query *query, struct arena *arena,
                       void (*done)(void *arg, enum err err, const struct findings *findings), void *arg)
{
    struct find *find = arena_new(arena, struct find);
    *find = (struct find){.pg = store->load,
                          .alike_sql = store->find_places_alike,
                          .query = *query,
                          .arena = arena,
                          .done = done,
                          .arg = arg};
    /* By exact name, so the plan is the same whatever the names: planning it anew would cost ten look-ups. */
    start_find(find, store->find_places);
}

static void found_near(void *arg, enum err err, const struct pg_result *rows)
{
    struct find *find = arg;
    if (err == ERR_NONE)
        take_findings(find->findings, rows, false, find->arena);
    find->done(find->arg, err, err == ERR_NONE ? find->findings : NULL);
}

void store_find_place_near(struct store *store, const struct location *point, struct arena *arena,
                           void (*done)(void *arg, enum err err, const struct findings *findings), void *arg)
{
    struct find *find = arena_new(arena, struct find);
    *find = (struct find){.findings = new_findings(arena),
                          .arena = arena,
                          .point = {pg_param_text(arena_printf(arena, "%.2f", point->latitude)),
                                    pg_param_text(arena_printf(arena, "%.2f", point->longitude))},
                          .done = done,
                          .arg = arg};
    struct pg_query statement = {"find_place_near", store_sql(store, "find_place_near"), find->point, 2};
    pg_run(store->load, &statement, LOOKUP_DEADLINE_MS, found_near, find);
}

static void suggested(void *arg, enum err err, const struct pg_result *rows)
{
    struct suggest *suggest = arg;
    size_t count = err == ERR_NONE ? pg_rows(rows) : 0;
    if (count > SUGGESTIONS_MAX)
        count = SUGGESTIONS_MAX;
    struct place *places = arena_new_array(suggest->arena, struct place, count);
    for (size_t row = 0; row < count; row++)
        places[row] = take_place(rows, row, 0, suggest->arena);
    suggest->done(suggest->arg, err, places, count);
}

void store_suggest_places(struct store *store, struct str typed, struct arena *arena,
                          void (*done)(void *arg, enum err err, const struct place *places, size_t count),
                          void *arg)
{
    struct suggest *suggest = arena_new(arena, struct suggest);
    *suggest = (struct suggest){.arena = arena, .done = done, .arg = arg};
    struct str rest = text_fold(arena, utf8_truncate_bytes(typed, SUGGESTION_BYTES_MAX));
    for (size_t i = 0; i < 2; i++) {
        struct str part = {0};
        if (rest.len > 0)
            str_cut(&rest, ',', &part);
        suggest->beginnings[i] = pg_param_text(str_trim(part));
    }
    struct pg_query statement = {"suggest_places", store_sql(store, "suggest_places"), suggest->beginnings,
                                 2};
    pg_run(store_misc(store), &statement, LOOKUP_DEADLINE_MS, suggested, suggest);
}

/* ---- For commands ---- */

struct places_lookup {
    struct loop *loop;
    struct pg *pg;
    const char *sql, *alike_sql;
    struct findings *findings; /* of the question under way */
    enum err err;
};

static void looked_up(void *arg, enum err err, const struct findings *findings)
{
    struct places_lookup *lookup = arg;
    lookup->err = err;
    if (findings)
        *lookup->findings = *findings;
    loop_stop(lookup->loop);
}

static const char *query_text(struct str sql_folder, const char *name, struct arena *arena)
{
    struct str path = arena_printf(arena, "%.*s/queries/%s.sql", STR_ARG(sql_folder), name);
    const char *sql = sql_file_read(path, arena);
    if (!sql)
        fprintf(stderr, "frontdesk: %.*s can't be read\n", STR_ARG(path));
    return sql;
}

struct places_lookup *places_lookup_open(struct str database_url, struct str sql_folder, struct arena *arena)
{
    struct places_lookup *lookup = arena_new(arena, struct places_lookup);
    lookup->sql = query_text(sql_folder, "find_places", arena);
    lookup->alike_sql = query_text(sql_folder, "find_places_alike", arena);
    if (!lookup->sql || !lookup->alike_sql)
        return NULL;
    lookup->loop = loop_new();
    lookup->pg = pg_new(lookup->loop, database_url, STR("-c jit=off -c client_min_messages=warning"));
    return lookup;
}

enum err places_lookup(struct places_lookup *lookup, const struct place_query *query,
                       struct findings *findings, struct arena *arena)
{
    lookup->findings = findings;
    struct find *find = arena_new(arena, struct find);
    *find = (struct find){.pg = lookup->pg,
                          .alike_sql = lookup->alike_sql,
                          .query = *query,
                          .arena = arena,
                          .done = looked_up,
                          .arg = lookup};
    start_find(find, lookup->sql);
    loop_run(lookup->loop);
    return lookup->err;
}

void places_lookup_close(struct places_lookup *lookup)
{
    pg_free(lookup->pg);
    loop_free(lookup->loop);
}
