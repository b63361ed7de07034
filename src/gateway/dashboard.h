#pragma once

/* The dashboard's page, its script and style: the same for everybody, and nothing secret is in them. What
 * they show comes from /admin/api, which asks who asks. */

#include "gateway/config.h"

struct dashboard;

/* Lives in the arena. */
const struct dashboard *dashboard_load(const struct config *config, struct arena *arena);
