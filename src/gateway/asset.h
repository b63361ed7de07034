#pragma once

/* A document that is the same for everybody: sent compressed to whoever takes that, and not at all to whoever
 * has it already. */

#include "gateway/gateway.h"

struct asset {
    struct str type;   /* its Content-Type */
    struct str policy; /* its Content-Security-Policy; may be empty */
    struct str body;
    struct str packed; /* the same as gzip */
    struct str etag;
};

/* A file that npm has installed; false when it is not there. */
bool asset_read(struct str folder, struct str name, struct arena *arena, struct str *out);
struct asset asset_new(struct str type, struct str body, struct arena *arena);
/* Whether its Accept-Encoding has gzip. */
bool request_takes_gzip(const struct http_request *request);
void respond_asset(struct gateway *gateway, struct http_exchange *exchange,
                   const struct http_request *request, const struct asset *asset);

/* One of the files that a page loads; without a type it is not there. */
struct asset_file {
    struct str name;
    struct asset asset;
};

/* Answers for the folder of a page, as "/docs/": the file that is asked for, for the bare folder the way to
 * the page, else 404. */
void respond_asset_file(struct gateway *gateway, struct http_exchange *exchange,
                        const struct http_request *request, const char *folder,
                        const struct asset_file *files, size_t count);
