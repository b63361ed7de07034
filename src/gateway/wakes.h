#pragma once

/* Looks at sessions that have been silent for long enough: each is a turn in which nobody said anything. */

#include "gateway/gateway.h"

struct wakes;

struct wakes *wakes_new(struct gateway *gateway);
void wakes_drain(struct wakes *wakes); /* takes nothing new */
/* Wakes until their turns have ended, and the claim of more. */
size_t wakes_under_way(const struct wakes *wakes);
void wakes_free(struct wakes *wakes);
