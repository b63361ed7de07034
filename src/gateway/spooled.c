/* What of a webhook must be kept so that it can be handled later as if it came then?
 *
 * Seven lines (time, channel, setting, method, target, content type, nothing), then the body as it came. */

#include "gateway/spooled.h"

struct str spooled_print(const struct spooled *spooled, struct arena *arena)
{
    const struct http_request *request = &spooled->request;
    struct buf text = {.arena = arena};
    buf_printf(&text, "%lld\n", (long long)spooled->at_ms);
    const struct str lines[] = {channel_kind_name(spooled->kind), spooled->conf_id, request->method,
                                request->url, http_header_of(request, "Content-Type")};
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        buf_put(&text, lines[i]);
        buf_put_char(&text, '\n');
    }
    buf_put_char(&text, '\n');
    buf_put(&text, request->body);
    return buf_str(&text);
}

bool spooled_read(struct str text, struct arena *arena, struct spooled *out)
{
    struct str lines[7];
    *out = (struct spooled){0};
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        if (!text.data || !str_cut(&text, '\n', &lines[i]))
            return false;
    struct http_request *request = &out->request;
    out->conf_id = lines[2];
    request->method = lines[3];
    request->url = lines[4];
    size_t mark = str_find_char(request->url, '?');
    request->path = str_slice(request->url, 0, mark);
    request->query = mark == STR_NONE ? (struct str){0} : str_slice(request->url, mark + 1, request->url.len);
    if (lines[5].len)
        http_add_header(arena, request, "Content-Type", lines[5]);
    request->body = text;
    return str_to_int64(lines[0], &out->at_ms) && channel_kind_from(lines[1], &out->kind) &&
           lines[6].len == 0;
}
