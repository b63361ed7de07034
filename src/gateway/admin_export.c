/* How do sessions leave as a file?
 *
 * In parts of a bounded size, each written to the audit log before its first row is read: the page asks for
 * the next part from where the last one ended, and joins them. Rows are those of `frontdesk sessions export`.
 */

#include "base/clock.h"
#include "gateway/admin_call.h"
#include "gateway/session_rows.h"

#define PAGE_ROWS  500
#define PART_BYTES ((size_t)2 * 1024 * 1024)

struct export
{
    struct admin_call *call;
    struct session_sheet sheet;
    struct str status, channel, since;
    struct str at, id; /* of the last row that was written */
    bool reveals;
    struct buf csv;
    int64_t rows;
};

static bool read_wish(struct export *export)
{
    const struct json *body = export->call->body;
    const struct json *after = json_get(body, "after");
    struct date day;
    struct uuid id;
    export->status = json_text(json_get(body, "status"));
    export->channel = json_text(json_get(body, "channel"));
    export->since = json_text(json_get(body, "since"));
    export->at = json_text(json_get(after, "at"));
    export->id = json_text(json_get(after, "id"));
    export->reveals = json_truth(json_get(body, "reveals"));
    bool is_first = export->at.len == 0 && export->id.len == 0;
    return (export->status.len == 0 || admin_is_status(export->status)) &&
           (export->channel.len == 0 || admin_is_channel(export->channel)) &&
           (export->since.len == 0 || date_from_iso(export->since, &day)) &&
           (is_first || (admin_is_moment(export->at) && uuid_from_text(export->id, &id)));
}

static void ask_page(struct export *export);

static void answer_part(struct export *export, bool has_more)
{
    struct arena *arena = export->call->arena;
    struct json *body = json_new_object(arena);
    json_set_str(arena, body, "csv", buf_str(&export->csv));
    json_set_int(arena, body, "rows", export->rows);
    if (has_more) {
        struct json *after = json_new_object(arena);
        json_set_str(arena, after, "at", export->at);
        json_set_str(arena, after, "id", export->id);
        json_set(arena, body, "after", after);
    } else {
        json_set_null(arena, body, "after");
    }
    admin_call_answer(export->call, body);
}

static void page_came(void *arg, enum err err, const struct json *page)
{
    struct export *export = arg;
    struct arena *arena = export->call->arena;
    if (err != ERR_NONE) {
        admin_call_refuse(export->call, err, NULL);
        return;
    }
    size_t count = json_count(page);
    for (size_t i = 0; i < count; i++)
        session_row_put_csv(&export->csv, json_at(page, i), &export->sheet, export->reveals);
    export->rows += (int64_t)count;
    if (count) {
        export->at = arena_copy(arena, json_text(json_get(json_at(page, count - 1), "created_at")));
        export->id = arena_copy(arena, json_text(json_get(json_at(page, count - 1), "id")));
    }
    if (count == PAGE_ROWS && export->csv.len < PART_BYTES)
        ask_page(export);
    else
        answer_part(export, count == PAGE_ROWS);
}

static void ask_page(struct export *export)
{
    admin_call_ask(
        export->call,
        &(struct document_query){.name = "sessions_page",
                                 .params = {export->status, export->channel, STR(""), export->since,
                                            export->at, export->id, ROWS_TEXT(PAGE_ROWS)},
                                 .param_count = 7,
                                 .is_slow = true},
        page_came, export);
}

static void noted(void *arg, enum err err, const struct json *document)
{
    struct export *export = arg;
    (void)document;
    if (err != ERR_NONE) {
        admin_call_refuse(export->call, err, NULL);
        return;
    }
    if (export->at.len == 0)
        session_sheet_put_header(&export->csv, &export->sheet);
    ask_page(export);
}

static const struct json *detail_of(const struct export *export)
{
    struct arena *arena = export->call->arena;
    struct json *detail = json_new_object(arena);
    json_set_bool(arena, detail, "reveals", export->reveals);
    const struct {
        const char *name;
        struct str text;
    } members[] = {{"status", export->status},
                   {"channel", export->channel},
                   {"since", export->since},
                   {"from", export->at}};
    for (size_t i = 0; i < sizeof members / sizeof *members; i++)
        if (members[i].text.len)
            json_set_str(arena, detail, members[i].name, members[i].text);
    return detail;
}

HANDLER(admin_export)
{
    struct export *export = arena_new(arena, struct export);
    export->call = admin_call_new(gateway, exchange, request, arena, ROLE_PRIVACY);
    if (!export->call || !admin_call_has_why(export->call))
        return;
    if (!read_wish(export)) {
        admin_call_refuse(export->call, ERR_INVALID,
                          "There is no such status, channel, day (2026-11-22) or part to begin from.");
        return;
    }
    export->csv.arena = arena;
    session_sheet_read(gateway->script->flows, &export->sheet);
    admin_call_note(export->call, "export", (struct str){0}, detail_of(export), noted, export);
}
