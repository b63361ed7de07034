/* What is an error called, and what does the outside get to see of it? */

#include "base/err.h"

static const struct entry {
    const char *name;
    int status;
    struct str title;
} entries[] = {
#define X(name, status, title) [ERR_##name] = {#name, status, STR_INIT(title)},
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

struct str err_title(enum err err)
{
    return entries[err].title;
}
