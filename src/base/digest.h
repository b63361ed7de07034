#pragma once

/* Digests, signatures and keys nobody can guess. */

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
