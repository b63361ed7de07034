/* How does a session become a row of an export? */

#include "gateway/session_rows.h"

#include "gateway/csv.h"
#include "gateway/session_mask.h"

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

static bool has_column(const struct session_sheet *sheet, struct str answer)
{
    for (size_t i = 0; i < sheet->count; i++)
        if (str_eq(sheet->answers[i], answer))
            return true;
    return false;
}

static void add_column(struct session_sheet *sheet, struct str answer)
{
    if (sheet->count < SESSION_ANSWERS_MAX && !has_column(sheet, answer))
        sheet->answers[sheet->count++] = answer;
}

void session_sheet_read(const struct flow *flows, struct session_sheet *out)
{
    *out = (struct session_sheet){0};
    for (const struct flow *flow = flows; flow; flow = flow->next)
        for (size_t i = 0; i < flow->step_count; i++)
            add_column(out, flow->steps[i].id);
    add_column(out, STR("latitude"));
    add_column(out, STR("longitude"));
    add_column(out, STR("timezone"));
}

void session_sheet_put_header(struct buf *out, const struct session_sheet *sheet)
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

static const struct json *other_answers(const struct json *answers, const struct session_sheet *sheet,
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

void session_row_put_csv(struct buf *out, const struct json *row, const struct session_sheet *sheet,
                         bool reveals)
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

void session_row_put_jsonl(struct buf *out, const struct json *row, bool reveals)
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
