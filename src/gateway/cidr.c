/* Is this address one of our own proxies? */

#include "gateway/config.h"

#include <arpa/inet.h>
#include <string.h>

#define MAPPED_BITS 96

/* IPv4 is mapped into IPv6, so that one comparison serves both. */
static bool read_address(struct str text, uint8_t out[static 16], bool *is_v4)
{
    char copy[INET6_ADDRSTRLEN];
    if (text.len == 0 || text.len >= sizeof copy)
        return false;
    memcpy(copy, text.data, text.len);
    copy[text.len] = '\0';
    static const uint8_t mapped[12] = {[10] = 0xFF, [11] = 0xFF};
    memcpy(out, mapped, sizeof mapped);
    *is_v4 = inet_pton(AF_INET, copy, out + sizeof mapped) == 1;
    return *is_v4 || inet_pton(AF_INET6, copy, out) == 1;
}

bool cidr_from(struct str text, struct cidr *out)
{
    size_t slash = str_find_char(text, '/');
    bool is_v4;
    if (!read_address(str_slice(text, 0, slash), out->address, &is_v4))
        return false;
    int64_t most = is_v4 ? 32 : 128;
    int64_t bits = most;
    if (slash != STR_NONE &&
        (!str_to_int64(str_slice(text, slash + 1, text.len), &bits) || bits < 0 || bits > most))
        return false;
    out->prefix_bits = (uint8_t)(bits + (is_v4 ? MAPPED_BITS : 0));
    return true;
}

bool cidr_contains(const struct cidr *network, struct str text)
{
    uint8_t address[16];
    bool is_v4;
    if (!read_address(text, address, &is_v4))
        return false;
    size_t whole = network->prefix_bits / 8;
    if (memcmp(address, network->address, whole) != 0)
        return false;
    unsigned rest = network->prefix_bits % 8;
    return rest == 0 || (address[whole] ^ network->address[whole]) >> (8 - rest) == 0;
}
