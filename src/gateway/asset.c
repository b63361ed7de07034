/* How is a document served that is the same for everybody? */

#include "gateway/asset.h"

#include "base/compress.h"
#include "base/digest.h"
#include "base/encoding.h"
#include "gateway/respond.h"

#include <stdio.h>
#include <string.h>

#define ETAG_BYTES 12
/* Swagger UI's script has a quarter of that. */
#define FILE_BYTES ((size_t)8 * 1024 * 1024)

struct asset asset_new(struct str type, struct str body, struct arena *arena)
{
    uint8_t digest[SHA256_BYTES];
    sha256(body, digest);
    struct str name = base64url_encode(arena, digest, ETAG_BYTES);
    return (struct asset){
        .type = type,
        .body = body,
        .packed = gzip_compress(arena, body),
        /* Weak: it names the content, not one of its encodings. */
        .etag = arena_printf(arena, "W/\"%.*s\"", STR_ARG(name)),
    };
}

bool asset_read(struct str folder, struct str name, struct arena *arena, struct str *out)
{
    FILE *file = fopen(arena_printf(arena, "%.*s/%.*s", STR_ARG(folder), STR_ARG(name)).data, "rb");
    if (!file)
        return false;
    bool is_whole = fseek(file, 0, SEEK_END) == 0;
    long size = is_whole ? ftell(file) : -1;
    is_whole = size >= 0 && (size_t)size <= FILE_BYTES && fseek(file, 0, SEEK_SET) == 0;
    if (is_whole) {
        char *bytes = arena_alloc(arena, (size_t)size);
        *out = (struct str){bytes, fread(bytes, 1, (size_t)size, file)};
        is_whole = out->len == (size_t)size;
    }
    fclose(file);
    return is_whole;
}

static bool lists(struct str list, struct str wanted)
{
    struct str part;
    while (list.len && str_cut(&list, ',', &part))
        if (str_eq(str_trim(part), wanted))
            return true;
    return false;
}

/* "gzip" or "gzip;q=0.8" among others; "gzip;q=0" is a refusal. */
bool request_takes_gzip(const struct http_request *request)
{
    struct str accepted = http_header_of(request, "Accept-Encoding");
    struct str part;
    while (accepted.len && str_cut(&accepted, ',', &part)) {
        struct str coding = str_trim(str_slice(part, 0, str_find_char(part, ';')));
        if (str_eq_nocase(coding, STR("gzip")))
            return str_find(part, STR("q=0")) == STR_NONE || str_find(part, STR("q=0.")) != STR_NONE;
    }
    return false;
}

void respond_asset(struct gateway *gateway, struct http_exchange *exchange,
                   const struct http_request *request, const struct asset *asset)
{
    bool has_it = lists(http_header_of(request, "If-None-Match"), asset->etag);
    bool is_packed = request_takes_gzip(request);
    struct arena *arena = http_exchange_arena(exchange);
    struct http_response response = {.status = has_it ? 304 : 200};
    http_add_header(arena, &response, "ETag", asset->etag);
    http_add_header(arena, &response, "Cache-Control", STR("public, max-age=300"));
    http_add_header(arena, &response, "Vary", STR("Accept-Encoding"));
    if (!has_it) {
        response.body = is_packed ? asset->packed : asset->body;
        http_add_header(arena, &response, "Content-Type", asset->type);
        if (is_packed)
            http_add_header(arena, &response, "Content-Encoding", STR("gzip"));
    }
    if (asset->policy.len) {
        http_add_header(arena, &response, "Content-Security-Policy", asset->policy);
        http_add_header(arena, &response, "Referrer-Policy", STR("no-referrer"));
    } else {
        /* A script or picture for other people's pages, those with cross-origin isolation too. */
        http_add_header(arena, &response, "Cross-Origin-Resource-Policy", STR("cross-origin"));
    }
    respond(gateway, exchange, request, &response);
}

/* A page's links are relative, so that it works below a proxy's prefix: it has one address only. */
static void lead_to_page(struct gateway *gateway, struct http_exchange *exchange,
                         const struct http_request *request, struct str folder)
{
    struct arena *arena = http_exchange_arena(exchange);
    struct http_response response = {.status = 308};
    struct str page = str_slice(folder, 0, folder.len - 1);
    http_add_header(arena, &response, "Location",
                    arena_printf(arena, "..%.*s%s%.*s", STR_ARG(page), request->query.len ? "?" : "",
                                 STR_ARG(request->query)));
    respond(gateway, exchange, request, &response);
}

void respond_asset_file(struct gateway *gateway, struct http_exchange *exchange,
                        const struct http_request *request, const char *folder,
                        const struct asset_file *files, size_t count)
{
    struct str name = str_slice(request->path, strlen(folder), request->path.len);
    if (name.len == 0) {
        lead_to_page(gateway, exchange, request, str_from(folder));
        return;
    }
    for (size_t i = 0; i < count; i++) {
        if (str_eq(name, files[i].name) && files[i].asset.type.len) {
            respond_asset(gateway, exchange, request, &files[i].asset);
            return;
        }
    }
    respond_problem(gateway, exchange, request, ERR_NOT_FOUND, (struct str){0}, NULL, 0);
}
