#pragma once

/* The addresses of a chart's pages, and how they get into what is said. */

#include "gateway/config.h"
#include "store/charts.h"
#include "talk/talk.h"

/* PUBLIC_URL/chart/PROFILE?t=TOKEN; `suffix` is "", ".png" or ".svg". */
struct str chart_url(const struct config *config, struct uuid profile, struct str token, const char *suffix,
                     struct arena *arena);
#define CHART_SHORT_PATH "/c/"
/* What follows CHART_SHORT_PATH; false: nothing of ours. */
bool chart_short_read(struct str rest, struct uuid *profile, struct str *token, struct arena *arena);

bool chart_link_is_wanted(const struct outcome *outcome);
/* Fills links and pictures in, as the channel of each message has room for. */
void chart_link_put(const struct config *config, const struct chart_link *link, enum channel_kind channel,
                    struct outcome *outcome, struct arena *arena);
