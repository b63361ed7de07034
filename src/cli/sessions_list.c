/* frontdesk sessions list: a table, newest last, where the eye already is. */

#include "cli/sessions.h"
#include "cli/terminal.h"
#include "gateway/session_mask.h"

#include <stdio.h>

enum { COLUMNS = 9 };

static const struct column {
    const char *title;
    const char *member;
} columns[COLUMNS] = {
    {"BEGAN (UTC)", "began"}, {"ID", "id"},        {"CHANNEL", "channel"},
    {"STATUS", "status"},     {"FLOW", "flow"},    {"LANGUAGE", "language"},
    {"ANSWERS", "answers"},   {"FROM", "address"}, {"NAME", "name"},
};

static struct str cell_of(const struct json *row, size_t column, bool reveals, struct arena *arena)
{
    struct str text = json_scalar(arena, json_get(row, columns[column].member));
    if (!reveals && str_eq(str_from(columns[column].member), STR("address")))
        text = mask_address(text, arena);
    if (!reveals && str_eq(str_from(columns[column].member), STR("name")))
        text = mask_name(text, arena);
    text = terminal_text(text, arena);
    for (size_t i = 0; i < text.len; i++)
        if (text.data[i] == '\n')
            return str_slice(text, 0, i);
    return text.len ? text : STR("-");
}

static void print_row(const struct str cells[COLUMNS], const size_t widths[COLUMNS])
{
    for (size_t i = 0; i < COLUMNS; i++) {
        bool is_last = i + 1 == COLUMNS;
        size_t length = utf8_length(cells[i]);
        int padding = is_last ? 0 : (int)(widths[i] - length + 2);
        printf("%.*s%*s", STR_ARG(cells[i]), padding, "");
    }
    putchar('\n');
}

int sessions_list(const struct sessions_desk *desk, const struct sessions_wish *wish, struct arena *arena)
{
    const struct json *found;
    const char *params[] = {wish->status, wish->channel, wish->flow, wish->since, wish->limit};
    if (!sessions_ask(desk, "sessions_list", params, 5, arena, &found))
        return EXIT_FAILED;
    size_t count = json_count(found);
    if (count == 0) {
        puts("no session fits");
        return EXIT_OK;
    }
    struct str(*rows)[COLUMNS] = arena_alloc_array(arena, count + 1, sizeof *rows);
    size_t widths[COLUMNS] = {0};
    for (size_t row = 0; row <= count; row++) {
        for (size_t i = 0; i < COLUMNS; i++) {
            rows[row][i] = row == 0 ? str_from(columns[i].title)
                                    : cell_of(json_at(found, row - 1), i, wish->reveals, arena);
            size_t length = utf8_length(rows[row][i]);
            widths[i] = length > widths[i] ? length : widths[i];
        }
    }
    for (size_t row = 0; row <= count; row++)
        print_row(rows[row], widths);
    return EXIT_OK;
}
