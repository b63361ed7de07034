#pragma once

/* People at the dashboard, as a conversation gets to know of them. Pure. */

#include "gateway/config.h"
#include "talk/talk.h"

/* NULL where nobody answers there (settings: tickets). */
const struct staff *staff_at(const struct config *config, int64_t now_ms, struct arena *arena);
