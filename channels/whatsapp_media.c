/* Where is what somebody sent along? The token goes to Meta only: to the Graph API's own origin and Meta's
 * hosts for media, and never to an address that comes from elsewhere. */

#include "channels/whatsapp_media.h"

#include "base/digest.h"
#include "base/encoding.h"
#include "base/form.h"
#include "base/json.h"
#include "channels/secret.h"

#include <string.h>

static void make_get(const struct channel_conf *conf, struct str url, struct arena *arena,
                     struct http_request *out)
{
    struct str token = secret_first(conf->whatsapp.access_token);
    *out = (struct http_request){.method = STR("GET"), .url = url};
    http_add_header(arena, out, "Authorization", arena_printf(arena, "Bearer %.*s", STR_ARG(token)));
    http_add_header(arena, out, "User-Agent", STR("frontdesk"));
}

void whatsapp_ask_media(const struct channel_conf *conf, struct str id, struct arena *arena,
                        struct http_request *out)
{
    struct str name = url_encode(arena, id);
    make_get(conf,
             arena_printf(arena, "%.*s/%.*s?phone_number_id=%.*s", STR_ARG(conf->whatsapp.graph_url),
                          STR_ARG(name), STR_ARG(conf->number)),
             arena, out);
}

/* "https://host:port" of an address; what stands in it is compared as it stands. */
static struct str origin(struct str url)
{
    size_t scheme = str_find(url, STR("://"));
    size_t end = scheme == STR_NONE ? url.len : scheme + 3;
    while (end < url.len && url.data[end] != '/' && url.data[end] != '?' && url.data[end] != '#')
        end++;
    return str_slice(url, 0, end);
}

static bool is_metas(const struct channel_conf *conf, struct str url)
{
    static const struct str domains[] = {STR_INIT(".fbsbx.com"), STR_INIT(".fbcdn.net"),
                                         STR_INIT(".whatsapp.net"), STR_INIT(".facebook.com")};
    struct str where = origin(url);
    if (str_eq(where, origin(conf->whatsapp.graph_url)))
        return true;
    if (!str_starts(where, STR("https://")) || str_find_char(where, '@') != STR_NONE ||
        str_find_char(where, '\\') != STR_NONE)
        return false;
    for (size_t i = 0; i < sizeof domains / sizeof *domains; i++)
        if (str_ends(where, domains[i]))
            return true;
    return false;
}

/* In hexadecimal, or, in some of Meta's answers, in base64. */
static bool read_sha256(struct str text, struct arena *arena, uint8_t out[static SHA256_BYTES])
{
    struct str bytes;
    if (hex_decode(text, out, SHA256_BYTES))
        return true;
    if (!base64_decode(arena, text, &bytes) || bytes.len != SHA256_BYTES)
        return false;
    memcpy(out, bytes.data, SHA256_BYTES);
    return true;
}

bool whatsapp_read_media(const struct channel_conf *conf, struct str body, struct arena *arena,
                         struct whatsapp_media *out)
{
    const struct json *answer = NULL;
    *out = (struct whatsapp_media){0};
    if (json_parse(arena, body, &answer) != ERR_NONE)
        return false;
    out->url = json_text(json_get(answer, "url"));
    if (!json_to_int64(json_get(answer, "file_size"), &out->bytes) || out->bytes < 0)
        out->bytes = 0;
    out->has_sha256 = read_sha256(json_text(json_get(answer, "sha256")), arena, out->sha256);
    return is_metas(conf, out->url);
}

void whatsapp_fetch_media(const struct channel_conf *conf, const struct whatsapp_media *media,
                          struct arena *arena, struct http_request *out)
{
    make_get(conf, media->url, arena, out);
}

bool whatsapp_media_is_whole(const struct whatsapp_media *media, struct str bytes)
{
    uint8_t digest[SHA256_BYTES];
    sha256(bytes, digest);
    return !media->has_sha256 || memcmp(digest, media->sha256, sizeof digest) == 0;
}
