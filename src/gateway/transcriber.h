#pragma once

/* Speech to text, by a service that speaks the OpenAI-compatible form of /v1/audio/transcriptions. */

#include "gateway/gateway.h"
#include "gateway/recording.h"
#include "gateway/spoken.h"

struct transcriber;

/* NULL where the settings name no service. */
struct transcriber *transcriber_new(struct gateway *gateway);
void transcriber_free(struct transcriber *transcriber);

/* Has a recording written down (all copied); `language`, as our phrases call it, is a hint and may be empty.
 * `done` is called once, from the loop: ERR_NONE with what was heard (valid during the callback), ERR_INVALID
 * when the service can make nothing of this recording and never will, ERR_UNAVAILABLE for everything that may
 * be over by itself, or when the operator has mended it. */
void transcriber_listen(struct transcriber *transcriber, const struct recording *recording,
                        struct str language,
                        void (*done)(void *arg, enum err err, const struct spoken *spoken), void *arg);
