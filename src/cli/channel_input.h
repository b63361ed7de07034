#pragma once

/* What `frontdesk channel` reads: raw HTTP messages, and things to say as JSON. */

#include "base/arena.h"
#include "http.h"
#include "message.h"

/* Request line, headers, an empty line, the body up to the end; lines end in CRLF or LF. False when the first
 * line or a header is none. */
bool http_request_read(struct str raw, struct arena *arena, struct http_request *out);
/* The same with a status line. */
bool http_response_read(struct str raw, struct arena *arena, struct http_response *out);

/* What the contract's `compose` reads. NULL, or what is wrong with it. */
const char *outbound_read(struct arena *arena, struct str text, struct outbound *out);
