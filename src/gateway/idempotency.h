#pragma once

/* A request with Idempotency-Key is done once. Its answer is kept beside the digest of its body: the same key
 * with another body is the client's mistake, and told as one. */

#include "gateway/gateway.h"

struct idempotency {
    struct str key;  /* the client's; empty: none */
    struct str body; /* digest of the request's body; empty without a key */
};

struct idempotency idempotency_of(const struct http_request *request, struct arena *arena);
/* What the turn is known by. A key counts for who has the session's key; where there is none yet, for that
 * client: the answer to a start holds a secret. */
struct str idempotency_message_id(const struct idempotency *asked, const char *what, struct str who,
                                  struct arena *arena);
/* What is stored of an answer, and back. False: it was given to another body. */
struct str idempotency_keep(const struct idempotency *asked, const struct json *answer, struct arena *arena);
bool idempotency_read(const struct idempotency *asked, struct str kept, struct str *answer,
                      struct arena *arena);
