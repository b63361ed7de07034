#pragma once

/* What the pages of a chart look like: its owner's, the shared one, and the one for a link that opens
 * nothing. Pure: a document from what is known. Readable without JavaScript; nothing is fetched from
 * elsewhere. */

#include "gateway/config.h"
#include "store/charts.h"
#include "talk/telling.h"

struct chart_page {
    const struct config *config;
    struct telling telling;
    const struct chart_record *record; /* NULL: there is none to show */
    bool is_owner;                     /* else it was opened by the shared link */
    bool is_unavailable;               /* of no record: it can't be looked up just now */
};

struct str chart_page_html(const struct chart_page *page);
/* The Content-Security-Policy that it needs. */
struct str chart_page_policy(struct arena *arena);

/* "Asha's birth chart". */
struct str chart_title(const struct telling *telling, const struct chart_record *record);
struct str chart_birth_date(const struct telling *telling, const struct chart_record *record);
struct str chart_birth_time(const struct telling *telling, const struct chart_record *record);
struct str chart_birth_place(const struct chart_record *record);

/* ---- Inside the page's own files ---- */

struct page_writing {
    const struct chart_page *page;
    struct arena *arena;
    struct buf out;
};

void page_put(struct page_writing *writing, struct str html);
void page_put_text(struct page_writing *writing, struct str text);
void page_put_words(struct page_writing *writing, const char *name);
/* Planets, periods and aspects. */
void page_put_tables(struct page_writing *writing);
/* The share link, and what its owner may do with it. */
void page_put_sharing(struct page_writing *writing);

struct str page_style(void);
struct str page_program(void);
