/* Did the operator's system say this, and just now? */

#include "gateway/signature.h"

#include "base/digest.h"
#include "base/encoding.h"
#include "channels/secret.h"

#define VALID_S 300

static struct str digest_of(struct str secret, struct str time, struct str body, struct arena *arena)
{
    uint8_t digest[SHA256_BYTES];
    struct str signed_text = arena_join(arena, time, STR("."), body);
    hmac_sha256(secret, signed_text, digest);
    return hex_encode(arena, digest, sizeof digest);
}

struct str signature_make(struct str secret, struct str body, int64_t now_s, struct arena *arena)
{
    struct str time = arena_number(arena, now_s);
    struct str digest = digest_of(secret_first(secret), time, body, arena);
    return arena_join(arena, STR("t="), time, STR(",v1="), digest);
}

static bool is_timely(struct str time, int64_t now_s)
{
    int64_t signed_s;
    return str_to_int64(time, &signed_s) && signed_s > now_s - VALID_S && signed_s < now_s + VALID_S;
}

bool signature_is_valid(struct str secret, struct str header, struct str body, int64_t now_s,
                        struct arena *arena)
{
    struct str time;
    struct str value;
    struct str one;
    if (!str_starts(header, STR("t=")))
        return false;
    header = str_slice(header, 2, header.len);
    if (!str_cut(&header, ',', &time) || !is_timely(time, now_s) || !str_starts(header, STR("v1=")))
        return false;
    value = str_slice(header, 3, header.len);
    bool is_valid = false;
    while (secret_next(&secret, &one))
        is_valid |= secret_eq(value, digest_of(one, time, body, arena));
    return is_valid;
}
