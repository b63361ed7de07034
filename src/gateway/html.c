/* What must not stand in a page as it is? */

#include "gateway/html.h"

void html_put_text(struct buf *out, struct str text)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.data[i];
        switch (c) {
        case '&':
            buf_put(out, STR("&amp;"));
            break;
        case '<':
            buf_put(out, STR("&lt;"));
            break;
        case '>':
            buf_put(out, STR("&gt;"));
            break;
        case '"':
            buf_put(out, STR("&quot;"));
            break;
        case '\'':
            buf_put(out, STR("&#39;"));
            break;
        default:
            buf_put_char(out, c);
        }
    }
}
