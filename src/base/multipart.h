#pragma once

/* multipart/form-data (RFC 7578): a form that brings a file along. */

#include "base/arena.h"

struct multipart {
    struct buf body;
    struct str boundary;
};

struct multipart multipart_begin(struct arena *arena);
/* `name`, `filename` and `type` are ours: no quotes, no line ends. */
void multipart_put(struct multipart *form, const char *name, struct str value);
void multipart_put_file(struct multipart *form, const char *name, struct str filename, struct str type,
                        struct str bytes);
struct str multipart_end(struct multipart *form);                             /* the body */
struct str multipart_type(const struct multipart *form, struct arena *arena); /* for Content-Type */
