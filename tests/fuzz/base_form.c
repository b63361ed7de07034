/* Can bytes break the reader of forms? What it reads, written and read again, is the same. */

#include "base/form.h"

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
    struct str text = {(const char *)data, size};
    struct form form;
    struct form again;
    struct str decoded;
    if (form_parse(&arena, text, &form)) {
        struct buf body = {.arena = &arena};
        for (size_t i = 0; i < form.count; i++)
            form_put(&body, arena_cstring(&arena, url_encode(&arena, form.fields[i].name)),
                     form.fields[i].value);
        must(form_parse(&arena, buf_str(&body), &again) && again.count == form.count);
        for (size_t i = 0; i < form.count; i++)
            must(str_eq(again.fields[i].value, form.fields[i].value) &&
                 str_eq(again.fields[i].name, url_encode(&arena, form.fields[i].name)));
    }
    must(url_decode(&arena, url_encode(&arena, text), &decoded) && str_eq(decoded, text));
    arena_free(&arena);
    return 0;
}
