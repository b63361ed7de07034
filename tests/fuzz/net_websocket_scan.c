/* Can bytes break the look at a client's frames, or make it depend on how they were cut? The first byte says
 * where the input is cut. */

#include "net/websocket_scan.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* How many bytes are good; all of them where no rule is broken. */
static bool scan_in_two(struct str bytes, size_t cut, size_t *good)
{
    struct websocket_scan scan = {0};
    size_t first;
    size_t second;
    bool is_good = websocket_scan(&scan, str_slice(bytes, 0, cut), &first);
    *good = first;
    if (!is_good)
        return false;
    is_good = websocket_scan(&scan, str_slice(bytes, cut, bytes.len), &second);
    *good += second;
    return is_good;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    struct str bytes = {(const char *)data + 1, size - 1};
    size_t whole;
    size_t cut;
    bool is_good = scan_in_two(bytes, bytes.len, &whole);
    if (scan_in_two(bytes, data[0] % size, &cut) != is_good)
        abort();
    /* Of a refused frame the first byte may have come alone, and said nothing. */
    if (whole > bytes.len || (cut != whole && (is_good || cut != whole + 1)))
        abort();
    return 0;
}
