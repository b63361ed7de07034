/* frontdesk sessions export: every session as a row, page by page: memory holds one page, however many there
 * are. One read-only transaction shows all pages the same moment. */

#include "cli/sessions.h"
#include "gateway/session_rows.h"

#include <stdio.h>

#define PAGE_ROWS 500
#define STR_OF(n) #n
#define ROWS(n)   STR_OF(n)

/* Every step of every flow, and what a place brings along. */
static bool read_sheet(const struct config *config, struct arena *arena, struct session_sheet *out)
{
    struct problems problems = {.arena = arena};
    const struct flow *flows = flows_load(arena_cstring(arena, config->flows_dir), arena, &problems);
    if (flows)
        session_sheet_read(flows, out);
    else
        fprintf(stderr, "%.*s", STR_ARG(problems_text(&problems, arena)));
    return flows != NULL;
}

/* Where the next page begins. */
struct cursor {
    char at[64];
    char id[64];
};

static void move_cursor(struct cursor *cursor, const struct json *row)
{
    snprintf(cursor->at, sizeof cursor->at, "%.*s", STR_ARG(json_text(json_get(row, "created_at"))));
    snprintf(cursor->id, sizeof cursor->id, "%.*s", STR_ARG(json_text(json_get(row, "id"))));
}

static bool is_written(const struct buf *out)
{
    return out->len == 0 || fwrite(out->data, 1, out->len, stdout) == out->len;
}

/* Writes the page behind the cursor and moves it; *rows is how many there were. */
static bool export_page(const struct sessions_desk *desk, const struct sessions_wish *wish,
                        const struct session_sheet *sheet, struct cursor *cursor, struct arena *arena,
                        size_t *rows)
{
    const struct json *page;
    struct buf out = {.arena = arena};
    const char *params[] = {wish->status, wish->channel, wish->flow,     wish->since,
                            cursor->at,   cursor->id,    ROWS(PAGE_ROWS)};
    if (!sessions_ask(desk, "sessions_page", params, 7, arena, &page))
        return false;
    *rows = json_count(page);
    for (size_t i = 0; i < *rows; i++) {
        if (wish->format == EXPORT_CSV)
            session_row_put_csv(&out, json_at(page, i), sheet, wish->reveals);
        else
            session_row_put_jsonl(&out, json_at(page, i), wish->reveals);
        move_cursor(cursor, json_at(page, i));
    }
    return is_written(&out);
}

int sessions_export(const struct sessions_desk *desk, const struct sessions_wish *wish, struct arena *arena)
{
    struct session_sheet sheet = {0};
    struct cursor cursor = {0};
    struct arena page_arena = {0};
    struct buf header = {.arena = arena};
    size_t rows = PAGE_ROWS;
    if (!read_sheet(desk->config, arena, &sheet))
        return EXIT_USAGE;
    if (wish->format == EXPORT_CSV)
        session_sheet_put_header(&header, &sheet);
    bool is_good = pg_blocking_run(desk->connection, "begin isolation level repeatable read read only") &&
                   is_written(&header);
    while (is_good && rows == PAGE_ROWS) {
        is_good = export_page(desk, wish, &sheet, &cursor, &page_arena, &rows);
        arena_reset(&page_arena);
    }
    arena_free(&page_arena);
    return is_good ? EXIT_OK : EXIT_FAILED;
}
