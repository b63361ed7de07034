/* frontdesk sessions export: every session as a row, page by page: memory holds one page, however many there
 * are. One read-only transaction shows all pages the same moment. */

#include "cli/sessions.h"
#include "cli/sessions_csv.h"
#include "cli/sessions_mask.h"
#include "talk/flow.h"

#include <stdio.h>

#define PAGE_ROWS 500
#define STR_OF(n) #n
#define ROWS(n)   STR_OF(n)

#define ANSWERS_MAX 64

enum cell_kind { CELL_PLAIN, CELL_ADDRESS };

static const struct member {
    const char *name;
    enum cell_kind kind;
} members[] = {
    {"id", CELL_PLAIN},
    {"session_key", CELL_ADDRESS},
    {"channel", CELL_PLAIN},
    {"status", CELL_PLAIN},
    {"language", CELL_PLAIN},
    {"flow", CELL_PLAIN},
    {"user_id", CELL_PLAIN},
    {"address", CELL_ADDRESS},
    {"phone_number", CELL_ADDRESS},
    {"current_step", CELL_PLAIN},
    {"steps_completed", CELL_PLAIN},
    {"chart_generated", CELL_PLAIN},
    {"created_at", CELL_PLAIN},
    {"updated_at", CELL_PLAIN},
    {"completed_at", CELL_PLAIN},
    {"profile_id", CELL_PLAIN},
    {"viewed_chart", CELL_PLAIN},
    {"shared_chart", CELL_PLAIN},
    {"converted_to_full_user", CELL_PLAIN},
};

#define MEMBERS (sizeof members / sizeof *members)

/* The answers that get a column of their own; all others share the last one. */
struct sheet {
    struct str answers[ANSWERS_MAX];
    size_t count;
};

static bool has_column(const struct sheet *sheet, struct str answer)
{
    for (size_t i = 0; i < sheet->count; i++)
        if (str_eq(sheet->answers[i], answer))
            return true;
    return false;
}

static void add_column(struct sheet *sheet, struct str answer)
{
    if (sheet->count < ANSWERS_MAX && !has_column(sheet, answer))
        sheet->answers[sheet->count++] = answer;
}

/* Every step of every flow, and what a place brings along. */
static bool read_sheet(const struct config *config, struct arena *arena, struct sheet *out)
{
    struct problems problems = {.arena = arena};
    const struct flow *flow = flows_load(arena_cstring(arena, config->flows_dir), arena, &problems);
    if (!flow) {
        fprintf(stderr, "%.*s", STR_ARG(problems_text(&problems, arena)));
        return false;
    }
    for (; flow; flow = flow->next)
        for (size_t i = 0; i < flow->step_count; i++)
            add_column(out, flow->steps[i].id);
    add_column(out, STR("latitude"));
    add_column(out, STR("longitude"));
    add_column(out, STR("timezone"));
    return true;
}

static void put_header(struct buf *out, const struct sheet *sheet)
{
    for (size_t i = 0; i < MEMBERS; i++)
        buf_printf(out, "%s,", members[i].name);
    for (size_t i = 0; i < sheet->count; i++)
        buf_printf(out, "%.*s,", STR_ARG(sheet->answers[i]));
    buf_put(out, STR("other_answers\r\n"));
}

static struct str cell_text(const struct json *row, const struct member *member, bool reveals,
                            struct arena *arena)
{
    const struct json *value = json_get(row, member->name);
    if (json_kind(value) == JSON_BOOL)
        return json_truth(value) ? STR("true") : STR("false");
    struct str text = json_scalar(arena, value);
    return member->kind == CELL_ADDRESS && !reveals ? mask_address(text, arena) : text;
}

/* A number is our own spelling of one, so its minus begins no formula. */
static void put_answer(struct buf *out, const struct json *value, struct arena *arena)
{
    switch (json_kind(value)) {
    case JSON_NUMBER:
        buf_put(out, json_print(arena, value));
        break;
    case JSON_TEXT:
        csv_put_text(out, json_text(value));
        break;
    case JSON_BOOL:
    case JSON_LIST:
    case JSON_MEMBERS:
        csv_put_text(out, json_print(arena, value));
        break;
    case JSON_ABSENT:
    case JSON_NULL_VALUE:
        break;
    }
}

static const struct json *other_answers(const struct json *answers, const struct sheet *sheet,
                                        struct arena *arena)
{
    struct json *others = json_new_object(arena);
    void *iterator = NULL;
    struct str key;
    const struct json *value;
    while (json_each(answers, &iterator, &key, &value))
        if (!has_column(sheet, key))
            json_set(arena, others, arena_cstring(arena, key), value);
    return json_count(others) ? others : NULL;
}

static void put_csv(struct buf *out, const struct json *row, const struct sheet *sheet, bool reveals)
{
    struct arena *arena = out->arena;
    const struct json *answers = mask_answers(json_text(json_get(row, "collected_data")), reveals, arena);
    for (size_t i = 0; i < MEMBERS; i++) {
        csv_put_text(out, cell_text(row, &members[i], reveals, arena));
        buf_put_char(out, ',');
    }
    for (size_t i = 0; i < sheet->count; i++) {
        put_answer(out, json_get(answers, arena_cstring(arena, sheet->answers[i])), arena);
        buf_put_char(out, ',');
    }
    put_answer(out, other_answers(answers, sheet, arena), arena);
    buf_put(out, STR("\r\n"));
}

static void put_jsonl(struct buf *out, const struct json *row, bool reveals)
{
    struct arena *arena = out->arena;
    struct json *line = json_new_object(arena);
    const struct json *steps;
    for (size_t i = 0; i < MEMBERS; i++) {
        const struct json *value = json_get(row, members[i].name);
        if (members[i].kind == CELL_ADDRESS && json_kind(value) == JSON_TEXT)
            json_set_str(arena, line, members[i].name, cell_text(row, &members[i], reveals, arena));
        else
            json_set(arena, line, members[i].name, value);
    }
    /* A list here, where a cell of CSV holds its text. */
    if (json_parse(arena, json_text(json_get(row, "steps_completed")), &steps) == ERR_NONE)
        json_set(arena, line, "steps_completed", steps);
    json_set(arena, line, "collected_data",
             mask_answers(json_text(json_get(row, "collected_data")), reveals, arena));
    buf_put(out, json_print(arena, line));
    buf_put_char(out, '\n');
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
                        const struct sheet *sheet, struct cursor *cursor, struct arena *arena, size_t *rows)
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
            put_csv(&out, json_at(page, i), sheet, wish->reveals);
        else
            put_jsonl(&out, json_at(page, i), wish->reveals);
        move_cursor(cursor, json_at(page, i));
    }
    return is_written(&out);
}

int sessions_export(const struct sessions_desk *desk, const struct sessions_wish *wish, struct arena *arena)
{
    struct sheet sheet = {0};
    struct cursor cursor = {0};
    struct arena page_arena = {0};
    struct buf header = {.arena = arena};
    size_t rows = PAGE_ROWS;
    if (!read_sheet(desk->config, arena, &sheet))
        return EXIT_USAGE;
    if (wish->format == EXPORT_CSV)
        put_header(&header, &sheet);
    bool is_good = pg_blocking_run(desk->connection, "begin isolation level repeatable read read only") &&
                   is_written(&header);
    while (is_good && rows == PAGE_ROWS) {
        is_good = export_page(desk, wish, &sheet, &cursor, &page_arena, &rows);
        arena_reset(&page_arena);
    }
    arena_free(&page_arena);
    return is_good ? EXIT_OK : EXIT_FAILED;
}
