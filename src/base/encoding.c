/* How do bytes become text that anybody can carry, and bytes again? */

#include "base/encoding.h"

#include <openssl/evp.h>

void hex_put(char *out, const void *bytes, size_t len)
{
    static const char digits[] = "0123456789abcdef";
    const uint8_t *from = bytes;
    for (size_t i = 0; i < len; i++) {
        out[2 * i] = digits[from[i] >> 4];
        out[2 * i + 1] = digits[from[i] & 15];
    }
}

struct str hex_encode(struct arena *arena, const void *bytes, size_t len)
{
    char *text = arena_alloc(arena, len * 2 + 1);
    hex_put(text, bytes, len);
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
