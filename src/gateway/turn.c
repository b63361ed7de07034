/* How does one thing said become durable, and its reply ready? See turn.h for the order of events. */

#include "gateway/turn.h"

#include "base/clock.h"
#include "channels/voice.h"
#include "gateway/caller.h"
#include "gateway/chart_jobs.h"
#include "gateway/chart_link.h"
#include "gateway/input.h"
#include "gateway/outbox.h"
#include "gateway/payload.h"
#include "gateway/spooling.h"
#include "gateway/turn_state.h"
#include "gateway/voice_notes.h"
#include "gateway/web_chat.h"
#include "store/answers.h"
#include "store/places.h"

#include <stdlib.h>
#include <string.h>

/* A turn loses against other workers at most this often before its sender is asked to try again: of fair
 * races against one other worker it loses 10 in a row once in a thousand, 32 never. */
#define CONFLICTS_MAX 32
#define DAY_MS        (24 * 60 * 60 * INT64_C(1000))
/* How long a key opens its session after the last activity. */
#define OPEN_DAYS     7
#define FINISHED_DAYS 30

static void load_turn(struct turn *turn);
static void step(struct turn *turn, const struct findings *findings);

void turn_end(struct turn *turn, struct turn_result *result)
{
    struct gateway *gateway = turn->gateway;
    metric_latency(gateway->metrics, LATENCY_TURN, (clock_monotonic_ns() - turn->began_ns) / 1000);
    if (result->err != ERR_NONE)
        metric_error(gateway->metrics, result->err);
    result->arena = &turn->arena;
    turn->ask.done(turn->ask.arg, result);
    gateway->turns_under_way--;
    struct turn ended = *turn;
    /* The next one's turn may begin, and end, before this returns. */
    person_leave(gateway->people, &turn->place);
    arena_free(&ended.arena);
}

static void end_with(struct turn *turn, enum err err)
{
    struct turn_result result = {.err = err};
    turn_end(turn, &result);
}

/* ---- The commit ---- */

static void hand_over_replies(struct turn *turn, struct turn_result *result)
{
    const struct turn_commit *commit = &turn->commit;
    for (size_t i = 0; i < commit->out_count; i++) {
        const struct turn_out *out = &commit->outs[i];
        struct outbound say = out->mode == OUT_TEXT ? turn->outcome.text_message : turn->outcome.says[i];
        const struct channel_conf *conf =
            out->mode == OUT_TEXT ? text_conf_of(turn->gateway->config, turn->ask.conf) : turn->ask.conf;
        say.id = arena_printf(&turn->arena, "%lld", (long long)out->id);
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

static void turn_committed(void *arg, enum err err)
{
    struct turn *turn = arg;
    struct gateway *gateway = turn->gateway;
    if (err != ERR_NONE && err != ERR_CONFLICT) {
        end_with(turn, err);
        return;
    }
    if (err == ERR_CONFLICT || turn->commit.result != COMMITTED) {
        /* Another worker was faster: look again, at what it left or at what it answered. */
        metric_add(gateway->metrics, METRIC_CONFLICTS, 1);
        if (++turn->conflicts > CONFLICTS_MAX)
            end_with(turn, ERR_CONFLICT);
        else
            load_turn(turn);
        return;
    }
    metric_add(gateway->metrics, METRIC_TURNS, 1);
    gateway->metrics->turns_by_channel[turn->ask.channel]++;
    struct turn_result result = {.answer = turn->answer};
    if (turn->has_outcome) {
        result.flow = turn->flow;
        result.outcome = &turn->outcome;
        if (turn->outcome.kind == TURN_MISSED)
            metric_add(gateway->metrics, METRIC_MISSES, 1);
    }
    hand_over_replies(turn, &result);
    if (turn->has_outcome && turn->outcome.starts_chart)
        chart_jobs_wake(gateway->chart_jobs);
    if (turn->has_outcome && turn->outcome.listens)
        voice_notes_wake(gateway->voice_notes);
    if (turn->ask.channel == CHANNEL_WEB && turn->commit.has_session)
        web_chat_news(gateway->web_chat, turn->commit.session.id);
    turn_end(turn, &result);
}

static void commit_turn(struct turn *turn)
{
    turn_record(turn);
    turn->commit.done = turn_committed;
    turn->commit.arg = turn;
    store_commit_turn(turn->gateway->store, &turn->commit);
}

/* ---- The step ---- */

static void places_found(void *arg, enum err err, const struct findings *findings)
{
    struct turn *turn = arg;
    if (err != ERR_NONE)
        end_with(turn, err);
    else
        step(turn, findings);
}

static void begin_another(struct turn *turn);

static void finish_step(struct turn *turn)
{
    if (turn->ask.answer)
        turn->answer = turn->ask.answer(turn->ask.arg, turn->flow, &turn->outcome, &turn->arena);
    commit_turn(turn);
}

static void link_found(void *arg, enum err err, const struct chart_link *link)
{
    struct turn *turn = arg;
    if (err != ERR_NONE) {
        end_with(turn, err);
        return;
    }
    turn->link = link;
    chart_link_put(turn->gateway->config, link, turn->ask.channel, &turn->outcome, &turn->arena);
    finish_step(turn);
}

static void step(struct turn *turn, const struct findings *findings)
{
    struct gateway *gateway = turn->gateway;
    turn->input.findings = findings;
    /* Should this very input kill the worker, the supervisor finds it named here. */
    memcpy(gateway->metrics->current_input, turn->suspect.bytes, sizeof gateway->metrics->current_input);
    turn->outcome = talk_step(turn->script, turn->flow, &turn->now, &turn->input, &turn->arena);
    memset(gateway->metrics->current_input, 0, sizeof gateway->metrics->current_input);
    if (turn->outcome.wants_places && !findings && turn->outcome.near) {
        store_find_place_near(gateway->store, turn->outcome.near, &turn->arena, places_found, turn);
        return;
    }
    if (turn->outcome.wants_places && !findings) {
        store_find_places(gateway->store, &turn->outcome.places, &turn->arena, places_found, turn);
        return;
    }
    if (turn->outcome.begins) {
        begin_another(turn);
        return;
    }
    turn->has_outcome = true;
    if (chart_link_is_wanted(&turn->outcome))
        store_find_chart_link(gateway->store, turn->outcome.next.id, &turn->arena, link_found, turn);
    else
        finish_step(turn);
}

bool turn_session_is_expired(const struct turn_load *load, int64_t now_ms)
{
    int64_t age_ms = now_ms - load->loaded_at_us / 1000;
    return age_ms > DAY_MS * (session_is_finished(load->session.status) ? FINISHED_DAYS : OPEN_DAYS);
}

static struct str new_key(struct arena *arena)
{
    uint8_t bytes[24];
    random_bytes(bytes, sizeof bytes);
    return base64url_encode(arena, bytes, sizeof bytes);
}

/* Hindi by SMS begins in Latin letters, which every telephone shows. */
static struct str as_written(const struct turn *turn, struct str language)
{
    struct str latin = phrasebook_in_latin(turn->script->phrases, language);
    return turn->ask.channel == CHANNEL_SMS && latin.len ? latin : language;
}

static struct str first_language(const struct turn *turn)
{
    if (turn->ask.language.len)
        return turn->ask.language;
    if (turn->input.caller && turn->load.last_language.len)
        return turn->load.last_language;
    if (turn->ask.conf && turn->ask.conf->language.len)
        return as_written(turn, turn->ask.conf->language);
    return as_written(turn, turn->script->default_language);
}

static struct str flow_name(const struct turn *turn)
{
    if (turn->load.has_conversation)
        return turn->load.session.flow;
    return turn->ask.flow.len ? turn->ask.flow : turn->load.flow;
}

static void begin_session(struct turn *turn)
{
    turn->is_new_session = true;
    turn->now = talk_new_session(turn->flow, turn->ask.channel, first_language(turn),
                                 uuid_ordered(turn->input.now_ms), new_key(&turn->arena), &turn->arena);
}

/* The same input again, in a session that has just begun: nothing is said in it yet. */
static void begin_another(struct turn *turn)
{
    if (!session_is_finished(turn->now.status)) {
        turn->left = turn->now.id;
        turn->left_version = turn->now.version;
    }
    turn->is_new_session = true;
    turn->input.beginning = turn->outcome.begins;
    turn->now = talk_another_session(turn->flow, &turn->outcome.next, turn->outcome.begins, turn->ask.channel,
                                     uuid_ordered(turn->input.now_ms), new_key(&turn->arena), &turn->arena);
    step(turn, NULL);
}

static void continue_session(struct turn *turn)
{
    turn->now = turn->load.session;
    if (!turn->load.has_conversation) {
        turn->now.flow = turn->flow->id;
        turn->now.flow_version = turn->flow->version;
        turn->now.version = 0;
    }
}

static void turn_loaded(void *arg, enum err err)
{
    struct turn *turn = arg;
    struct turn_load *load = &turn->load;
    if (err != ERR_NONE) {
        end_with(turn, err);
        return;
    }
    if (load->is_duplicate) {
        turn_repeat(turn);
        return;
    }
    if (turn_is_set_aside(turn)) {
        /* An API call has nobody to come back for its answer: it is told that this can't be taken. */
        if (!turn->ask.said) {
            end_with(turn, ERR_INVALID);
            return;
        }
        turn->commit.message_key = load->message_key;
        commit_turn(turn);
        return;
    }
    turn->flow = flow_find(turn->script->flows, flow_name(turn));
    if (!turn->flow) {
        end_with(turn, ERR_NOT_FOUND);
        return;
    }
    bool is_named = turn->ask.session_key.len != 0 || !uuid_is_nil(turn->ask.session_id);
    if (is_named && (!load->has_session || turn_session_is_expired(load, turn->input.now_ms))) {
        end_with(turn, ERR_NOT_FOUND);
        return;
    }
    if (turn->ask.version && turn->ask.version != load->session.version) {
        end_with(turn, ERR_CONFLICT);
        return;
    }
    bool begins = !load->has_session;
    /* Who has finished can only be offered another session. */
    bool is_over = !begins && !is_named && !load->is_same_call && session_is_finished(load->session.status);
    if ((begins || is_over) && turn_is_switched_off(turn)) {
        metric_add(turn->gateway->metrics, METRIC_IGNORED, 1);
        if (turn->ask.said)
            commit_turn(turn);
        else
            end_with(turn, ERR_NOT_FOUND);
        return;
    }
    if (turn->ask.said)
        turn_hear(turn);
    else
        turn->input.is_opted_out = load->is_opted_out;
    const struct channel_conf *page = turn->gateway->config->channels[CHANNEL_WEB];
    input_set_region(&turn->input, turn->ask.conf ? turn->ask.conf : page, load->phone, &turn->arena);
    if (begins)
        begin_session(turn);
    else
        continue_session(turn);
    step(turn, NULL);
}

/* ---- The load ---- */

static void load_turn(struct turn *turn)
{
    const struct turn_ask *ask = &turn->ask;
    struct turn_load asked = turn->load;
    turn->load = (struct turn_load){
        .message_key = asked.message_key,
        .previous_key = asked.previous_key,
        .brand = asked.brand,
        .flow = asked.flow,
        .phone = asked.phone,
        .whatsapp_user = asked.whatsapp_user,
        .session_key = ask->session_key,
        .session_id = ask->session_id,
        .arena = &turn->arena,
        .done = turn_loaded,
        .arg = turn,
    };
    turn->is_new_session = false;
    turn->left = (struct uuid){0};
    turn->has_outcome = false;
    turn->answer = (struct str){0};
    store_load_turn(turn->gateway->store, &turn->load);
}

static void put_behind(void *arg)
{
    end_with(arg, ERR_UNAVAILABLE);
}

static void turn_comes(void *arg)
{
    struct turn *turn = arg;
    if (spooling_is_before(turn->gateway, turn->place.lane, &turn->ask))
        spooling_later(turn->gateway->spooling, put_behind, turn);
    else
        load_turn(turn);
}

struct uuid turn_key_of_api(struct str message_id, struct arena *arena)
{
    uint8_t digest[SHA256_BYTES];
    struct uuid key;
    sha256(arena_printf(arena, "api:%.*s", STR_ARG(message_id)), digest);
    memcpy(key.bytes, digest, sizeof key.bytes);
    return key;
}

static struct uuid message_key(const struct turn_ask *ask, struct str message_id, struct arena *arena)
{
    uint8_t digest[SHA256_BYTES];
    struct uuid key;
    if (!ask->said)
        return turn_key_of_api(message_id, arena);
    struct str channel = channel_kind_name(ask->channel);
    sha256(arena_printf(arena, "%.*s:%.*s", STR_ARG(channel), STR_ARG(message_id)), digest);
    memcpy(key.bytes, digest, sizeof key.bytes);
    return key;
}

/* What this input is known by should it kill a worker: an API call without a key of its own by what it says.
 */
static struct uuid suspect_of(const struct turn *turn)
{
    if (turn->ask.body.len == 0)
        return turn->load.message_key;
    uint8_t digest[SHA256_BYTES];
    struct uuid suspect;
    sha256(turn->ask.body, digest);
    memcpy(suspect.bytes, digest, sizeof suspect.bytes);
    return suspect;
}

static int64_t person_lane(struct str brand, struct str phone, struct str whatsapp_user, struct str otherwise)
{
    return lane_of(brand, phone.len ? phone : whatsapp_user.len ? whatsapp_user : otherwise);
}

int64_t turn_lane(const struct channel_conf *conf, const struct inbound *said)
{
    struct arena arena = {0};
    struct str phone = phone_address(said->channel, said->from, &arena);
    int64_t lane = person_lane(conf->brand, phone, said->user_id, said->provider_id);
    arena_free(&arena);
    return lane;
}

static int64_t lane_of_turn(const struct turn *turn)
{
    const struct turn_load *load = &turn->load;
    if (turn->ask.door)
        return turn->ask.door->lane;
    struct str otherwise = turn->ask.session_key.len            ? turn->ask.session_key
                           : turn->ask.channel == CHANNEL_VOICE ? voice_call_of(turn->ask.message_id)
                                                                : turn->ask.message_id;
    return person_lane(load->brand, load->phone, load->whatsapp_user, otherwise);
}

void turn_start(struct gateway *gateway, const struct turn_ask *ask)
{
    struct arena arena = {0};
    struct turn *turn = arena_new(&arena, struct turn);
    turn->gateway = gateway;
    turn->ask = *ask;
    turn->script = gateway->script;
    turn->input = ask->input;
    turn->input.now_ms = clock_now_ms();
    turn->began_ns = clock_monotonic_ns();
    turn->load.message_key = message_key(ask, ask->message_id, &arena);
    turn->suspect = suspect_of(turn);
    turn->load.brand = ask->conf ? ask->conf->brand : STR("default");
    turn->load.flow = ask->conf ? ask->conf->flow : STR("instant_onboarding");
    if (ask->said) {
        turn->load.phone = phone_address(ask->channel, ask->said->from, &arena);
        turn->load.whatsapp_user = ask->said->user_id;
        struct str previous = call_turn_before(ask->said, &arena);
        if (previous.len)
            turn->load.previous_key = message_key(ask, previous, &arena);
    } else if (ask->door && ask->conf) {
        /* Whom it is said to: may they still be written to? */
        struct outbound to = {0};
        recipient_read(&arena, ask->door->recipient, &to);
        turn->load.phone = phone_address(ask->channel, to.to, &arena);
        turn->load.whatsapp_user = to.user_id;
    }
    turn->arena = arena;
    turn->place = (struct place_in_line){.lane = lane_of_turn(turn), .turn_comes = turn_comes, .arg = turn};
    gateway->turns_under_way++;
    person_enter(gateway->people, &turn->place);
}
