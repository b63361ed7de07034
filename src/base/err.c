/* What is an error called, and what does the outside get to see of it? */

#include "base/err.h"

static const struct entry {
    const char *name;
    int status;
    bool retryable;
    struct str title;
} entries[] = {
#define X(name, status, retry, title) [ERR_##name] = {#name, status, retry, STR_INIT(title)},
    ERR_TABLE(X)
#undef X
};

const char *err_name(enum err err)
{
    return entries[err].name;
}

int err_status(enum err err)
{
    return entries[err].status;
}

bool err_is_retryable(enum err err)
{
    return entries[err].retryable;
}

struct str err_title(enum err err)
{
    return entries[err].title;
}
