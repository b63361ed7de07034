/* How are signatures made and compared, and where do unguessable keys come from? */

#include "base/digest.h"

#include <endian.h>
/* The digests themselves, and not by way of OpenSSL's providers: what these do for each text costs more than
 * the digest of a short one. */
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/crypto.h>
#include <openssl/sha.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

void sha256(struct str data, uint8_t out[static SHA256_BYTES])
{
    SHA256_CTX context;
    SHA256_Init(&context);
    SHA256_Update(&context, data.data, data.len);
    SHA256_Final(out, &context);
}

static inline void sip_round(uint64_t v[static 4])
{
    v[0] += v[1];
    v[2] += v[3];
    v[1] = (v[1] << 13 | v[1] >> 51) ^ v[0];
    v[3] = (v[3] << 16 | v[3] >> 48) ^ v[2];
    v[0] = v[0] << 32 | v[0] >> 32;
    v[2] += v[1];
    v[0] += v[3];
    v[1] = (v[1] << 17 | v[1] >> 47) ^ v[2];
    v[3] = (v[3] << 21 | v[3] >> 43) ^ v[0];
    v[2] = v[2] << 32 | v[2] >> 32;
}

static inline void sip_mix(uint64_t v[static 4], uint64_t word)
{
    v[3] ^= word;
    sip_round(v);
    sip_round(v);
    v[0] ^= word;
}

/* At most eight bytes, little-endian on every machine: a lane's hash is stored. */
static uint64_t read_word(const char *bytes, size_t len)
{
    uint64_t word = 0;
    if (len)
        memcpy(&word, bytes, len);
    return le64toh(word);
}

/* The key of the published test vectors: bytes 0 to 15. */
#define SIP_KEY_0 UINT64_C(0x0706050403020100)
#define SIP_KEY_1 UINT64_C(0x0F0E0D0C0B0A0908)

uint64_t siphash(struct str data)
{
    uint64_t v[4] = {SIP_KEY_0 ^ UINT64_C(0x736F6D6570736575), SIP_KEY_1 ^ UINT64_C(0x646F72616E646F6D),
                     SIP_KEY_0 ^ UINT64_C(0x6C7967656E657261), SIP_KEY_1 ^ UINT64_C(0x7465646279746573)};
    size_t whole = data.len & ~(size_t)7;
    for (size_t at = 0; at < whole; at += 8)
        sip_mix(v, read_word(data.data + at, 8));
    sip_mix(v, (uint64_t)data.len << 56 |
                   (data.len > whole ? read_word(data.data + whole, data.len - whole) : 0));
    v[2] ^= 0xFF;
    for (int i = 0; i < 4; i++)
        sip_round(v);
    return v[0] ^ v[1] ^ v[2] ^ v[3];
}

/* Of both digests (RFC 2104). */
#define HMAC_BLOCK_BYTES 64

/* A number's webhooks all have the same key: the last one stays prepared, each thread's own, since a worker's
 * disk work is on other threads than its turns. */
struct hmac_key {
    struct arena arena;
    struct str text;
    bool is_prepared;
};

/* False: it must be prepared. */
static bool is_same(const struct hmac_key *key, struct str text)
{
    return key->is_prepared && secret_eq(key->text, text);
}

static void note(struct hmac_key *key, struct str text)
{
    arena_reset(&key->arena);
    key->text = arena_copy(&key->arena, text);
    key->is_prepared = true;
}

/* The key, or the digest of one longer than a block, combined with the byte that tells inside from outside.
 */
static void fill_block(uint8_t block[static HMAC_BLOCK_BYTES], struct str key, uint8_t pad)
{
    memset(block, pad, HMAC_BLOCK_BYTES);
    for (size_t i = 0; i < key.len; i++)
        block[i] ^= (uint8_t)key.data[i];
}

struct hmac_sha256 {
    struct hmac_key key;
    SHA256_CTX inside;
    SHA256_CTX outside;
};

static void prepare_sha256(struct hmac_sha256 *hmac, struct str key)
{
    uint8_t block[HMAC_BLOCK_BYTES];
    uint8_t digest[SHA256_BYTES];
    note(&hmac->key, key);
    if (key.len > sizeof block) {
        sha256(key, digest);
        key = (struct str){(const char *)digest, sizeof digest};
    }
    fill_block(block, key, 0x36);
    SHA256_Init(&hmac->inside);
    SHA256_Update(&hmac->inside, block, sizeof block);
    fill_block(block, key, 0x5C);
    SHA256_Init(&hmac->outside);
    SHA256_Update(&hmac->outside, block, sizeof block);
}

void hmac_sha256(struct str key, struct str data, uint8_t out[static SHA256_BYTES])
{
    static _Thread_local struct hmac_sha256 hmac;
    if (!is_same(&hmac.key, key))
        prepare_sha256(&hmac, key);
    SHA256_CTX context = hmac.inside;
    SHA256_Update(&context, data.data, data.len);
    SHA256_Final(out, &context);
    context = hmac.outside;
    SHA256_Update(&context, out, SHA256_BYTES);
    SHA256_Final(out, &context);
}

struct hmac_sha1 {
    struct hmac_key key;
    SHA_CTX inside;
    SHA_CTX outside;
};

static void prepare_sha1(struct hmac_sha1 *hmac, struct str key)
{
    uint8_t block[HMAC_BLOCK_BYTES];
    uint8_t digest[SHA1_BYTES];
    note(&hmac->key, key);
    if (key.len > sizeof block) {
        SHA1((const unsigned char *)key.data, key.len, digest);
        key = (struct str){(const char *)digest, sizeof digest};
    }
    fill_block(block, key, 0x36);
    SHA1_Init(&hmac->inside);
    SHA1_Update(&hmac->inside, block, sizeof block);
    fill_block(block, key, 0x5C);
    SHA1_Init(&hmac->outside);
    SHA1_Update(&hmac->outside, block, sizeof block);
}

void hmac_sha1(struct str key, const struct str *parts, size_t count, uint8_t out[static SHA1_BYTES])
{
    static _Thread_local struct hmac_sha1 hmac;
    if (!is_same(&hmac.key, key))
        prepare_sha1(&hmac, key);
    SHA_CTX context = hmac.inside;
    for (size_t i = 0; i < count; i++)
        SHA1_Update(&context, parts[i].data, parts[i].len);
    SHA1_Final(out, &context);
    context = hmac.outside;
    SHA1_Update(&context, out, SHA1_BYTES);
    SHA1_Final(out, &context);
}

bool secret_eq(struct str a, struct str b)
{
    return a.len == b.len && (a.len == 0 || CRYPTO_memcmp(a.data, b.data, a.len) == 0);
}

void random_bytes(void *out, size_t bytes)
{
    for (size_t done = 0; done < bytes;) {
        ssize_t got = getrandom((char *)out + done, bytes - done, 0);
        if (got <= 0)
            abort();
        done += (size_t)got;
    }
}
