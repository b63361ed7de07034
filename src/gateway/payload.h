#pragma once

/* Messages as they are stored: JSON of what was said and what is to be said. */

#include "base/json.h"
#include "message.h"

struct str said_print(struct arena *arena, const struct inbound *said);
struct str payload_print(struct arena *arena, const struct outbound *say);
/* The reverse; addresses stay empty, and so does the id unless it was added. False when it is not one of
 * ours. */
bool payload_read(struct arena *arena, struct str payload, struct outbound *out);
/* {"to":…,"user_id":…} */
struct str recipient_print(struct arena *arena, struct str to, struct str user_id);
void recipient_read(struct arena *arena, struct str recipient, struct outbound *out);
/* Deep copies: what a webhook's arena holds must outlive it. */
struct outbound outbound_copy(struct arena *arena, const struct outbound *say);
