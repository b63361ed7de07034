#pragma once

/* Do the settings and the flows fit together? */

#include "gateway/config.h"
#include "talk/talk.h"

/* Every channel's flow must exist, its language must have phrases, the URLs of PostgreSQL and Redis must be
 * such. */
void config_check(const struct config *config, const struct script *script, struct problems *problems);

/* Loads the flows and words that the settings name, and checks all of it. NULL when problems were added. */
const struct script *config_load_script(const struct config *config, struct arena *arena,
                                        struct problems *problems);
