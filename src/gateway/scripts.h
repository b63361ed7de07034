#pragma once

/* The flows and words that a worker speaks by, and the pages that are made of them: loaded at its start, and
 * anew at SIGHUP. A turn under way keeps those it began with. */

#include "gateway/gateway.h"

struct scripts;

/* Sets `script` and `site` of the gateway: to the newest files' or, as long as these can't be used, to
 * `reserve` (not owned). */
struct scripts *scripts_new(struct gateway *gateway, const struct script *reserve);
/* Loads the files anew. False: they have mistakes, which are logged at `level` and stand in the gateway's
 * script_problem; what was in use stays. */
bool scripts_load(struct scripts *scripts, enum log_level level);
/* Frees those that were replaced at least `kept_ns` ago: longer than anything takes that began with them.
 * Gives how many are left. */
size_t scripts_free_outdated(struct scripts *scripts, uint64_t kept_ns);
void scripts_free(struct scripts *scripts); /* when nobody speaks any more */
