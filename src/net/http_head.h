#pragma once

/* The strict rules for the head of a request (its line and headers): what makes two programs read the same
 * bytes as two different requests is refused. Pure; private to net/. */

#include "base/err.h"
#include "http.h"

/* Longest request target that is taken; a longer one is 414. */
#define HTTP_TARGET_BYTES ((size_t)8 * 1024)

/* Finds the end of a head in bytes that come piece by piece. A zeroed struct is at the beginning. */
struct http_head_scan {
    bool after_cr;   /* the byte before was a CR, so that a LF must follow */
    bool line_begun; /* the current line has at least one byte */
    bool begun;      /* the request line has begun */
    bool ended;      /* the empty line was seen */
    uint8_t blank_lines;
    size_t lines; /* that had bytes in them: the request line, then one a header */
};

/* Takes bytes up to the end of the head at most; gives how many. False: a bare CR or LF, or another control
 * character. One empty line before the request line is let pass, as old clients send one after a body. */
bool http_head_scan(struct http_head_scan *scan, struct str bytes, size_t *taken);

/* What the headers say about the message around the request. */
struct http_framing {
    bool is_1_1; /* HTTP/1.1, not 1.0 */
    bool keep_alive;
    bool is_chunked;
    bool has_length;
    uint64_t length; /* Content-Length */
    bool expects_continue;
};

/* Reads the bytes of a whole head, lines as http_head_scan found them, into `request`, which has room for a
 * header a line; its texts point into `head`. Refused are a request line of another form, version, method or
 * target, a space before a header's colon, a folded line, and Host, Content-Length, Transfer-Encoding,
 * Connection or Expect that leave a doubt. */
bool http_head_read(struct str head, struct http_request *request, struct http_framing *out, enum err *why);
