#pragma once

/* Digests, signatures, random keys and their printed forms. */

#include "base/arena.h"

#define SHA1_BYTES   20
#define SHA256_BYTES 32

void sha256(struct str data, uint8_t out[static SHA256_BYTES]);
void hmac_sha256(struct str key, struct str data, uint8_t out[static SHA256_BYTES]);
/* Of texts that follow each other. */
void hmac_sha1(struct str key, const struct str *parts, size_t count, uint8_t out[static SHA1_BYTES]);

/* SipHash-2-4 under a fixed key: short, the same everywhere and for ever, for telling things apart where a
 * collision harms nobody. Not for what somebody could want to forge. */
uint64_t siphash(struct str data);

/* Equal content in a time that depends on the lengths only. */
bool secret_eq(struct str a, struct str b);

/* `bytes` of the kernel's randomness; aborts when there is none. */
void random_bytes(void *out, size_t bytes);

struct str hex_encode(struct arena *arena, const void *bytes, size_t len); /* lower case */
bool hex_decode(struct str text, uint8_t *out, size_t len); /* exactly len bytes, either case */
struct str base64_encode(struct arena *arena, const void *bytes, size_t len);
struct str base64url_encode(struct arena *arena, const void *bytes, size_t len); /* without padding */
/* Standard alphabet and nothing else, padding required; false when it is not base64. */
bool base64_decode(struct arena *arena, struct str text, struct str *out);

struct uuid {
    uint8_t bytes[16];
};

struct uuid uuid_random(void); /* version 4 */
/* Version 7: begins with the time, so that new rows lie together in an index. */
struct uuid uuid_ordered(int64_t now_ms);
struct str uuid_text(struct arena *arena, struct uuid id); /* 36 characters, lower case */
bool uuid_from_text(struct str text, struct uuid *out);
bool uuid_eq(struct uuid a, struct uuid b);
bool uuid_is_nil(struct uuid id);
