/* Can bytes break the readers of JSON? What jansson takes, `json_parse` takes and understands the same,
 * within its bounds of depth and members; and what is printed is read again. */

#include "tests/property/json_oracle.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool good)
{
    if (!good)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena = {0};
    const struct json *read;
    const struct json *parsed;
    bool agrees;
    struct str bytes = {(const char *)data, size};
    if (json_read(&arena, bytes, &read) == ERR_NONE)
        must(json_parse(&arena, json_print(&arena, read), &parsed) == ERR_NONE);
    if (json_parse(&arena, bytes, &parsed) == ERR_NONE) {
        struct str printed = json_print(&arena, parsed);
        must(json_read(&arena, printed, &read) == ERR_NONE);
        must(str_eq(json_print(&arena, read), printed));
    }
    bool is_small = size < JSON_MAX_DEPTH; /* so that no bound of ours is met */
    must(!oracle_takes(bytes, parsed, &agrees) || agrees || !is_small);
    arena_free(&arena);
    return 0;
}
