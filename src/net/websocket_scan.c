/* Where does each frame begin, and does it keep the rules? */

#include "net/websocket_scan.h"

#define MASK_BIT   0x80
#define CONTROL    0x08 /* of an opcode */
#define MASK_BYTES 4
/* Lengths in the second byte that say how many bytes of length follow. */
#define LENGTH_16  126
#define LENGTH_64  127

enum part { OPCODE, MASK_AND_LENGTH, LENGTH, CONTENT };

static void begin_content(struct websocket_scan *scan)
{
    scan->part = CONTENT;
    /* A length near 2^64 is refused by whoever reads the frame; here it must only not wrap around. */
    scan->left = scan->length > UINT64_MAX - MASK_BYTES ? UINT64_MAX : scan->length + MASK_BYTES;
}

static void take_length(struct websocket_scan *scan, uint8_t seven_bits)
{
    scan->length = 0;
    scan->part = LENGTH;
    if (seven_bits == LENGTH_16) {
        scan->left = 2;
    } else if (seven_bits == LENGTH_64) {
        scan->left = 8;
    } else {
        scan->length = seven_bits;
        begin_content(scan);
    }
}

static size_t skip(struct websocket_scan *scan, size_t available)
{
    size_t skipped = scan->left < available ? (size_t)scan->left : available;
    scan->left -= skipped;
    if (scan->left == 0)
        scan->part = OPCODE;
    return skipped;
}

bool websocket_scan(struct websocket_scan *scan, struct str bytes, size_t *good)
{
    *good = 0;
    for (size_t i = 0; i < bytes.len;) {
        uint8_t byte = (uint8_t)bytes.data[i];
        switch ((enum part)scan->part) {
        case OPCODE:
            *good = i;
            scan->part = MASK_AND_LENGTH;
            scan->is_control = byte & CONTROL;
            i++;
            break;
        case MASK_AND_LENGTH:
            if (!(byte & MASK_BIT) || (scan->is_control && (byte & ~MASK_BIT) >= LENGTH_16))
                return false;
            take_length(scan, byte & (MASK_BIT - 1));
            i++;
            break;
        case LENGTH:
            scan->length = scan->length << 8 | byte;
            if (--scan->left == 0)
                begin_content(scan);
            i++;
            break;
        case CONTENT:
            i += skip(scan, bytes.len - i);
            break;
        }
    }
    *good = bytes.len;
    return true;
}
