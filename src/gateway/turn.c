/* How does one thing said become durable, and its reply ready? See turn.h for the order of events. */

#include "gateway/turn.h"

#include "base/clock.h"
#include "gateway/caller.h"
#include "gateway/chart_jobs.h"
#include "gateway/chart_link.h"
#include "gateway/input.h"
#include "gateway/outbox.h"
#include "gateway/payload.h"
#include "gateway/turn_state.h"
#include "gateway/voice_notes.h"
#include "gateway/web_chat.h"
#include "store/places.h"

#include <string.h>

/* A turn loses against other workers at most this often before its sender is asked to try again: of fair
 * races against one other worker it loses 10 in a row once in a thousand, 32 never. */
#define CONFLICTS_MAX 32

static void step(struct turn *turn, const struct findings *findings);
static void take_again(struct turn *turn);

void turn_end(struct turn *turn, struct turn_result *result)
{
    struct gateway *gateway = turn->gateway;
    metric_latency(gateway->metrics, LATENCY_TURN, (clock_monotonic_ns() - turn->began_ns) / 1000);
    if (result->err != ERR_NONE)
        metric_error(gateway->metrics, result->err);
    result->arena = &turn->arena;
    turn->ask.done(turn->ask.arg, result);
    gateway->turns_under_way--;
    struct arena arena = turn->arena; /* the turn lives in it */
    /* The next one's turn may begin, and end, before this returns. */
    person_leave(gateway->people, &turn->place);
    arena_free(&arena);
}

void turn_fail(struct turn *turn, enum err err)
{
    struct turn_result result = {.err = err};
    turn_end(turn, &result);
}

/* ---- The commit ---- */

static void hand_over_replies(struct turn *turn, struct turn_result *result)
{
    const struct turn_commit *commit = turn->commit;
    for (size_t i = 0; i < commit->out_count; i++) {
        const struct turn_out *out = &commit->outs[i];
        struct outbound say = out->mode == OUT_TEXT ? turn->outcome->text_message : turn->outcome->says[i];
        const struct channel_conf *conf =
            out->mode == OUT_TEXT ? text_conf_of(turn->gateway->config, turn->ask.conf) : turn->ask.conf;
        say.id = arena_number(&turn->arena, out->id);
        if (turn->ask.said) {
            say.to = turn->ask.said->from;
            say.user_id = turn->ask.said->user_id;
            say.from = out->account;
        } else if (turn->ask.door) {
            recipient_read(&turn->arena, out->recipient, &say);
            say.from = out->account;
        }
        if (out->mode == OUT_REPLY && out->is_leased)
            result->says[result->say_count++] = say;
        else if (out->mode != OUT_SAID && out->is_leased)
            outbox_send(turn->gateway->outbox, conf, &say);
        else if (out->mode != OUT_SAID)
            outbox_wake(turn->gateway->outbox);
    }
}

static void count_turn(const struct turn *turn)
{
    struct metrics_slot *metrics = turn->gateway->metrics;
    enum channel_kind channel = turn->ask.channel;
    metric_add(metrics, METRIC_TURNS, 1);
    metrics->turns_by_channel[channel]++;
    for (size_t i = 0; i < turn->commit->out_count; i++)
        metrics->said_by_channel[turn->commit->outs[i].mode == OUT_TEXT ? CHANNEL_SMS : channel]++;
}

static void turn_committed(void *arg, enum err err)
{
    struct turn *turn = arg;
    struct gateway *gateway = turn->gateway;
    if (err != ERR_NONE && err != ERR_CONFLICT) {
        turn_fail(turn, err);
        return;
    }
    if (err == ERR_CONFLICT || turn->commit->result != COMMITTED) {
        /* Another worker was faster: look again, at what it left or at what it answered. */
        metric_add(gateway->metrics, METRIC_CONFLICTS, 1);
        if (++turn->conflicts > CONFLICTS_MAX)
            turn_fail(turn, ERR_CONFLICT);
        else
            take_again(turn);
        return;
    }
    count_turn(turn);
    struct outbound says[TURN_OUTS_MAX];
    struct turn_result result = {.answer = turn->answer, .says = says};
    if (turn->has_outcome) {
        result.flow = turn->flow;
        result.outcome = turn->outcome;
        if (turn->outcome->kind == TURN_MISSED)
            metric_add(gateway->metrics, METRIC_MISSES, 1);
    }
    hand_over_replies(turn, &result);
    if (turn->has_outcome && turn->outcome->starts_chart)
        chart_jobs_wake(gateway->chart_jobs);
    if (turn->has_outcome && turn->outcome->listens)
        voice_notes_wake(gateway->voice_notes);
    if (turn->ask.channel == CHANNEL_WEB && turn->commit->has_session)
        web_chat_news(gateway->web_chat, turn->commit->session.id);
    turn_end(turn, &result);
}

static void commit_turn(struct turn *turn)
{
    turn_record(turn);
    turn->commit->done = turn_committed;
    turn->commit->arg = turn;
    store_commit_turn(turn->gateway->store, turn->commit);
}

/* ---- The step ---- */

static void places_found(void *arg, enum err err, const struct findings *findings)
{
    struct turn *turn = arg;
    if (err != ERR_NONE)
        turn_fail(turn, err);
    else
        step(turn, findings);
}

static void finish_step(struct turn *turn)
{
    if (turn->ask.answer)
        turn->answer = turn->ask.answer(turn->ask.arg, turn->flow, turn->outcome, &turn->arena);
    commit_turn(turn);
}

static void link_found(void *arg, enum err err, const struct chart_link *link)
{
    struct turn *turn = arg;
    if (err != ERR_NONE) {
        turn_fail(turn, err);
        return;
    }
    turn->link = link;
    chart_link_put(turn->gateway->config, link, turn->ask.channel, turn->outcome, &turn->arena);
    finish_step(turn);
}

static void step(struct turn *turn, const struct findings *findings)
{
    struct gateway *gateway = turn->gateway;
    turn->input.findings = findings;
    /* Should this very input kill the worker, the supervisor finds it named here. */
    memcpy(gateway->metrics->current_input, turn->suspect.bytes, sizeof gateway->metrics->current_input);
    turn->outcome = arena_take(&turn->arena, sizeof *turn->outcome);
    talk_step(turn->script, turn->flow, &turn->now, &turn->input, &turn->arena, turn->outcome);
    memset(gateway->metrics->current_input, 0, sizeof gateway->metrics->current_input);
    if (turn->outcome->wants_places && !findings && turn->outcome->near) {
        store_find_place_near(gateway->store, turn->outcome->near, &turn->arena, places_found, turn);
        return;
    }
    if (turn->outcome->wants_places && !findings) {
        store_find_places(gateway->store, turn->outcome->places, &turn->arena, places_found, turn);
        return;
    }
    if (turn->outcome->begins) {
        turn_begin_another(turn);
        step(turn, NULL);
        return;
    }
    turn->has_outcome = true;
    if (chart_link_is_wanted(turn->outcome))
        store_find_chart_link(gateway->store, turn->outcome->next.id, &turn->arena, link_found, turn);
    else
        finish_step(turn);
}

/* It is recorded and nothing is said. An API call has nobody to come back for its answer: it is told that
 * this can't be taken. */
static void set_aside(struct turn *turn, enum err told)
{
    if (turn->ask.said)
        commit_turn(turn);
    else
        turn_fail(turn, told);
}

static void converse(struct turn *turn)
{
    const struct channel_conf *page = turn->gateway->config->channels[CHANNEL_WEB];
    if (turn->ask.said)
        turn_hear(turn);
    else
        turn->input.is_opted_out = turn->load.is_opted_out;
    input_set_region(&turn->input, turn->ask.conf ? turn->ask.conf : page, turn->load.phone, &turn->arena);
    if (turn->load.has_session)
        turn_continue_session(turn);
    else
        turn_begin_session(turn);
    step(turn, NULL);
}

static void turn_loaded(void *arg, enum err err)
{
    struct turn *turn = arg;
    if (err != ERR_NONE) {
        turn_fail(turn, err);
        return;
    }
    if (turn->load.is_duplicate) {
        turn_repeat(turn);
        return;
    }
    if (turn_is_set_aside(turn)) {
        set_aside(turn, ERR_INVALID);
        return;
    }
    err = turn_find_flow(turn);
    if (err != ERR_NONE) {
        turn_fail(turn, err);
        return;
    }
    if (turn_wants_new_session(turn) && turn_is_switched_off(turn)) {
        metric_add(turn->gateway->metrics, METRIC_IGNORED, 1);
        set_aside(turn, ERR_NOT_FOUND);
        return;
    }
    converse(turn);
}

/* ---- The load ---- */

void turn_look_up(struct turn *turn)
{
    struct turn_load *load = &turn->load;
    load->session_key = turn->ask.session_key;
    load->session_id = turn->ask.session_id;
    load->arena = &turn->arena;
    load->done = turn_loaded;
    load->arg = turn;
    store_load_turn(turn->gateway->store, load);
}

/* Nothing that was found or decided counts any more. */
static void take_again(struct turn *turn)
{
    struct turn_load asked = turn->load;
    turn->load = (struct turn_load){
        .message_key = asked.message_key,
        .previous_key = asked.previous_key,
        .brand = asked.brand,
        .flow = asked.flow,
        .phone = asked.phone,
        .whatsapp_user = asked.whatsapp_user,
    };
    turn->is_new_session = false;
    turn->left = (struct uuid){0};
    turn->has_outcome = false;
    turn->answer = (struct str){0};
    turn_look_up(turn);
}
