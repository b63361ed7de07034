#pragma once

/* Twilio's answer documents, for SMS and voice. */

#include "base/arena.h"
#include "http.h"

/* Twilio refuses larger documents (11750); a little room is left for the end tags. */
#define TWIML_BYTES_MAX ((size_t)64 * 1024 - 256)

/* Escapes for element text and attribute values; characters that XML 1.0 forbids are dropped. */
void twiml_put_text(struct buf *document, struct str text);
/* ` name="value"` */
void twiml_put_attribute(struct buf *document, const char *name, struct str value);
/* 200 with the verbs inside <Response>; without verbs an empty <Response/>, which says nothing. */
void twiml_answer(struct arena *arena, struct str verbs, struct http_response *out);
