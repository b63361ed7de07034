#pragma once

/* What frontdesk-chart calls the signs and nakshatras, and which phrases a chart needs. Inside src/talk only.
 */

#include "base/arena.h"

#define CHART_SIGN_KEYS      12
#define CHART_NAKSHATRA_KEYS 27

extern const char *const chart_sign_keys[CHART_SIGN_KEYS];
extern const char *const chart_nakshatra_keys[CHART_NAKSHATRA_KEYS];

/* The name of each phrase in turn, from 0; NULL after the last. */
const char *chart_phrase(size_t index, struct arena *arena);
