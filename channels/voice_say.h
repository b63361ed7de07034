#pragma once

/* The documents that a call hears. */

#include "channels/channel.h"

/* As channel.reply. The last message is the question: it is asked inside a Gather that fits its input hint;
 * one that expects no answer ends the call. */
void voice_reply(const struct channel_conf *conf, const struct outbound *say, size_t count,
                 struct arena *arena, struct replied *out);
