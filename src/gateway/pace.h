#pragma once

/* How often may one person be written to? WhatsApp lets a number say one thing in six seconds to each person,
 * with a burst of 45 that is paid back (providers' documentation, "Per user pair"). Kept for the people
 * written to last; who is forgotten begins with a full burst, and the provider's own throttle then has the
 * word. */

#include "base/str.h"

struct pace;

struct pace *pace_new(void);
void pace_free(struct pace *pace);
/* 0 when it may be sent now; else how long to wait, ms. */
int64_t pace_take(struct pace *pace, struct str recipient, uint64_t now_ns);
