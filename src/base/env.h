#pragma once

/* Values from the environment: NAME, or the content of the file that NAME_FILE names (for secrets). */

#include "base/arena.h"

/* Empty when neither is set. A file's last line feed is dropped; a file that can't be read gives the empty
 * text. */
struct str env_get(struct arena *arena, const char *name);

/* Fills every ${NAME} and ${NAME:-default} of `text`. A ${NAME} that is not set gives the empty text. `$${`
 * is a literal `${`. False when a ${ is not closed or the name is not one. */
bool env_expand(struct arena *arena, struct str text, struct str *out);
