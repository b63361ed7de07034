#pragma once

/* After the start, and after every time in which we could take nothing: fetches the texts that came meanwhile
 * from Twilio's list, since Twilio itself doesn't bring them again. */

#include "gateway/gateway.h"

struct catch_up;

struct catch_up *catch_up_new(struct gateway *gateway);
void catch_up_drain(struct catch_up *catch_up); /* takes nothing new */
bool catch_up_is_busy(const struct catch_up *catch_up);
void catch_up_free(struct catch_up *catch_up); /* NULL is fine */
