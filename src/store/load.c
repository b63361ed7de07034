/* Who is it, and where does their conversation stand? Asked for many turns at once. */

#include "base/clock.h"
#include "store/batch.h"

#include <string.h>

struct load_batch {
    struct store *store;
    struct arena arena;
    struct turn_load *turns[BATCH_MAX];
    size_t count;
};

/* Fields of the record of sql/queries/load_turns.sql, in order. */
enum field {
    IS_DUPLICATE,
    ANSWER,
    CONTACT,
    IS_OPTED_OUT,
    ID,
    KEY,
    CHANNEL,
    STATUS,
    LANGUAGE,
    DATA,
    CURRENT_STEP,
    STEPS,
    UPDATED_AT,
    FLOW,
    FLOW_VERSION,
    VERSION,
    MEMORY,
    GUARD,
    SESSION_CONTACT,
    IS_SAME_CALL,
    LAST_LANGUAGE,
    KNOWS_ADDRESSES,
    FIELDS
};

static const struct json *read_json(struct str field, struct arena *arena)
{
    const struct json *value = NULL;
    if (field.data)
        json_read(arena, pg_jsonb_of(field), &value);
    return value;
}

static enum session_status status_from(struct str name)
{
    for (int status = SESSION_STARTED; status < SESSION_FAILED; status++)
        if (str_eq(session_status_name((enum session_status)status), name))
            return (enum session_status)status;
    return SESSION_FAILED;
}

static void read_session(struct turn_load *load, const struct str *fields)
{
    struct session *session = &load->session;
    load->has_session = true;
    session->id = pg_uuid_of(fields[ID]);
    session->key = fields[KEY];
    channel_kind_from(fields[CHANNEL], &session->channel);
    session->status = status_from(fields[STATUS]);
    session->language = fields[LANGUAGE];
    session->data = read_json(fields[DATA], load->arena);
    session->current_step = (int)pg_int_of(fields[CURRENT_STEP]);
    session->steps_completed = read_json(fields[STEPS], load->arena);
    load->loaded_at_us = pg_time_us_of(fields[UPDATED_AT]);
    load->has_conversation = fields[VERSION].data != NULL;
    if (!load->has_conversation)
        return;
    session->flow = fields[FLOW];
    session->flow_version = fields[FLOW_VERSION];
    session->version = pg_int_of(fields[VERSION]);
    session->memory = read_json(fields[MEMORY], load->arena);
    load->guard = pg_jsonb_of(fields[GUARD]);
    load->session_contact = pg_uuid_of(fields[SESSION_CONTACT]);
}

/* The row is copied once, and all that is read of it lies where it lay there. */
static void take_row(struct turn_load *load, const struct pg_result *rows, size_t row)
{
    struct str fields[FIELDS];
    pg_record_of(arena_copy(load->arena, pg_text(rows, row, 0)), fields, FIELDS);
    load->is_duplicate = pg_bool_of(fields[IS_DUPLICATE]);
    load->answer = pg_jsonb_of(fields[ANSWER]);
    load->contact = pg_uuid_of(fields[CONTACT]);
    load->is_opted_out = pg_bool_of(fields[IS_OPTED_OUT]);
    load->is_same_call = pg_bool_of(fields[IS_SAME_CALL]);
    load->last_language = fields[LAST_LANGUAGE];
    load->knows_addresses = pg_bool_of(fields[KNOWS_ADDRESSES]);
    if (fields[ID].data)
        read_session(load, fields);
}

/* They wait in the order in which they asked. */
static struct turn_load *take_overdue(struct store *store)
{
    uint64_t now_ns = clock_monotonic_ns();
    struct turn_load *overdue = store->first_load;
    struct turn_load **end = &overdue;
    while (*end && waited_too_long((*end)->asked_ns, now_ns))
        end = &(*end)->next;
    store->first_load = *end;
    *end = NULL;
    if (!store->first_load)
        store->last_load = NULL;
    return overdue;
}

static void loads_done(void *arg, enum err err, const struct pg_result *rows)
{
    struct load_batch *batch = arg;
    struct store *store = batch->store;
    store->load_is_busy = false;
    /* The batch lives in its own arena, which ends here; the callbacks may already fill the next one. */
    struct load_batch ended = *batch;
    struct turn_load *overdue = is_away(err) ? take_overdue(store) : NULL;
    for (size_t i = 0; i < ended.count; i++) {
        struct turn_load *load = ended.turns[i];
        /* Only now, so that its turn finds it in the processor's cache. */
        if (err == ERR_NONE)
            take_row(load, rows, i);
        load->done(load->arg, err);
    }
    while (overdue) {
        struct turn_load *load = overdue;
        overdue = load->next;
        load->done(load->arg, ERR_UNAVAILABLE);
    }
    arena_free(&ended.arena);
    if (store->first_load)
        loop_check_ask(store->check);
}

static struct load_batch *cut_batch(struct store *store)
{
    struct arena arena = {0};
    struct load_batch *batch = arena_new(&arena, struct load_batch);
    batch->store = store;
    while (store->first_load && batch->count < BATCH_MAX) {
        batch->turns[batch->count++] = store->first_load;
        store->first_load = store->first_load->next;
    }
    if (!store->first_load)
        store->last_load = NULL;
    batch->arena = arena;
    return batch;
}

void store_cut_loads(struct store *store)
{
    if (store->load_is_busy || !store->first_load)
        return;
    struct load_batch *batch = cut_batch(store);
    struct pg_array keys;
    struct pg_array previous_keys;
    struct pg_array session_ids;
    struct pg_array texts[5];
    pg_array_start(&keys, PG_UUID, batch->count, &batch->arena);
    pg_array_start(&previous_keys, PG_UUID, batch->count, &batch->arena);
    pg_array_start(&session_ids, PG_UUID, batch->count, &batch->arena);
    for (size_t i = 0; i < 5; i++)
        pg_array_start(&texts[i], PG_TEXT, batch->count, &batch->arena);
    for (size_t i = 0; i < batch->count; i++) {
        const struct turn_load *load = batch->turns[i];
        pg_array_uuid(&keys, load->message_key);
        pg_array_uuid(&previous_keys, load->previous_key);
        pg_array_uuid(&session_ids, load->session_id);
        pg_array_str(&texts[0], load->brand);
        pg_array_str(&texts[1], load->flow);
        pg_array_str_or_null(&texts[2], load->phone);
        pg_array_str_or_null(&texts[3], load->whatsapp_user);
        pg_array_str_or_null(&texts[4], load->session_key);
    }
    struct pg_param *params = arena_new_array(&batch->arena, struct pg_param, 8);
    params[0] = pg_array_end(&keys);
    for (size_t i = 0; i < 5; i++)
        params[i + 1] = pg_array_end(&texts[i]);
    params[6] = pg_array_end(&previous_keys);
    params[7] = pg_array_end(&session_ids);
    struct pg_query query = {"load_turns", store->load_turns, params, 8};
    store->load_is_busy = true;
    store->counts.load_batches++;
    store->counts.loads += batch->count;
    pg_run(store->load, &query, TURN_DEADLINE_MS, loads_done, batch);
}

void store_load_turn(struct store *store, struct turn_load *load)
{
    load->next = NULL;
    load->asked_ns = loop_now_ns(store->loop);
    if (store->last_load)
        store->last_load->next = load;
    else
        store->first_load = load;
    store->last_load = load;
    loop_check_ask(store->check);
}
