/* Was this very request made before? */

#include "gateway/idempotency.h"

#include "base/digest.h"
#include "base/encoding.h"
#include "base/json.h"
#include "base/uuid.h"

struct idempotency idempotency_of(const struct http_request *request, struct arena *arena)
{
    uint8_t digest[SHA256_BYTES];
    struct idempotency asked = {.key = http_header_of(request, "Idempotency-Key")};
    if (asked.key.len == 0)
        return asked;
    sha256(request->body, digest);
    asked.body = hex_encode(arena, digest, sizeof digest);
    return asked;
}

struct str idempotency_message_id(const struct idempotency *asked, const char *what, struct str who,
                                  struct arena *arena)
{
    if (asked->key.len == 0)
        return uuid_text(arena, uuid_random());
    return arena_printf(arena, "%s:%.*s:%.*s", what, STR_ARG(who), STR_ARG(asked->key));
}

/* Kept as text: of an object, jsonb would keep the members, but not their order. */
struct str idempotency_keep(const struct idempotency *asked, const struct json *answer, struct arena *arena)
{
    struct str text = json_print(arena, answer);
    if (asked->key.len == 0)
        return text;
    struct json *kept = json_new_object(arena);
    json_set_str(arena, kept, "request", asked->body);
    json_set_str(arena, kept, "answer", text);
    return json_print(arena, kept);
}

bool idempotency_read(const struct idempotency *asked, struct str kept, struct str *answer,
                      struct arena *arena)
{
    const struct json *both;
    *answer = kept;
    if (asked->key.len == 0 || json_parse(arena, kept, &both) != ERR_NONE)
        return true;
    const struct json *said = json_get(both, "answer");
    /* Before an upgrade of these days it was the object itself. */
    *answer = json_kind(said) == JSON_TEXT ? json_text(said) : json_print(arena, said);
    return str_eq(json_text(json_get(both, "request")), asked->body);
}
