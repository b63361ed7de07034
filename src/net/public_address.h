#pragma once

/* Is this an address of the public internet? */

#include <stdbool.h>
#include <sys/socket.h>

/* False for loopback, private, link-local, shared, reserved, multicast and documentation addresses, for IPv6
 * addresses that carry such an IPv4 one or lie outside the space that is given out, and for other families:
 * what a stranger's URL must not reach from here. */
bool address_is_public(const struct sockaddr *address);
