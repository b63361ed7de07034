#pragma once

/* X-Frontdesk-Signature: what passes between us and the operator's own systems, in either direction.
 * t=<unix>,v1=<hex HMAC-SHA256(secret, t "." body)>. During a rotation the secret holds two values, separated
 * by a comma: the first signs, both are believed. */

#include "base/arena.h"

#define SIGNATURE_HEADER "X-Frontdesk-Signature"

struct str signature_make(struct str secret, struct str body, int64_t now_s, struct arena *arena);
/* False also where it is older, or newer, than five minutes, and always for an empty secret. */
bool signature_is_valid(struct str secret, struct str header, struct str body, int64_t now_s,
                        struct arena *arena);
