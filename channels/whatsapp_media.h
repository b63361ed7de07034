#pragma once

/* What people send along, fetched from Meta in two steps: where is it, and what is it? */

#include "base/digest.h"
#include "channels/channel.h"

struct whatsapp_media {
    struct str url; /* for five minutes */
    int64_t bytes;  /* 0: not told */
    uint8_t sha256[SHA256_BYTES];
    bool has_sha256;
};

/* The first request, and its answer. False: it is none, or it leads to somebody who must not see our token.
 */
void whatsapp_ask_media(const struct channel_conf *conf, struct str id, struct arena *arena,
                        struct http_request *out);
bool whatsapp_read_media(const struct channel_conf *conf, struct str body, struct arena *arena,
                         struct whatsapp_media *out);
/* The second request; its answer's body is the medium. */
void whatsapp_fetch_media(const struct channel_conf *conf, const struct whatsapp_media *media,
                          struct arena *arena, struct http_request *out);
/* Is it what Meta said it would be? Also where it said nothing. */
bool whatsapp_media_is_whole(const struct whatsapp_media *media, struct str bytes);
