#pragma once

/* What the plain HTML chat shows: `/chat`, the conversation without JavaScript. Pure: a page from what is
 * known.
 *
 * The session's key is in a form field and nowhere else: not in an address, a cookie or a log. */

#include "store/transcripts.h"
#include "talk/phrase.h"

struct chat_page {
    const struct phrasebook *phrases;
    struct str language;
    struct str notice; /* shown first; may be empty */
    struct str key;    /* empty: nobody began yet */
    enum session_status status;
    const struct transcript_row *rows;
    size_t row_count;
    struct str draft;    /* what was typed and not taken; may be empty */
    struct str draft_id; /* the id that it goes by; empty: a new one */
};

/* The whole document. */
struct str chat_page_html(const struct chat_page *page, struct arena *arena);
/* The Content-Security-Policy that it needs: its own style, its own pictures, forms to itself, nothing else.
 */
struct str chat_page_policy(struct arena *arena);
