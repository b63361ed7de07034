#pragma once

/* Telephone calls through Twilio Programmable Voice.
 *
 * A call's conversation goes turn by turn: every question carries the number of the turn that its answer will
 * be in its action URL (?turn=4), so an input's provider_id is "CallSid:4" and a repeated request is
 * recognised. The call's beginning is turn 0. The turn to ask for follows from outbound.reply_to, the
 * provider_id of the input that is being answered. */

#include "channels/channel.h"

extern const struct channel channel_voice;

/* The CallSid of an input's provider_id: what keeps anonymous callers apart. */
struct str voice_call_of(struct str provider_id);
/* Its turn; 0 where there is none. */
int64_t voice_turn_of(struct str provider_id);
