#pragma once

/* What may somebody who looks for a session have typed? Each text is empty where it can't be that. */

#include "base/arena.h"

#define SESSION_KEY_BYTES_MIN 22

struct session_search {
    struct str id;
    struct str key;                  /* an id may be somebody's key, too */
    struct str phone;                /* whole, E.164 */
    struct str mask_start, mask_end; /* of an address as mask_address shows it: both or none */
};

/* False: it is none of these. An address is found whole or by its mask only: by any piece, it could be
 * guessed piece by piece. */
bool session_search_read(struct str typed, struct arena *arena, struct session_search *out);
