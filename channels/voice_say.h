#pragma once

/* The documents that a call hears. */

#include "channels/channel.h"

/* The turn is not committed yet: a pause, then the same turn is asked for again as that round. It
 * acknowledges nothing. `language` may be empty. */
void voice_hold(const struct channel_conf *conf, int64_t turn, int round, struct str language,
                struct arena *arena, struct http_response *out);

/* As channel.reply. The last message is the question: it is asked inside a Gather that fits its input hint;
 * one that expects no answer ends the call. */
void voice_reply(const struct channel_conf *conf, const struct outbound *say, size_t count,
                 struct arena *arena, struct replied *out);
