#pragma once

/* Sessions as rows of a file: for `frontdesk sessions export` and the dashboard alike. A row is an element of
 * what sql/queries/sessions_page.sql gave; masked unless `reveals`. */

#include "base/json.h"
#include "talk/flow.h"

#define SESSION_ANSWERS_MAX 64

/* The answers that get a column of their own; all others share the last one. */
struct session_sheet {
    struct str answers[SESSION_ANSWERS_MAX];
    size_t count;
};

/* Every step of every flow, and what a place brings along. Its texts are the flows'. */
void session_sheet_read(const struct flow *flows, struct session_sheet *out);

/* CSV, see csv.h. */
void session_sheet_put_header(struct buf *out, const struct session_sheet *sheet);
void session_row_put_csv(struct buf *out, const struct json *row, const struct session_sheet *sheet,
                         bool reveals);
/* A line of JSON. */
void session_row_put_jsonl(struct buf *out, const struct json *row, bool reveals);
