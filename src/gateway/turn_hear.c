/* What comes before the conversation hears a message: is it for the conversation at all, who says it, and
 * what may be said to them? */

#include "base/clock.h"
#include "gateway/caller.h"
#include "gateway/input.h"
#include "gateway/staff.h"
#include "gateway/turn_state.h"
#include "gateway/voice_notes.h"

/* A message older than this is acknowledged and ignored: its redeliveries can no longer be told from news. */
#define TOO_OLD_DAYS 7

bool turn_is_switched_off(const struct turn *turn)
{
    return str_eq(turn->flow->id, STR("instant_onboarding")) && !turn->gateway->config->instant_onboarding;
}

static bool is_too_old(const struct turn *turn)
{
    const struct inbound *said = turn->ask.said;
    return said && said->at_ms && turn->input.now_ms - said->at_ms > TOO_OLD_DAYS * DAY_MS;
}

bool turn_is_set_aside(struct turn *turn)
{
    struct gateway *gateway = turn->gateway;
    if (shared_is_poison(gateway->shared, turn->suspect.bytes)) {
        log_event(LOG_ERROR, "an input on which workers died is set aside",
                  log_str("channel", channel_kind_name(turn->ask.channel)));
        metric_add(gateway->metrics, METRIC_POISON, 1);
        turn->is_poison = true;
        return true;
    }
    /* News about a number is for the record of the person, not for the conversation. */
    if (turn->ask.said && turn->ask.said->kind == INBOUND_SYSTEM)
        return true;
    if (is_too_old(turn) || (turn->ask.said && turn->ask.said->is_unanswerable)) {
        metric_add(gateway->metrics, METRIC_IGNORED, 1);
        return true;
    }
    return false;
}

void turn_hear(struct turn *turn)
{
    const struct turn_load *load = &turn->load;
    const struct inbound *said = turn->ask.said;
    turn->input =
        input_from(turn->ask.conf, said, load->is_opted_out, turn->gateway->config->outbox.sms_provider_help,
                   turn->input.now_ms, &turn->arena);
    turn->input.staff = staff_at(turn->gateway->config, turn->input.now_ms, &turn->arena);
    turn->input.is_recording = voice_note_is(turn->gateway, said);
    turn->input.is_unheard = said->is_unheard;
    turn->input.speaker = speaker_of(load->brand, load->phone, said, &turn->arena);
    /* A flow that is switched off takes no new session, so nobody is offered one. */
    bool has_address = load->phone.len || load->whatsapp_user.len;
    if (has_address && !turn_is_switched_off(turn)) {
        turn->input.door = channel_kind_name(turn->ask.channel);
        turn->input.can_remind = channel_can_remind(turn->ask.channel);
    }
    if (turn->ask.channel == CHANNEL_VOICE)
        turn->input.caller = caller_of(turn->gateway->config, turn->ask.conf, said, load, &turn->arena);
}
