#pragma once

/* What a browser gets of us that is the same for everybody: the front page, the widget's script, the
 * simulator's page. */

#include "gateway/config.h"
#include "talk/phrase.h"

struct site;

/* Made anew with every loading of the words, since they are in the script. Lives in the arena. */
const struct site *site_new(const struct config *config, const struct phrasebook *phrases,
                            struct arena *arena);
