/* What is kept of charts that were made, and who may look at them? */

#include "store/charts.h"

#include "base/digest.h"
#include "store/batch.h"

#include <string.h>

#define DEADLINE_MS 5000

/* Columns of sql/queries/open_chart.sql, in order. */
enum column { SESSION, OWNER_TOKEN, SHARED_TOKEN, SHOWS_BIRTH, LANGUAGE, FLOW, DATA, CHART, MADE_AT };

struct errand {
    struct arena *arena;
    struct uuid profile;
    void (*linked)(void *arg, enum err err, const struct chart_link *link);
    void (*opened)(void *arg, enum err err, const struct chart_record *record);
    void (*changed)(void *arg, enum err err, struct str owner_token);
    void (*marked)(void *arg, enum err err);
    void *arg;
    struct pg_param params[3];
};

/* Which profile a session's chart gets: always the same, so that a chart made twice is still one. */
static struct uuid profile_of(struct uuid session)
{
    static const char purpose[] = "chart profile";
    uint8_t digest[SHA256_BYTES];
    char named[sizeof purpose + sizeof session.bytes];
    struct uuid profile;
    memcpy(named, purpose, sizeof purpose);
    memcpy(named + sizeof purpose, session.bytes, sizeof session.bytes);
    sha256((struct str){named, sizeof named}, digest);
    memcpy(profile.bytes, digest, sizeof profile.bytes);
    /* Version 8, of our own making, in the usual variant. */
    profile.bytes[6] = (uint8_t)((profile.bytes[6] & 0x0F) | 0x80);
    profile.bytes[8] = (uint8_t)((profile.bytes[8] & 0x3F) | 0x80);
    return profile;
}

static struct errand *new_errand(struct arena *arena, void *arg)
{
    struct errand *errand = arena_new(arena, struct errand);
    errand->arena = arena;
    errand->arg = arg;
    return errand;
}

static void ask(struct store *store, struct errand *errand, const char *name, size_t param_count,
                void (*came)(void *arg, enum err err, const struct pg_result *rows))
{
    struct pg_query query = {name, store_sql(store, name), errand->params, param_count};
    pg_run(store_misc(store), &query, DEADLINE_MS, came, errand);
}

static struct str take_text(const struct pg_result *rows, int column, struct arena *arena)
{
    return pg_is_null(rows, 0, column) ? (struct str){0} : arena_copy(arena, pg_text(rows, 0, column));
}

static void link_came(void *arg, enum err err, const struct pg_result *rows)
{
    struct errand *errand = arg;
    struct chart_link *link = NULL;
    if (err == ERR_NONE) {
        link = arena_new(errand->arena, struct chart_link);
        link->profile = pg_uuid(rows, 0, 0);
        link->owner_token = take_text(rows, 1, errand->arena);
        link->shared_token = take_text(rows, 2, errand->arena);
    }
    errand->linked(errand->arg, err, link);
}

void store_find_chart_link(struct store *store, struct uuid session, struct arena *arena,
                           void (*done)(void *arg, enum err err, const struct chart_link *link), void *arg)
{
    struct errand *errand = new_errand(arena, arg);
    errand->linked = done;
    errand->params[0] = pg_param_uuid(arena, session);
    errand->params[1] = pg_param_uuid(arena, profile_of(session));
    ask(store, errand, "find_chart_link", 2, link_came);
}

static void chart_came(void *arg, enum err err, const struct pg_result *rows)
{
    struct errand *errand = arg;
    struct arena *arena = errand->arena;
    if (err != ERR_NONE || pg_rows(rows) == 0) {
        errand->opened(errand->arg, err != ERR_NONE ? err : ERR_NOT_FOUND, NULL);
        return;
    }
    struct chart_record *record = arena_new(arena, struct chart_record);
    record->link = (struct chart_link){errand->profile, take_text(rows, OWNER_TOKEN, arena),
                                       take_text(rows, SHARED_TOKEN, arena)};
    record->session = pg_uuid(rows, 0, SESSION);
    record->shows_birth = pg_bool(rows, 0, SHOWS_BIRTH);
    record->language = take_text(rows, LANGUAGE, arena);
    record->flow = take_text(rows, FLOW, arena);
    json_read(arena, take_text(rows, DATA, arena), &record->data);
    json_read(arena, arena_copy(arena, pg_jsonb(rows, 0, CHART)), &record->chart);
    record->made_at_us = pg_time_us(rows, 0, MADE_AT);
    errand->opened(errand->arg, ERR_NONE, record);
}

void store_open_chart(struct store *store, struct uuid profile, struct arena *arena,
                      void (*done)(void *arg, enum err err, const struct chart_record *record), void *arg)
{
    struct errand *errand = new_errand(arena, arg);
    errand->opened = done;
    errand->profile = profile;
    errand->params[0] = pg_param_uuid(arena, profile);
    ask(store, errand, "open_chart", 1, chart_came);
}

static void change_came(void *arg, enum err err, const struct pg_result *rows)
{
    struct errand *errand = arg;
    struct str token = err == ERR_NONE ? take_text(rows, 0, errand->arena) : (struct str){0};
    errand->changed(errand->arg, err == ERR_NONE && token.len == 0 ? ERR_NOT_FOUND : err, token);
}

void store_change_chart_link(struct store *store, struct uuid profile, struct str owner_token,
                             struct str wish, struct arena *arena,
                             void (*done)(void *arg, enum err err, struct str owner_token), void *arg)
{
    struct errand *errand = new_errand(arena, arg);
    errand->changed = done;
    errand->params[0] = pg_param_uuid(arena, profile);
    errand->params[1] = pg_param_text(owner_token);
    errand->params[2] = pg_param_text(wish);
    ask(store, errand, "change_chart_link", 3, change_came);
}

static void mark_came(void *arg, enum err err, const struct pg_result *rows)
{
    struct errand *errand = arg;
    errand->marked(errand->arg, err == ERR_NONE && !pg_bool(rows, 0, 0) ? ERR_NOT_FOUND : err);
}

void store_mark_chart(struct store *store, struct uuid profile, struct uuid session, enum chart_mark mark,
                      struct arena *arena, void (*done)(void *arg, enum err err), void *arg)
{
    static const struct str marks[] = {STR_INIT("viewed"), STR_INIT("shared"), STR_INIT("converted")};
    struct errand *errand = new_errand(arena, arg);
    errand->marked = done;
    errand->params[0] = uuid_is_nil(profile) ? pg_param_null() : pg_param_uuid(arena, profile);
    errand->params[1] = uuid_is_nil(session) ? pg_param_null() : pg_param_uuid(arena, session);
    errand->params[2] = pg_param_text(marks[mark]);
    ask(store, errand, "mark_profile", 3, mark_came);
}
