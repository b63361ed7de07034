/* How is something said in plain words, and where is a long text cut? */

#include "channels/wording.h"

void degrade(struct degradations notes, struct str what)
{
    for (size_t i = 0; i < *notes.count; i++)
        if (str_eq(notes.list[i], what))
            return;
    if (*notes.count < DEGRADED_MAX)
        notes.list[(*notes.count)++] = what;
}

void put_line(struct buf *text, struct str line)
{
    if (line.len == 0)
        return;
    if (text->len)
        buf_put_char(text, '\n');
    buf_put(text, line);
}

void put_numbered(struct buf *text, const struct choice *choices, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct str title = choices[i].title.len ? choices[i].title : choices[i].id;
        put_line(text, arena_printf(text->arena, "%zu %.*s", i + 1, STR_ARG(title)));
        if (choices[i].description.len) {
            buf_put(text, STR(" - "));
            buf_put(text, choices[i].description);
        }
    }
}

void put_link(struct buf *text, struct str title, struct str url)
{
    if (url.len == 0 || str_find(buf_str(text), url) != STR_NONE)
        return;
    if (title.len)
        put_line(text, arena_printf(text->arena, "%.*s: %.*s", STR_ARG(title), STR_ARG(url)));
    else
        put_line(text, url);
}

void put_template(struct buf *text, const struct outbound *say, struct degradations notes, struct str note)
{
    if (!say->template_)
        return;
    degrade(notes, note);
    bool has_own_text = text->len > 0;
    for (size_t i = 0; i < say->template_->count && !has_own_text; i++)
        put_line(text, say->template_->parameters[i]);
}

bool text_has_link(struct str text)
{
    return str_find(text, STR("http://")) != STR_NONE || str_find(text, STR("https://")) != STR_NONE;
}

static bool is_blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/* Does this code point belong to the letter before it? Combining marks, variation selectors, joiners, skin
 * tones, and the vowel signs of the Indic blocks, which are all laid out alike, 128 apart. */
static bool continues_letter(uint32_t point)
{
    if (point >= 0x900 && point < 0xE00) {
        uint32_t place = point & 0x7F;
        return place <= 0x03 || (place >= 0x3A && place <= 0x4F && place != 0x3D) ||
               (place >= 0x51 && place <= 0x57) || place == 0x62 || place == 0x63;
    }
    return (point >= 0x300 && point <= 0x36F) || point == 0x200C || point == 0x200D ||
           (point >= 0x20D0 && point <= 0x20FF) || (point >= 0xFE00 && point <= 0xFE0F) ||
           (point >= 0x1F3FB && point <= 0x1F3FF);
}

/* Bytes of the longest beginning that has at most `limit` units. */
static size_t fitting(struct str text, enum text_unit unit, size_t limit)
{
    struct str rest = text;
    size_t units = 0;
    if (text.len <= limit) /* no character has more units than bytes */
        return text.len;
    while (rest.len) {
        struct str before = rest;
        uint32_t point = utf8_next(&rest);
        units += unit == UNIT_UTF16 && point > 0xFFFF ? 2 : 1;
        if (units > limit)
            return text.len - before.len;
    }
    return text.len;
}

/* Does the letter after this code point belong to it? A joiner, or an Indic virama, which makes a conjunct.
 */
static bool joins_next(uint32_t point)
{
    return point == 0x200D || (point >= 0x900 && point < 0xE00 && (point & 0x7F) == 0x4D);
}

static bool is_letter_border(struct str text, size_t at)
{
    if (((unsigned char)text.data[at] & 0xC0) == 0x80)
        return false;
    struct str after = str_slice(text, at, text.len);
    size_t start = at;
    while (start > 0 && at - start < 4 && (start == at || ((unsigned char)text.data[start] & 0xC0) == 0x80))
        start--;
    struct str before = str_slice(text, start, at);
    return !continues_letter(utf8_next(&after)) && !(before.len && joins_next(utf8_next(&before)));
}

/* The last place at or before `end` where a letter begins; `end` itself if the whole text is one letter. */
static size_t letter_border(struct str text, size_t end)
{
    for (size_t at = end; at > 0; at--)
        if (is_letter_border(text, at))
            return at;
    return end;
}

/* Where to cut a text of which `end` bytes fit: the last line break of the second half, the last space, or
 * between two letters of a word longer than a whole part. */
static size_t cut_place(struct str text, size_t end)
{
    if (is_blank(text.data[end]))
        return end;
    size_t space = 0;
    for (size_t at = end; at > 0; at--) {
        char c = text.data[at - 1];
        if (c == '\n' && at > end / 2)
            return at;
        if (is_blank(c) && space == 0)
            space = at;
    }
    return space ? space : letter_border(text, end);
}

struct split text_split(struct str text, enum text_unit unit, size_t limit, size_t max)
{
    struct split split = {0};
    text = str_trim(text);
    while (text.len && split.count < max) {
        size_t end = fitting(text, unit, limit);
        if (end < text.len)
            end = cut_place(text, end);
        split.parts[split.count++] = str_trim(str_slice(text, 0, end));
        text = str_trim(str_slice(text, end, text.len));
    }
    split.is_cut = text.len != 0;
    return split;
}

struct str text_tail(struct str text, size_t limit)
{
    size_t length = utf8_length(text);
    if (length <= limit)
        return text;
    size_t start = utf8_truncate(text, length - limit).len;
    size_t middle = start + (text.len - start) / 2;
    size_t place = STR_NONE;
    for (size_t at = start; at < middle; at++) {
        if (text.data[at] == '\n' || (is_blank(text.data[at]) && place == STR_NONE))
            place = at;
        if (text.data[at] == '\n')
            break;
    }
    for (size_t at = start; place == STR_NONE && at < text.len; at++)
        if (is_letter_border(text, at))
            place = at;
    return str_trim(str_slice(text, place == STR_NONE ? start : place, text.len));
}
