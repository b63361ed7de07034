#pragma once

/* How the command line shows anything that somebody else wrote. */

#include "base/arena.h"

/* Safe on a terminal: control characters and those that turn the direction of writing are U+FFFD; line feeds
 * stay. */
struct str terminal_text(struct str text, struct arena *arena);
