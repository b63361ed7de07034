#pragma once

/* Filling a struct batch: what every channel's parse does with the items it found. */

#include "channels/channel.h"

/* Adds an item; the batch's arrays grow inside the arena. */
void batch_add_message(struct batch *batch, struct arena *arena, const struct inbound *message);
void batch_add_receipt(struct batch *batch, struct arena *arena, const struct receipt *receipt);
/* Both texts are kept as they are: constants, or texts of the arena. */
void batch_ignore(struct batch *batch, struct arena *arena, struct str what, struct str why);

/* What somebody wrote: valid UTF-8 without NUL, at most INBOUND_TEXT_BYTES, cut at a character. */
struct str inbound_text(struct arena *arena, struct str raw);
/* The same for a short value that names something (an id, a number, a profile name): at most
 * INBOUND_NAME_BYTES. */
#define INBOUND_NAME_BYTES 512
struct str inbound_name(struct arena *arena, struct str raw);
