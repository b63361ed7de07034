/* How do many turns become durable with one flush?
 *
 * queued → cut into a batch → one call of frontdesk.commit_turns → each turn told what became of it.
 * A batch that PostgreSQL refuses is taken apart: its turns go again, each by itself, so that one bad turn
 * hurts nobody else. */

#include "base/clock.h"
#include "store/batch.h"

#include <stdlib.h>
#include <string.h>

struct commit_batch {
    struct commit_line *line;
    struct arena arena;
    struct turn_commit *turns[BATCH_MAX]; /* by their lanes */
    size_t count;
};

/* Parameters of sql/queries/commit_turns.sql, in order. */
enum param {
    KEYS,
    CHANNELS,
    KINDS,
    SAID,
    SAID_AT,
    ANSWERS,
    SESSIONS,
    IS_NEW,
    VERSIONS,
    LOADED_AT,
    SESSION_KEYS,
    STATUSES,
    LANGUAGES,
    DATAS,
    CURRENT_STEPS,
    STEPS,
    PHONES,
    CONTACTS,
    IS_NEW_CONTACT,
    BRANDS,
    PROFILE_NAMES,
    CONTACT_PHONES,
    CONTACT_USERS,
    FLOWS,
    FLOW_VERSIONS,
    MEMORIES,
    GUARDS,
    EFFECTS,
    OUT_TURNS,
    OUT_LANES,
    OUT_ACCOUNTS,
    OUT_RECIPIENTS,
    OUT_PAYLOADS,
    OUT_MODES,
    ARRAYS,
    LEASE = ARRAYS,
    PARAMS
};

static const enum pg_type param_types[ARRAYS] = {
    [KEYS] = PG_UUID,           [CHANNELS] = PG_TEXT,
    [KINDS] = PG_TEXT,          [SAID] = PG_JSONB,
    [SAID_AT] = PG_TIMESTAMPTZ, [ANSWERS] = PG_JSONB,
    [SESSIONS] = PG_UUID,       [IS_NEW] = PG_BOOL,
    [VERSIONS] = PG_INT8,       [LOADED_AT] = PG_TIMESTAMPTZ,
    [SESSION_KEYS] = PG_TEXT,   [STATUSES] = PG_TEXT,
    [LANGUAGES] = PG_TEXT,      [DATAS] = PG_JSONB,
    [CURRENT_STEPS] = PG_INT4,  [STEPS] = PG_JSONB,
    [PHONES] = PG_TEXT,         [CONTACTS] = PG_UUID,
    [IS_NEW_CONTACT] = PG_BOOL, [BRANDS] = PG_TEXT,
    [PROFILE_NAMES] = PG_TEXT,  [CONTACT_PHONES] = PG_TEXT,
    [CONTACT_USERS] = PG_TEXT,  [FLOWS] = PG_TEXT,
    [FLOW_VERSIONS] = PG_TEXT,  [MEMORIES] = PG_JSONB,
    [GUARDS] = PG_JSONB,        [EFFECTS] = PG_JSONB,
    [OUT_TURNS] = PG_INT4,      [OUT_LANES] = PG_INT8,
    [OUT_ACCOUNTS] = PG_TEXT,   [OUT_RECIPIENTS] = PG_JSONB,
    [OUT_PAYLOADS] = PG_JSONB,  [OUT_MODES] = PG_TEXT,
};

static struct str mode_name(enum out_mode mode)
{
    static const struct str names[] = {STR_INIT("call"), STR_INIT("held"), STR_INIT("reply"),
                                       STR_INIT("text"), STR_INIT("said")};
    return names[mode];
}

static void put_session(struct pg_array *arrays, const struct turn_commit *turn)
{
    const struct session *session = &turn->session;
    struct uuid id = turn->has_session ? session->id : (struct uuid){{0}};
    pg_array_uuid(&arrays[SESSIONS], id);
    pg_array_bool(&arrays[IS_NEW], turn->is_new_session);
    pg_array_int(&arrays[VERSIONS], session->version);
    pg_array_time_us(&arrays[LOADED_AT], turn->loaded_at_us);
    pg_array_str_or_null(&arrays[SESSION_KEYS], session->key);
    pg_array_str(&arrays[STATUSES], session_status_name(session->status));
    pg_array_str_or_null(&arrays[LANGUAGES], session->language);
    pg_array_str(&arrays[DATAS], turn->data.len ? turn->data : STR("{}"));
    pg_array_int(&arrays[CURRENT_STEPS], session->current_step);
    pg_array_str(&arrays[STEPS], turn->steps_completed.len ? turn->steps_completed : STR("[]"));
    pg_array_str_or_null(&arrays[PHONES], turn->phone_note);
    pg_array_str_or_null(&arrays[FLOWS], session->flow);
    pg_array_str_or_null(&arrays[FLOW_VERSIONS], session->flow_version);
    pg_array_str(&arrays[MEMORIES], turn->memory.len ? turn->memory : STR("{}"));
    pg_array_str_or_null(&arrays[GUARDS], turn->guard);
}

static void put_turn(struct pg_array *arrays, const struct turn_commit *turn, size_t index)
{
    pg_array_uuid(&arrays[KEYS], turn->message_key);
    pg_array_str(&arrays[CHANNELS], channel_kind_name(turn->channel));
    pg_array_str(&arrays[KINDS], turn->kind);
    pg_array_str_or_null(&arrays[SAID], turn->said);
    pg_array_time_us(&arrays[SAID_AT], turn->said_at_us);
    pg_array_str_or_null(&arrays[ANSWERS], turn->answer);
    put_session(arrays, turn);
    pg_array_uuid(&arrays[CONTACTS], turn->contact);
    pg_array_bool(&arrays[IS_NEW_CONTACT], turn->is_new_contact);
    pg_array_str_or_null(&arrays[BRANDS], turn->brand);
    pg_array_str_or_null(&arrays[PROFILE_NAMES], turn->profile_name);
    pg_array_str_or_null(&arrays[CONTACT_PHONES], turn->phone);
    pg_array_str_or_null(&arrays[CONTACT_USERS], turn->whatsapp_user);
    pg_array_str_or_null(&arrays[EFFECTS], turn->effects);
    for (size_t i = 0; i < turn->out_count; i++) {
        const struct turn_out *out = &turn->outs[i];
        pg_array_int(&arrays[OUT_TURNS], (int64_t)index + 1);
        pg_array_int(&arrays[OUT_LANES], turn->lane);
        pg_array_str(&arrays[OUT_ACCOUNTS], out->account);
        pg_array_str(&arrays[OUT_RECIPIENTS], out->recipient);
        pg_array_str(&arrays[OUT_PAYLOADS], out->payload);
        pg_array_str(&arrays[OUT_MODES], mode_name(out->mode));
    }
}

static void enqueue(struct store *store, struct turn_commit *turn)
{
    turn->next = NULL;
    if (store->last_commit)
        store->last_commit->next = turn;
    else
        store->first_commit = turn;
    store->last_commit = turn;
}

/* All that wait, to be put back one by one where it is not their turn yet. */
static struct turn_commit *take_waiting(struct store *store)
{
    struct turn_commit *first = store->first_commit;
    store->first_commit = NULL;
    store->last_commit = NULL;
    return first;
}

/* "12 13 " and "yn": ids and leases of the replies. */
static void take_outs(struct turn_commit *turn, struct str ids, struct str leased)
{
    struct str id;
    for (size_t i = 0; i < turn->out_count && str_cut(&ids, ' ', &id); i++) {
        str_to_int64(id, &turn->outs[i].id);
        turn->outs[i].is_leased = i < leased.len && leased.data[i] == 'y';
    }
}

static void take_result(struct turn_commit *turn, const struct pg_result *rows, size_t row)
{
    enum { RESULT, OUTBOX_IDS, LEASED, FIELDS };
    struct str fields[FIELDS];
    pg_record_of(pg_text(rows, row, 0), fields, FIELDS);
    turn->result = str_eq(fields[RESULT], STR("committed"))   ? COMMITTED
                   : str_eq(fields[RESULT], STR("duplicate")) ? COMMIT_DUPLICATE
                                                              : COMMIT_CONFLICT;
    if (turn->result == COMMITTED)
        take_outs(turn, fields[OUTBOX_IDS], fields[LEASED]);
}

/* Nothing of them was sent. */
static struct turn_commit *take_overdue(struct store *store)
{
    uint64_t now_ns = clock_monotonic_ns();
    struct turn_commit *overdue = NULL;
    struct turn_commit **end = &overdue;
    struct turn_commit *turn = take_waiting(store);
    while (turn) {
        struct turn_commit *next = turn->next;
        if (waited_too_long(turn->asked_ns, now_ns)) {
            turn->next = NULL;
            *end = turn;
            end = &turn->next;
        } else {
            enqueue(store, turn);
        }
        turn = next;
    }
    return overdue;
}

static void commits_done(void *arg, enum err err, const struct pg_result *rows)
{
    struct commit_batch ended = *(struct commit_batch *)arg;
    struct store *store = ended.line->store;
    struct turn_commit *overdue = is_away(err) ? take_overdue(store) : NULL;
    ended.line->under_way = NULL;
    if (err == ERR_TIMEOUT)
        store_doubt_commits(store);
    bool take_apart = (err == ERR_INTERNAL || err == ERR_CONFLICT) && ended.count > 1;
    if (take_apart)
        store->counts.lost_batches++;
    for (size_t i = 0; i < ended.count; i++) {
        struct turn_commit *turn = ended.turns[i];
        if (take_apart) {
            turn->is_alone = true;
            enqueue(store, turn);
            continue;
        }
        if (err == ERR_NONE)
            take_result(turn, rows, i);
        turn->done(turn->arg, err);
    }
    while (overdue) {
        struct turn_commit *turn = overdue;
        overdue = turn->next;
        turn->done(turn->arg, ERR_UNAVAILABLE);
    }
    arena_free(&ended.arena);
    if (store->first_commit)
        loop_check_ask(store->check);
}

/* One turn of a session and one copy of an input in a batch: two would have to see each other's work. */
static bool fits(const struct commit_batch *batch, const struct turn_commit *turn)
{
    if (batch->count == BATCH_MAX || (batch->count > 0 && (turn->is_alone || batch->turns[0]->is_alone)))
        return false;
    for (size_t i = 0; i < batch->count; i++) {
        const struct turn_commit *other = batch->turns[i];
        if (other->lane == turn->lane || uuid_eq(other->message_key, turn->message_key) ||
            (turn->has_session && other->has_session && uuid_eq(other->session.id, turn->session.id)))
            return false;
    }
    return true;
}

static int by_lane(const void *a, const void *b)
{
    int64_t left = (*(struct turn_commit *const *)a)->lane;
    int64_t right = (*(struct turn_commit *const *)b)->lane;
    return left < right ? -1 : left > right;
}

/* A person is in one batch at a time: else the two would wait for each other's rows. */
static bool is_under_way(const struct store *store, const struct turn_commit *turn)
{
    for (int i = 0; i < COMMIT_CONNECTIONS; i++) {
        const struct commit_batch *batch = store->commits[i].under_way;
        if (batch && bsearch(&turn, batch->turns, batch->count, sizeof *batch->turns, by_lane))
            return true;
    }
    return false;
}

/* NULL where all who wait are under way already. */
static struct commit_batch *cut_batch(struct store *store)
{
    struct arena arena = {0};
    struct commit_batch *batch = arena_new(&arena, struct commit_batch);
    struct turn_commit *turn = take_waiting(store);
    while (turn) {
        struct turn_commit *next = turn->next;
        if (fits(batch, turn) && !is_under_way(store, turn))
            batch->turns[batch->count++] = turn;
        else
            enqueue(store, turn);
        turn = next;
    }
    if (batch->count == 0) {
        arena_free(&arena);
        return NULL;
    }
    /* Workers lock people in one order, so that two batches never wait for each other. */
    qsort(batch->turns, batch->count, sizeof *batch->turns, by_lane);
    batch->arena = arena;
    return batch;
}

static void begin(struct commit_line *line, struct commit_batch *batch)
{
    struct store *store = line->store;
    batch->line = line;
    struct pg_array *arrays = arena_new_array(&batch->arena, struct pg_array, ARRAYS);
    struct pg_param *params = arena_new_array(&batch->arena, struct pg_param, PARAMS);
    for (int i = 0; i < ARRAYS; i++)
        pg_array_start(&arrays[i], param_types[i], batch->count, &batch->arena);
    for (size_t i = 0; i < batch->count; i++)
        put_turn(arrays, batch->turns[i], i);
    for (int i = 0; i < ARRAYS; i++)
        params[i] = pg_array_end(&arrays[i]);
    params[LEASE] = pg_param_int(&batch->arena, OUTBOX_LEASE_SECONDS);
    struct pg_query query = {"commit_turns", store->commit_turns, params, PARAMS};
    line->under_way = batch;
    line->begun_ns = loop_now_ns(store->loop);
    store->counts.commit_batches++;
    store->counts.commits += batch->count;
    pg_run(line->pg, &query, TURN_DEADLINE_MS, commits_done, batch);
}

/* Milliseconds until every commit under way counts as one that hangs; 0 where none is under way. */
static uint64_t until_it_hangs_ms(const struct store *store)
{
    uint64_t now_ns = loop_now_ns(store->loop);
    uint64_t longest_ms = 0;
    for (int i = 0; i < COMMIT_CONNECTIONS; i++) {
        const struct commit_line *line = &store->commits[i];
        if (!line->under_way)
            continue;
        uint64_t so_far_ms = (now_ns - line->begun_ns) / 1000000;
        if (so_far_ms + longest_ms < COMMIT_HANGS_MS)
            longest_ms = COMMIT_HANGS_MS - so_far_ms;
    }
    return longest_ms;
}

void store_cut_commits(struct store *store)
{
    for (int i = 0; i < COMMIT_CONNECTIONS; i++) {
        struct commit_line *line = &store->commits[i];
        if (line->under_way || !store->first_commit)
            continue;
        uint64_t wait_ms = until_it_hangs_ms(store);
        if (wait_ms) {
            loop_timer_start(store->commit_hangs, wait_ms, 0);
            return;
        }
        struct commit_batch *batch = cut_batch(store);
        if (batch)
            begin(line, batch);
    }
}

void store_commit_turn(struct store *store, struct turn_commit *commit)
{
    commit->is_alone = false;
    commit->asked_ns = loop_now_ns(store->loop);
    enqueue(store, commit);
    loop_check_ask(store->check);
}
