#pragma once

/* Does a client keep the rules of RFC 6455 that libwebsockets does not hold it to? Frames must be masked
 * (5.1), and control frames short (5.5). So the bytes are looked at before the library gets them. Pure;
 * private to net/. */

#include "base/str.h"

/* Where in the stream of frames the last byte was. A zeroed struct stands before the first frame. */
struct websocket_scan {
    uint64_t left; /* bytes of the length, or of mask and payload, still to come */
    uint64_t length;
    uint8_t part;
    bool is_control;
};

/* Follows the frames in `bytes`, wherever they were cut. False at the first one that breaks a
 * rule: then `*good` bytes belong to the frames before it. */
bool websocket_scan(struct websocket_scan *scan, struct str bytes, size_t *good);
