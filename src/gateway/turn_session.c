/* In which session is it said: in one that goes on, or in one that begins? */

#include "base/clock.h"
#include "base/digest.h"
#include "base/encoding.h"
#include "gateway/turn_state.h"

/* How long a key opens its session after the last activity. */
#define OTHER_DAYS     7
#define COMPLETED_DAYS 30

bool turn_session_is_expired(const struct turn_load *load, int64_t now_ms)
{
    int64_t age_ms = now_ms - load->loaded_at_us / 1000;
    return age_ms > DAY_MS * (load->session.status == SESSION_COMPLETED ? COMPLETED_DAYS : OTHER_DAYS);
}

/* By a session's key or id, not by an address. */
static bool is_named(const struct turn *turn)
{
    return turn->ask.session_key.len != 0 || !uuid_is_nil(turn->ask.session_id);
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

void turn_begin_session(struct turn *turn)
{
    turn->is_new_session = true;
    turn->now = talk_new_session(turn->flow, turn->ask.channel, first_language(turn),
                                 uuid_ordered(turn->input.now_ms), new_key(&turn->arena), &turn->arena);
}

void turn_begin_another(struct turn *turn)
{
    if (!session_is_finished(turn->now.status)) {
        turn->left = turn->now.id;
        turn->left_version = turn->now.version;
    }
    turn->is_new_session = true;
    turn->input.beginning = turn->outcome->begins;
    turn->now =
        talk_another_session(turn->flow, &turn->outcome->next, turn->outcome->begins, turn->ask.channel,
                             uuid_ordered(turn->input.now_ms), new_key(&turn->arena), &turn->arena);
}

void turn_continue_session(struct turn *turn)
{
    turn->now = turn->load.session;
    if (!turn->load.has_conversation) {
        turn->now.flow = turn->flow->id;
        turn->now.flow_version = turn->flow->version;
        turn->now.version = 0;
    }
}

enum err turn_find_flow(struct turn *turn)
{
    const struct turn_load *load = &turn->load;
    turn->flow = flow_find(turn->script->flows, flow_name(turn));
    if (!turn->flow)
        return ERR_NOT_FOUND;
    if (is_named(turn) && (!load->has_session || turn_session_is_expired(load, turn->input.now_ms)))
        return ERR_NOT_FOUND;
    if (turn->ask.version && turn->ask.version != load->session.version)
        return ERR_CONFLICT;
    return ERR_NONE;
}

bool turn_wants_new_session(const struct turn *turn)
{
    const struct turn_load *load = &turn->load;
    bool is_over = !is_named(turn) && !load->is_same_call && session_is_finished(load->session.status);
    return !load->has_session || is_over;
}
