#pragma once

/* Binds the port once, keeps N workers alive behind it, and takes them down together. */

#include "gateway/config.h"
#include "gateway/reference.h"
#include "talk/talk.h"

/* To be called first: a SIGHUP that comes while the settings are still read waits, instead of ending it all.
 */
void supervisor_await_reloads(void);

/* Runs until SIGTERM or SIGINT. `script` is what a worker falls back on when it starts later and the files
 * have been spoilt meanwhile. Exit status: 0 after a clean stop, 1 when the port can't be had, 2 when a first
 * worker found the configuration unusable. `config` learns which port it is. */
int supervisor_run(struct config *config, const struct script *script, const struct reference *reference,
                   struct arena *arena);
