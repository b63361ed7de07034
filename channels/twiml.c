/* How is an answer document for Twilio written so that it is always well-formed? */

#include "channels/twiml.h"

#define DECLARATION "<?xml version=\"1.0\" encoding=\"UTF-8\"?>"

static bool is_xml_character(uint32_t point)
{
    if (point < 0x20)
        return point == '\t' || point == '\n' || point == '\r';
    return point != 0xFFFE && point != 0xFFFF;
}

/* ASCII that stands for itself: not & < > and the double quote. */
static const bool is_plain[256] = {
    [' ' ... '!'] = true, ['#' ... '%'] = true, ['\'' ... ';'] = true, ['='] = true, ['?' ... '~'] = true,
};

static size_t plain_length(struct str text)
{
    size_t len = 0;
    while (len < text.len && is_plain[(unsigned char)text.data[len]])
        len++;
    return len;
}

void twiml_put_text(struct buf *document, struct str text)
{
    while (text.len) {
        size_t plain = plain_length(text);
        buf_put(document, str_slice(text, 0, plain));
        text = str_slice(text, plain, text.len);
        if (text.len == 0)
            break;
        uint32_t point = utf8_next(&text);
        switch (point) {
        case '&':
            buf_put(document, STR("&amp;"));
            break;
        case '<':
            buf_put(document, STR("&lt;"));
            break;
        case '>':
            buf_put(document, STR("&gt;"));
            break;
        case '"':
            buf_put(document, STR("&quot;"));
            break;
        default:
            if (is_xml_character(point))
                buf_put_point(document, point);
        }
    }
}

void twiml_put_attribute(struct buf *document, const char *name, struct str value)
{
    buf_put_char(document, ' ');
    buf_put(document, str_from(name));
    buf_put(document, STR("=\""));
    twiml_put_text(document, value);
    buf_put_char(document, '"');
}

void twiml_answer(struct arena *arena, struct str verbs, struct http_response *out)
{
    *out = (struct http_response){.status = 200, .body = STR(DECLARATION "<Response/>")};
    if (verbs.len)
        out->body = arena_join(arena, STR(DECLARATION "<Response>"), verbs, STR("</Response>"));
    http_add_header(arena, out, "Content-Type", STR("text/xml"));
}
