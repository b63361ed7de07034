/* Is this head one request, read the same way by everybody?
 *
 * http_head_scan looks at the bytes while they come: only lines of text, each ended by CR LF, pass. Then
 * http_head_read takes the lines apart by a grammar with no leniency in it, and refuses what other programs
 * are known to read in two ways. */

#include "net/http_head.h"

static const bool token_chars[256] = {
    ['!'] = true,         ['#'] = true,         ['$'] = true,         ['%'] = true, ['&'] = true,
    ['\''] = true,        ['*'] = true,         ['+'] = true,         ['-'] = true, ['.'] = true,
    ['^'] = true,         ['_'] = true,         ['`'] = true,         ['|'] = true, ['~'] = true,
    ['0' ... '9'] = true, ['A' ... 'Z'] = true, ['a' ... 'z'] = true,
};

/* What a line is made of: all but control characters. */
static const bool text_chars[256] = {
    ['\t'] = true,
    [' ' ... '~'] = true,
    [0x80 ... 0xFF] = true,
};

/* One of the eight may be a control character; none is overlooked. */
static bool has_control(uint64_t eight)
{
    const uint64_t ones = UINT64_C(0x0101010101010101);
    uint64_t below_space = (eight - ones * ' ') & ~eight;
    uint64_t other_than_del = eight ^ ones * 0x7F;
    uint64_t is_del = (other_than_del - ones) & ~other_than_del;
    return ((below_space | is_del) & ones << 7) != 0;
}

/* Most of a line is text: eight bytes are looked at together. */
static size_t skip_text(struct str bytes, size_t at)
{
    for (uint64_t eight; at + sizeof eight <= bytes.len; at += sizeof eight) {
        memcpy(&eight, bytes.data + at, sizeof eight);
        if (has_control(eight))
            break;
    }
    while (at < bytes.len && text_chars[(uint8_t)bytes.data[at]])
        at++;
    return at;
}

static bool refuse(enum err *why, enum err err)
{
    *why = err;
    return false;
}

/* A line has ended; false when it was one empty line too many. */
static bool end_line(struct http_head_scan *scan)
{
    scan->after_cr = false;
    if (scan->line_begun) {
        scan->line_begun = false;
        scan->lines++;
        return true;
    }
    if (scan->begun)
        scan->ended = true;
    return scan->begun || ++scan->blank_lines <= 1;
}

bool http_head_scan(struct http_head_scan *scan, struct str bytes, size_t *taken)
{
    size_t i = 0;
    bool good = true;
    while (i < bytes.len && good && !scan->ended) {
        char c = bytes.data[i++];
        if (scan->after_cr) {
            good = c == '\n' && end_line(scan);
        } else if (c == '\r') {
            scan->after_cr = true;
        } else {
            scan->line_begun = true;
            scan->begun = true;
            good = text_chars[(uint8_t)c];
            i = skip_text(bytes, i);
        }
    }
    *taken = i;
    return good;
}

static bool is_token(struct str text)
{
    for (size_t i = 0; i < text.len; i++)
        if (!token_chars[(uint8_t)text.data[i]])
            return false;
    return text.len > 0;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_hex(char c)
{
    return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/* Visible ASCII without a fragment, percent signs only before two hexadecimal digits. */
static bool is_target(struct str target)
{
    for (size_t i = 0; i < target.len; i++) {
        char c = target.data[i];
        if (c <= ' ' || c > '~' || c == '#')
            return false;
        if (c == '%' && (i + 2 >= target.len || !is_hex(target.data[i + 1]) || !is_hex(target.data[i + 2])))
            return false;
    }
    return target.len > 0;
}

/* 1.0 and 1.1 are spoken; other versions are 505, anything else is no version. */
static bool check_version(struct str version, enum err *why)
{
    if (str_eq(version, STR("HTTP/1.1")) || str_eq(version, STR("HTTP/1.0")))
        return true;
    bool is_version = version.len == 8 && str_starts(version, STR("HTTP/")) && is_digit(version.data[5]) &&
                      version.data[6] == '.' && is_digit(version.data[7]);
    return refuse(why, is_version ? ERR_VERSION : ERR_MALFORMED);
}

static bool check_method(struct str method, enum err *why)
{
    static const struct str known[] = {STR_INIT("POST"),    STR_INIT("GET"), STR_INIT("HEAD"),
                                       STR_INIT("OPTIONS"), STR_INIT("PUT"), STR_INIT("DELETE"),
                                       STR_INIT("PATCH")};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (str_eq(method, known[i]))
            return true;
    return refuse(why, is_token(method) ? ERR_NOT_IMPLEMENTED : ERR_MALFORMED);
}

/* METHOD SP target SP version, single spaces. */
static bool read_request_line(struct str line, struct http_request *request, bool *is_1_1, enum err *why)
{
    struct str version = line;
    if (!str_cut(&version, ' ', &request->method) || !version.data ||
        !str_cut(&version, ' ', &request->url) || !version.data)
        return refuse(why, ERR_MALFORMED);
    if (!check_version(version, why) || !check_method(request->method, why))
        return false;
    if (request->url.len > HTTP_TARGET_BYTES)
        return refuse(why, ERR_TARGET_TOO_LONG);
    *is_1_1 = version.data[version.len - 1] == '1';
    return is_target(request->url) || refuse(why, ERR_MALFORMED);
}

/* name ":" value; a name is a token, so a space before the colon, a folded line and an empty name fall here.
 */
static bool read_header_line(struct str line, struct http_header *header)
{
    size_t colon = 0;
    while (colon < line.len && token_chars[(uint8_t)line.data[colon]])
        colon++;
    if (colon == 0 || colon == line.len || line.data[colon] != ':')
        return false;
    *header = (struct http_header){str_slice(line, 0, colon), str_trim(str_slice(line, colon + 1, line.len))};
    return true;
}

/* Cuts one line with its CRLF off. */
static struct str cut_line(struct str *rest)
{
    struct str line;
    str_cut(rest, '\n', &line);
    return str_slice(line, 0, line.len - 1);
}

/* Digits only, and few enough of them that they cannot overflow. */
static bool read_length(struct str text, uint64_t *out)
{
    if (text.len == 0 || text.len > 18)
        return false;
    *out = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (!is_digit(text.data[i]))
            return false;
        *out = *out * 10 + (uint64_t)(text.data[i] - '0');
    }
    return true;
}

/* A name or address, perhaps with a port: enough to see that it is one host and nothing more. What else a
 * name may hold by the letter (RFC 3986: percent signs and the like) is in a token too. */
static bool is_host(struct str host)
{
    for (size_t i = 0; i < host.len; i++) {
        char c = host.data[i];
        if (!token_chars[(uint8_t)c] && c != ':' && c != '[' && c != ']')
            return false;
    }
    return host.len > 0;
}

static void read_connection(struct str value, bool *closes, bool *keeps)
{
    struct str option;
    while (str_cut(&value, ',', &option)) {
        option = str_trim(option);
        *closes = *closes || str_eq_nocase(option, STR("close"));
        *keeps = *keeps || str_eq_nocase(option, STR("keep-alive"));
    }
}

/* The target of the request line becomes path and query. The absolute form, which only proxies send, is
 * brought to the usual one, so that nobody behind has to know of it. */
static bool read_target(struct http_request *request)
{
    struct str url = request->url;
    if (url.data[0] != '/' && !str_eq(url, STR("*"))) {
        size_t scheme = str_find(url, STR("://"));
        struct str name = str_slice(url, 0, scheme == STR_NONE ? 0 : scheme);
        if (!str_eq_nocase(name, STR("http")) && !str_eq_nocase(name, STR("https")))
            return false;
        struct str rest = str_slice(url, scheme + 3, url.len);
        size_t slash = str_find_char(rest, '/');
        if (!is_host(str_slice(rest, 0, slash == STR_NONE ? rest.len : slash)))
            return false;
        url = slash == STR_NONE ? STR("/") : str_slice(rest, slash, rest.len);
    }
    if (url.data[0] == '*' && !str_eq(request->method, STR("OPTIONS")))
        return false;
    size_t mark = str_find_char(url, '?');
    request->url = url;
    request->path = str_slice(url, 0, mark == STR_NONE ? url.len : mark);
    request->query = mark == STR_NONE ? (struct str){0} : str_slice(url, mark + 1, url.len);
    return true;
}

/* How often each header that frames the message was there. */
struct counts {
    int hosts;
    int lengths;
    int encodings;
    bool closes;
    bool keeps;
};

static bool weigh_header(const struct http_header *header, struct counts *counts, struct http_framing *out,
                         enum err *why)
{
    struct str name = header->name;
    struct str value = header->value;
    if (str_eq_nocase(name, STR("Host"))) {
        if (++counts->hosts > 1 || !is_host(value))
            return refuse(why, ERR_MALFORMED);
    } else if (str_eq_nocase(name, STR("Content-Length"))) {
        if (++counts->lengths > 1 || !read_length(value, &out->length))
            return refuse(why, ERR_MALFORMED);
    } else if (str_eq_nocase(name, STR("Transfer-Encoding"))) {
        if (++counts->encodings > 1)
            return refuse(why, ERR_MALFORMED);
        if (!str_eq_nocase(value, STR("chunked")))
            return refuse(why, ERR_NOT_IMPLEMENTED);
    } else if (str_eq_nocase(name, STR("Connection"))) {
        read_connection(value, &counts->closes, &counts->keeps);
    } else if (str_eq_nocase(name, STR("Expect"))) {
        if (!str_eq_nocase(value, STR("100-continue")))
            return refuse(why, ERR_EXPECTATION);
        out->expects_continue = true;
    }
    return true;
}

/* Up to the empty line. A message framed twice, and a line that is none, are refused as that, whatever else
 * is wrong; `later` is what else was found. */
static bool read_headers(struct str rest, struct http_request *request, struct counts *counts,
                         struct http_framing *out, enum err *later)
{
    struct str line;
    while (line = cut_line(&rest), line.len > 0) {
        enum err found = ERR_NONE;
        struct http_header *header = &request->headers[request->header_count++];
        if (!read_header_line(line, header))
            return false;
        if (weigh_header(header, counts, out, &found))
            continue;
        if (found == ERR_MALFORMED)
            return false;
        *later = found;
    }
    return true;
}

bool http_head_read(struct str head, struct http_request *request, struct http_framing *out, enum err *why)
{
    struct counts counts = {0};
    enum err later = ERR_NONE;
    struct str line = cut_line(&head);
    if (line.len == 0)
        line = cut_line(&head);
    *out = (struct http_framing){0};
    if (!read_request_line(line, request, &out->is_1_1, why))
        return false;
    if (!read_headers(head, request, &counts, out, &later))
        return refuse(why, ERR_MALFORMED);
    if (counts.encodings && (counts.lengths || !out->is_1_1))
        return refuse(why, ERR_MALFORMED);
    if ((out->is_1_1 && counts.hosts == 0) || !read_target(request))
        return refuse(why, ERR_MALFORMED);
    if (later != ERR_NONE) {
        *why = later;
        return false;
    }
    out->has_length = counts.lengths == 1;
    out->is_chunked = counts.encodings == 1;
    out->expects_continue = out->expects_continue && out->is_1_1;
    out->keep_alive = !counts.closes && (out->is_1_1 || counts.keeps);
    return true;
}
