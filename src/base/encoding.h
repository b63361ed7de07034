#pragma once

/* Bytes as text: hexadecimal (RFC 4648, 8) and base64 (4, 5). */

#include "base/arena.h"

void hex_put(char *out, const void *bytes, size_t len); /* 2 * len characters, lower case, without a NUL */
struct str hex_encode(struct arena *arena, const void *bytes, size_t len); /* lower case */
bool hex_decode(struct str text, uint8_t *out, size_t len); /* exactly len bytes, either case */
struct str base64_encode(struct arena *arena, const void *bytes, size_t len);
struct str base64url_encode(struct arena *arena, const void *bytes, size_t len); /* without padding */
/* Standard alphabet and nothing else, padding required; false when it is not base64. */
bool base64_decode(struct arena *arena, struct str text, struct str *out);
