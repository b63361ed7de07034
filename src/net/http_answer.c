/* How does an answer look on the wire? */

#include "net/http_answer.h"

#include "base/clock.h"

#include <stdio.h>
#include <string.h>

/* Room for the status line and the headers added here. */
#define OWN_HEADERS_BYTES ((size_t)320)

static const struct {
    int status;
    struct str reason;
} reasons[] = {
    {200, STR_INIT("OK")},
    {201, STR_INIT("Created")},
    {202, STR_INIT("Accepted")},
    {204, STR_INIT("No Content")},
    {301, STR_INIT("Moved Permanently")},
    {302, STR_INIT("Found")},
    {303, STR_INIT("See Other")},
    {304, STR_INIT("Not Modified")},
    {307, STR_INIT("Temporary Redirect")},
    {308, STR_INIT("Permanent Redirect")},
    {400, STR_INIT("Bad Request")},
    {401, STR_INIT("Unauthorized")},
    {403, STR_INIT("Forbidden")},
    {404, STR_INIT("Not Found")},
    {405, STR_INIT("Method Not Allowed")},
    {406, STR_INIT("Not Acceptable")},
    {408, STR_INIT("Request Timeout")},
    {409, STR_INIT("Conflict")},
    {410, STR_INIT("Gone")},
    {411, STR_INIT("Length Required")},
    {412, STR_INIT("Precondition Failed")},
    {413, STR_INIT("Content Too Large")},
    {414, STR_INIT("URI Too Long")},
    {415, STR_INIT("Unsupported Media Type")},
    {417, STR_INIT("Expectation Failed")},
    {422, STR_INIT("Unprocessable Content")},
    {426, STR_INIT("Upgrade Required")},
    {429, STR_INIT("Too Many Requests")},
    {431, STR_INIT("Request Header Fields Too Large")},
    {500, STR_INIT("Internal Server Error")},
    {501, STR_INIT("Not Implemented")},
    {502, STR_INIT("Bad Gateway")},
    {503, STR_INIT("Service Unavailable")},
    {504, STR_INIT("Gateway Timeout")},
    {505, STR_INIT("HTTP Version Not Supported")},
};

static struct str reason_of(int status)
{
    for (size_t i = 0; i < sizeof reasons / sizeof reasons[0]; i++)
        if (reasons[i].status == status)
            return reasons[i].reason;
    return (struct str){0};
}

void http_date(int64_t now_ms, char out[static HTTP_DATE_BYTES])
{
    static const char days[] = "SunMonTueWedThuFriSat";
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    struct date date = date_of_ms(now_ms, 0);
    int second = (int)(now_ms / 1000 % 86400);
    (void)snprintf(out, HTTP_DATE_BYTES, "%.3s, %02u %.3s %04u %02u:%02u:%02u GMT",
                   days + (ptrdiff_t)3 * date_weekday(date), (unsigned)date.day % 100,
                   months + (ptrdiff_t)3 * (date.month - 1), (unsigned)date.year % 10000,
                   (unsigned)second / 3600 % 100, (unsigned)second / 60 % 60, (unsigned)second % 60);
}

/* Text that is known to fit. */
struct line {
    char *data;
    size_t len;
};

static void put(struct line *line, struct str text)
{
    if (text.len)
        memcpy(line->data + line->len, text.data, text.len);
    line->len += text.len;
}

static void put_visible(struct line *line, struct str text)
{
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.data[i];
        line->data[line->len++] = (char)(c < ' ' || c == 0x7F ? ' ' : c);
    }
}

static void put_number(struct line *line, size_t number)
{
    char digits[24];
    size_t from = sizeof digits;
    do
        digits[--from] = (char)('0' + number % 10);
    while (number /= 10);
    put(line, (struct str){digits + from, sizeof digits - from});
}

static size_t most_bytes(const struct http_answer *answer)
{
    const struct http_response *response = answer->response;
    size_t bytes = answer->before.len + OWN_HEADERS_BYTES + response->body.len;
    for (size_t i = 0; i < response->header_count; i++)
        bytes += response->headers[i].name.len + response->headers[i].value.len + sizeof(": \r\n");
    return bytes;
}

struct str http_answer_text(const struct http_answer *answer, struct arena *arena)
{
    const struct http_response *response = answer->response;
    struct line line = {arena_take(arena, most_bytes(answer)), 0};
    /* These two statuses never have a body, nor its length. */
    bool has_body = response->status != 204 && response->status != 304;

    put(&line, answer->before);
    put(&line, STR("HTTP/1.1 "));
    put_number(&line, (size_t)response->status);
    put(&line, STR(" "));
    put(&line, reason_of(response->status));
    for (size_t i = 0; i < response->header_count; i++) {
        put(&line, STR("\r\n"));
        put_visible(&line, response->headers[i].name);
        put(&line, STR(": "));
        put_visible(&line, response->headers[i].value);
    }
    if (has_body) {
        put(&line, STR("\r\nContent-Length: "));
        put_number(&line, response->body.len);
    }
    put(&line, STR("\r\nDate: "));
    put(&line, answer->date);
    put(&line, STR("\r\nX-Content-Type-Options: nosniff"));
    if (answer->closes)
        put(&line, STR("\r\nConnection: close"));
    else if (answer->says_alive)
        put(&line, STR("\r\nConnection: keep-alive"));
    put(&line, STR("\r\n\r\n"));
    if (has_body && !answer->is_head)
        put(&line, response->body);
    return (struct str){line.data, line.len};
}
