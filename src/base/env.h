#pragma once

/* Values from the environment: NAME, or the content of the file that NAME_FILE names (for secrets). */

#include "base/arena.h"

/* Fills every ${NAME} and ${NAME:-default} of `text`. A ${NAME} that is not set gives the empty text; of a
 * file the last line feed is dropped. `$${` is a literal `${`. False with a constant reason when a ${ is not
 * closed or holds no name, or a file can't be read: a secret that is missing must never look like one that
 * was never wanted. */
bool env_expand(struct arena *arena, struct str text, struct str *out, const char **why);
