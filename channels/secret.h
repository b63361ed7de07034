#pragma once

/* A configured secret may hold two values separated by a comma, so that it can be rotated without a gap:
 * every value is accepted, the first is used. */

#include "base/str.h"

/* Takes the next value off `*rest` (start with the whole secret); false when none is left. An empty value is
 * never given: it would accept what anybody can sign. */
static inline bool secret_next(struct str *rest, struct str *value)
{
    while (str_cut(rest, ',', value)) {
        *value = str_trim(*value);
        if (value->len)
            return true;
    }
    return false;
}

static inline struct str secret_first(struct str secret)
{
    struct str value;
    return secret_next(&secret, &value) ? value : (struct str){0};
}
