#pragma once

/* Which phrases a chart needs: for the check before the start. Inside src/talk only. */

#include "base/arena.h"

/* The name of each in turn, from 0; NULL after the last. */
const char *chart_phrase(size_t index, struct arena *arena);
