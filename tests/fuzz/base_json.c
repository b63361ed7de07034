/* Can bytes break the readers of JSON? What ours takes, jansson takes too, and what is printed is read again.
 */

#include "base/json.h"

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
    struct str bytes = {(const char *)data, size};
    bool is_read = json_read(&arena, bytes, &read) == ERR_NONE;
    bool is_parsed = json_parse(&arena, bytes, &parsed) == ERR_NONE;
    must(!is_read || is_parsed);
    if (is_parsed) {
        struct str printed = json_print(&arena, parsed);
        must(json_read(&arena, printed, &read) == ERR_NONE);
        must(str_eq(json_print(&arena, read), printed));
    }
    arena_free(&arena);
    return 0;
}
