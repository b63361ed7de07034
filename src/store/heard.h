#pragma once

/* Until when every text was heard, for all nodes; and which of them looks for what was not. */

#include "store/store.h"

/* Takes the task for at most `lease_s`, unless another node has it; or renews the lease that was given before
 * (0: none). `lease` is 0 when it is not ours, `heard_ms` when nothing was ever noted. */
void store_claim_heard(struct store *store, int lease_s, int64_t lease,
                       void (*done)(void *arg, enum err err, int64_t lease, int64_t heard_ms), void *arg);
/* Everything until then was heard; gives the task back if it is ours. */
void store_note_heard(struct store *store, int64_t until_ms, bool is_ours,
                      void (*done)(void *arg, enum err err), void *arg);
