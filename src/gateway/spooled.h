#pragma once

/* An authentic webhook as the text that waits in the spool, and back. Pure. */

#include "gateway/config.h"

struct spooled {
    int64_t at_ms; /* when it came */
    enum channel_kind kind;
    struct str conf_id;          /* of the setting whose secret fitted; secrets may change meanwhile */
    struct http_request request; /* what parsing needs: method, url, path, query, Content-Type, body */
};

struct str spooled_print(const struct spooled *spooled, struct arena *arena);
/* Texts point into `text`. False: this is none. */
bool spooled_read(struct str text, struct arena *arena, struct spooled *out);
