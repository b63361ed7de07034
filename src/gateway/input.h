#pragma once

/* From the common kind of message to the conversation's input. Pure. */

#include "channels/channel.h"
#include "talk/talk.h"

/* `opted_out` as loaded; `now_ms` when it is handled. */
struct input input_from(const struct channel_conf *conf, const struct inbound *said, bool is_opted_out,
                        bool provider_answers_help, int64_t now_ms, struct arena *arena);

/* Where the person is from: as their number says, else as the channel does. Without a number (a web chat, the
 * API) the channel's region is a guess, unless the settings name it. `conf` may be NULL, `phone` empty. */
void input_set_region(struct input *input, const struct channel_conf *conf, struct str phone,
                      struct arena *arena);

/* A phone address as contacts are known by, whichever channel wrote it: "+" and digits; it may be `from`
 * itself. Empty for what is none. */
struct str phone_address(enum channel_kind channel, struct str from, struct arena *arena);
/* May who wrote by it be written to later, unasked? Nobody is called, and a page may be closed. */
bool channel_can_remind(enum channel_kind channel);
