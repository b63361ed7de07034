#pragma once

/* Who is on the telephone, as the conversation gets to know it, and by which of our numbers they can be
 * texted. Pure. */

#include "gateway/config.h"
#include "store/store.h"
#include "talk/talk.h"

/* `conf` is the voice number that was called, `load` what is known of the caller. */
const struct caller *caller_of(const struct config *config, const struct channel_conf *conf,
                               const struct inbound *said, const struct turn_load *load, struct arena *arena);

/* Who says it: the brand's number, or the call where that is withheld; empty where neither is known. */
struct str speaker_of(struct str brand, struct str phone, const struct inbound *said, struct arena *arena);

/* The SMS number of the same brand, at best the very one that was called; NULL: there is none. */
const struct channel_conf *text_conf_of(const struct config *config, const struct channel_conf *voice);
/* What its outbox rows name. */
struct str text_account_of(const struct channel_conf *conf, const struct inbound *said);

/* "CallSid:3" for an input of turn 4; empty for a call's first and for what is no call. */
struct str call_turn_before(const struct inbound *said, struct arena *arena);
/* "CallSid:turn" */
struct str call_turn_name(const struct inbound *said, int64_t turn, struct arena *arena);
