/* How are signatures made and compared, and where do unguessable keys come from? */

#include "base/digest.h"

#include <endian.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#define UUID_TEXT_LEN 36

/* Looking an algorithm up costs OpenSSL more than a short text's digest: each is looked up once, and the
 * contexts are used again, each by its own thread: a worker's disk work is on other threads than its turns.
 */
void sha256(struct str data, uint8_t out[static SHA256_BYTES])
{
    static _Thread_local EVP_MD *kind;
    static _Thread_local EVP_MD_CTX *context;
    if (!kind) {
        kind = EVP_MD_fetch(NULL, "SHA256", NULL);
        context = EVP_MD_CTX_new();
    }
    if (!kind || !context || !EVP_DigestInit_ex2(context, kind, NULL) ||
        !EVP_DigestUpdate(context, data.data, data.len) || !EVP_DigestFinal_ex(context, out, NULL))
        abort();
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

/* A context, and the key that it was prepared with: a number's webhooks all have the same. */
struct keyed {
    EVP_MAC_CTX *context;
    struct arena arena;
    struct str key;
};

static EVP_MAC_CTX *new_hmac(const char *digest)
{
    char name[16];
    EVP_MAC *kind = EVP_MAC_fetch(NULL, "HMAC", NULL);
    EVP_MAC_CTX *context = EVP_MAC_CTX_new(kind);
    EVP_MAC_free(kind);
    snprintf(name, sizeof name, "%s", digest);
    OSSL_PARAM params[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, name, 0),
                           OSSL_PARAM_construct_end()};
    if (!context || !EVP_MAC_CTX_set_params(context, params))
        abort();
    return context;
}

static bool prepare(struct keyed *keyed, struct str key, const char *digest)
{
    if (keyed->context && secret_eq(keyed->key, key))
        return EVP_MAC_init(keyed->context, NULL, 0, NULL);
    if (!keyed->context)
        keyed->context = new_hmac(digest);
    arena_reset(&keyed->arena);
    keyed->key = arena_copy(&keyed->arena, key);
    return EVP_MAC_init(keyed->context, (const unsigned char *)keyed->key.data, key.len, NULL);
}

static void hmac(struct keyed *keyed, const char *digest, struct str key, struct str data, uint8_t *out,
                 size_t bytes)
{
    static const unsigned char nothing[] = "";
    size_t len;
    if (!prepare(keyed, key, digest) ||
        !EVP_MAC_update(keyed->context, data.data ? (const unsigned char *)data.data : nothing, data.len) ||
        !EVP_MAC_final(keyed->context, out, &len, bytes))
        abort();
}

void hmac_sha256(struct str key, struct str data, uint8_t out[static SHA256_BYTES])
{
    static _Thread_local struct keyed keyed;
    hmac(&keyed, "SHA256", key, data, out, SHA256_BYTES);
}

void hmac_sha1(struct str key, struct str data, uint8_t out[static SHA1_BYTES])
{
    static _Thread_local struct keyed keyed;
    hmac(&keyed, "SHA1", key, data, out, SHA1_BYTES);
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

static void put_hex(char *out, const uint8_t *bytes, size_t len)
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < len; i++) {
        out[2 * i] = digits[bytes[i] >> 4];
        out[2 * i + 1] = digits[bytes[i] & 15];
    }
}

struct str hex_encode(struct arena *arena, const void *bytes, size_t len)
{
    char *text = arena_alloc(arena, len * 2 + 1);
    put_hex(text, bytes, len);
    return (struct str){text, len * 2};
}

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

bool hex_decode(struct str text, uint8_t *out, size_t len)
{
    if (text.len != len * 2)
        return false;
    for (size_t i = 0; i < len; i++) {
        int high = hex_value(text.data[2 * i]);
        int low = hex_value(text.data[2 * i + 1]);
        if (high < 0 || low < 0)
            return false;
        out[i] = (uint8_t)(high << 4 | low);
    }
    return true;
}

struct str base64_encode(struct arena *arena, const void *bytes, size_t len)
{
    char *text = arena_alloc(arena, (len + 2) / 3 * 4 + 1);
    int written = EVP_EncodeBlock((unsigned char *)text, bytes, (int)len);
    return (struct str){text, (size_t)written};
}

struct str base64url_encode(struct arena *arena, const void *bytes, size_t len)
{
    struct str text = base64_encode(arena, bytes, len);
    char *data = (char *)(uintptr_t)text.data;
    while (text.len && data[text.len - 1] == '=')
        data[--text.len] = '\0';
    for (size_t i = 0; i < text.len; i++) {
        if (data[i] == '+')
            data[i] = '-';
        else if (data[i] == '/')
            data[i] = '_';
    }
    return text;
}

static bool is_base64_digit(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '/';
}

bool base64_decode(struct arena *arena, struct str text, struct str *out)
{
    *out = (struct str){"", 0};
    if (text.len == 0)
        return true;
    if (text.len % 4 != 0 || text.len > INT32_MAX)
        return false;
    size_t padding = (text.data[text.len - 1] == '=') + (size_t)str_ends(text, STR("=="));
    /* OpenSSL would step over blanks and line ends, and take padding anywhere. */
    for (size_t i = 0; i < text.len - padding; i++)
        if (!is_base64_digit(text.data[i]))
            return false;
    unsigned char *bytes = arena_alloc(arena, text.len / 4 * 3 + 1);
    int len = EVP_DecodeBlock(bytes, (const unsigned char *)text.data, (int)text.len);
    if (len < 0)
        return false;
    *out = (struct str){(const char *)bytes, (size_t)len - padding};
    return true;
}

static struct uuid mark_version(struct uuid id, uint8_t version)
{
    id.bytes[6] = (uint8_t)((id.bytes[6] & 0x0F) | version << 4);
    id.bytes[8] = (uint8_t)((id.bytes[8] & 0x3F) | 0x80);
    return id;
}

struct uuid uuid_random(void)
{
    struct uuid id;
    random_bytes(id.bytes, sizeof id.bytes);
    return mark_version(id, 4);
}

struct uuid uuid_ordered(int64_t now_ms)
{
    struct uuid id;
    random_bytes(id.bytes + 6, sizeof id.bytes - 6);
    for (int i = 0; i < 6; i++)
        id.bytes[i] = (uint8_t)(now_ms >> (40 - 8 * i));
    return mark_version(id, 7);
}

struct str uuid_text(struct arena *arena, struct uuid id)
{
    static const size_t groups[] = {4, 2, 2, 2, 6}; /* bytes between dashes */
    char *text = arena_alloc(arena, UUID_TEXT_LEN + 1);
    const uint8_t *bytes = id.bytes;
    for (size_t i = 0, at = 0; i < sizeof groups / sizeof *groups; i++) {
        if (i)
            text[at++] = '-';
        put_hex(text + at, bytes, groups[i]);
        at += 2 * groups[i];
        bytes += groups[i];
    }
    return (struct str){text, UUID_TEXT_LEN};
}

bool uuid_from_text(struct str text, struct uuid *out)
{
    if (text.len != UUID_TEXT_LEN)
        return false;
    char digits[32];
    size_t count = 0;
    for (size_t i = 0; i < text.len; i++) {
        bool is_dash = i == 8 || i == 13 || i == 18 || i == 23;
        if (is_dash != (text.data[i] == '-'))
            return false;
        if (!is_dash)
            digits[count++] = text.data[i];
    }
    return hex_decode((struct str){digits, count}, out->bytes, sizeof out->bytes);
}

bool uuid_eq(struct uuid a, struct uuid b)
{
    return memcmp(a.bytes, b.bytes, sizeof a.bytes) == 0;
}

bool uuid_is_nil(struct uuid id)
{
    return uuid_eq(id, (struct uuid){0});
}
