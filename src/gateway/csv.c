/* How does a text become a cell? */

#include "gateway/csv.h"

static bool begins_formula(struct str text)
{
    while (text.len && text.data[0] == ' ')
        text = str_slice(text, 1, text.len);
    if (text.len == 0)
        return false;
    switch (utf8_next(&text)) {
    case '=':
    case '+':
    case '-':
    case '@':
    case '\t':
    case '\r':
    case '\n':
    case 0xFF1D: /* the full-width forms of = + - @ */
    case 0xFF0B:
    case 0xFF0D:
    case 0xFF20:
        return true;
    default:
        return false;
    }
}

/* Also where a cell holds what other countries' spreadsheets cut cells at. */
static bool needs_quotes(struct str text)
{
    for (size_t i = 0; i < text.len; i++) {
        switch (text.data[i]) {
        case ',':
        case ';':
        case '"':
        case '\t':
        case '\r':
        case '\n':
            return true;
        default:
            break;
        }
    }
    return text.len && (text.data[0] == ' ' || text.data[text.len - 1] == ' ');
}

void csv_put_text(struct buf *out, struct str text)
{
    bool is_quoted = needs_quotes(text);
    if (is_quoted)
        buf_put_char(out, '"');
    if (begins_formula(text) || str_starts(text, STR("'")))
        buf_put_char(out, '\'');
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] == '"')
            buf_put_char(out, '"');
        buf_put_char(out, text.data[i]);
    }
    if (is_quoted)
        buf_put_char(out, '"');
}
