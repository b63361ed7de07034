/* What did we answer the first time, and by which door? */

#include "store/answers.h"

#include "store/batch.h"

struct search {
    struct arena *arena;
    void (*done)(void *arg, enum err err, const struct str *payloads, size_t count);
    void *arg;
    struct pg_param param;
};

static void found(void *arg, enum err err, const struct pg_result *rows)
{
    struct search *search = arg;
    struct str payloads[TURN_OUTS_MAX];
    size_t count = 0;
    for (size_t i = 0; err == ERR_NONE && i < pg_rows(rows) && count < TURN_OUTS_MAX; i++)
        payloads[count++] = arena_copy(search->arena, pg_jsonb(rows, i, 0));
    search->done(search->arg, err, payloads, count);
}

static void search_for(struct store *store, struct pg *pg, const char *query_name, struct pg_param param,
                       size_t param_count, struct arena *arena,
                       void (*done)(void *arg, enum err err, const struct str *payloads, size_t count),
                       void *arg)
{
    struct search *search = arena_new(arena, struct search);
    *search = (struct search){arena, done, arg, param};
    struct pg_query query = {query_name, store_sql(store, query_name), &search->param, param_count};
    pg_run(pg, &query, TURN_DEADLINE_MS, found, search);
}

void store_find_answer(struct store *store, struct uuid message_key, struct arena *arena,
                       void (*done)(void *arg, enum err err, const struct str *payloads, size_t count),
                       void *arg)
{
    search_for(store, store->misc, "find_answer", pg_param_uuid(arena, message_key), 1, arena, done, arg);
}

struct return_wish {
    struct pg_param params[3];
    void (*done)(void *arg, enum err err);
    void *arg;
};

static void returned(void *arg, enum err err, const struct pg_result *rows)
{
    struct return_wish *wish = arg;
    (void)rows;
    wish->done(wish->arg, err);
}

void store_return_replies(struct store *store, struct uuid message_key, int64_t lane, struct arena *arena,
                          void (*done)(void *arg, enum err err), void *arg)
{
    struct return_wish *wish = arena_new(arena, struct return_wish);
    *wish = (struct return_wish){.done = done, .arg = arg};
    wish->params[0] = pg_param_uuid(arena, message_key);
    wish->params[1] = pg_param_int(arena, lane);
    wish->params[2] = pg_param_int(arena, OUTBOX_LEASE_SECONDS);
    struct pg_query query = {"return_replies", store_sql(store, "return_replies"), wish->params, 3};
    pg_run(store->misc, &query, TURN_DEADLINE_MS, returned, wish);
}

void store_find_last_said(struct store *store, struct uuid session, struct arena *arena,
                          void (*done)(void *arg, enum err err, const struct str *payloads, size_t count),
                          void *arg)
{
    search_for(store, store->misc, "find_last_said", pg_param_uuid(arena, session), 1, arena, done, arg);
}

struct door_search {
    struct arena *arena;
    void (*done)(void *arg, enum err err, const struct door *door);
    void *arg;
    struct pg_param param;
    struct door door;
};

static void door_found(void *arg, enum err err, const struct pg_result *rows)
{
    struct door_search *search = arg;
    struct door *door = &search->door;
    *door = (struct door){.channel = CHANNEL_WEB, .recipient = STR("{}")};
    if (err == ERR_NONE && pg_rows(rows)) {
        channel_kind_from(pg_text(rows, 0, 0), &door->channel);
        door->account = arena_copy(search->arena, pg_text(rows, 0, 1));
        door->recipient = arena_copy(search->arena, pg_jsonb(rows, 0, 2));
        door->lane = pg_int(rows, 0, 3);
        door->version = pg_int(rows, 0, 4);
    }
    search->done(search->arg, err, err == ERR_NONE ? door : NULL);
}

void store_find_door(struct store *store, struct uuid session, struct arena *arena,
                     void (*done)(void *arg, enum err err, const struct door *door), void *arg)
{
    struct door_search *search = arena_new(arena, struct door_search);
    *search = (struct door_search){
        .arena = arena, .done = done, .arg = arg, .param = pg_param_uuid(arena, session)};
    struct pg_query query = {"find_door", store_sql(store, "find_door"), &search->param, 1};
    pg_run(store->misc, &query, TURN_DEADLINE_MS, door_found, search);
}
