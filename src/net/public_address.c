/* Is this an address of the public internet? By IANA's special-purpose registries for IPv4 and IPv6. */

#include "net/public_address.h"

#include <netinet/in.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct range {
    uint8_t address[4];
    uint8_t prefix_bits;
};

static const struct range not_public[] = {
    {{0, 0, 0, 0}, 8},       /* this network */
    {{10, 0, 0, 0}, 8},      /* private */
    {{100, 64, 0, 0}, 10},   /* shared by a provider's customers */
    {{127, 0, 0, 0}, 8},     /* loopback */
    {{169, 254, 0, 0}, 16},  /* link-local, and clouds' metadata */
    {{172, 16, 0, 0}, 12},   /* private */
    {{192, 0, 0, 0}, 24},    /* protocol assignments */
    {{192, 0, 2, 0}, 24},    /* documentation */
    {{192, 88, 99, 0}, 24},  /* old relays */
    {{192, 168, 0, 0}, 16},  /* private */
    {{198, 18, 0, 0}, 15},   /* benchmarks */
    {{198, 51, 100, 0}, 24}, /* documentation */
    {{203, 0, 113, 0}, 24},  /* documentation */
    {{224, 0, 0, 0}, 3},     /* multicast, reserved, broadcast */
};

static bool v4_is_public(const uint8_t bytes[static 4])
{
    uint32_t address =
        (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
    for (size_t i = 0; i < sizeof not_public / sizeof *not_public; i++) {
        const uint8_t *of = not_public[i].address;
        uint32_t network = (uint32_t)of[0] << 24 | (uint32_t)of[1] << 16 | (uint32_t)of[2] << 8 | of[3];
        if ((address ^ network) >> (32 - not_public[i].prefix_bits) == 0)
            return false;
    }
    return true;
}

static bool v6_is_public(const uint8_t bytes[static 16])
{
    static const uint8_t mapped[12] = {[10] = 0xFF, [11] = 0xFF};
    static const uint8_t translated[12] = {0x00, 0x64, 0xFF, 0x9B};
    if (memcmp(bytes, mapped, sizeof mapped) == 0 || memcmp(bytes, translated, sizeof translated) == 0)
        return v4_is_public(bytes + 12);
    /* 2000::/3 is all that is given out; 2001::/23 and 2001:db8::/32 are for protocols (Teredo among them)
     * and documentation, 3fff::/20 for documentation, and 2002::/16 (6to4) carries an IPv4 address. */
    if (bytes[0] >> 5 != 1)
        return false;
    if (bytes[0] == 0x20 && bytes[1] == 0x02)
        return v4_is_public(bytes + 2);
    bool is_protocol = bytes[0] == 0x20 && bytes[1] == 0x01 && bytes[2] < 2;
    bool is_example = bytes[0] == 0x20 && bytes[1] == 0x01 && bytes[2] == 0x0D && bytes[3] == 0xB8;
    bool is_other_example = bytes[0] == 0x3F && bytes[1] == 0xFF && bytes[2] >> 4 == 0;
    return !is_protocol && !is_example && !is_other_example;
}

bool address_is_public(const struct sockaddr *address)
{
    if (address->sa_family == AF_INET) {
        struct sockaddr_in v4;
        memcpy(&v4, address, sizeof v4);
        return v4_is_public((const uint8_t *)&v4.sin_addr);
    }
    if (address->sa_family == AF_INET6) {
        struct sockaddr_in6 v6;
        memcpy(&v6, address, sizeof v6);
        return v6_is_public(v6.sin6_addr.s6_addr);
    }
    return false;
}
