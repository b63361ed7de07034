#pragma once

/* Charts that were made: who may look at them, and what became of them. */

#include "store/store.h"

/* The tokens that open a chart's pages; see sql/migrations/0009_chart_pages.sql. */
struct chart_link {
    struct uuid profile;
    struct str owner_token;
    struct str shared_token; /* empty: it is not shared */
};

/* The link of a session's chart, known before there is a chart. In `arena`; on an error NULL. */
void store_find_chart_link(struct store *store, struct uuid session, struct arena *arena,
                           void (*done)(void *arg, enum err err, const struct chart_link *link), void *arg);

struct chart_record {
    struct chart_link link;
    struct uuid session;
    bool shows_birth; /* the shared page does */
    struct str language;
    struct str flow;          /* may be empty */
    const struct json *data;  /* collected_data; NULL when it can't be read */
    const struct json *chart; /* as frontdesk-chart gave it; NULL when it can't be read */
    int64_t made_at_us;
};

/* In `arena`. No such chart: ERR_NOT_FOUND. */
void store_open_chart(struct store *store, struct uuid profile, struct arena *arena,
                      void (*done)(void *arg, enum err err, const struct chart_record *record), void *arg);

/* renew_owner, renew_shared, revoke_shared, show_birth or hide_birth. Gives the owner's token that holds
 * from now on, in `arena`; ERR_NOT_FOUND: the one given opens nothing. */
void store_change_chart_link(struct store *store, struct uuid profile, struct str owner_token,
                             struct str wish, struct arena *arena,
                             void (*done)(void *arg, enum err err, struct str owner_token), void *arg);

enum chart_mark { CHART_VIEWED, CHART_SHARED, CHART_CONVERTED };
/* Of a profile, or of a session's where that is nil. ERR_NOT_FOUND: there is none. */
void store_mark_chart(struct store *store, struct uuid profile, struct uuid session, enum chart_mark mark,
                      struct arena *arena, void (*done)(void *arg, enum err err), void *arg);
