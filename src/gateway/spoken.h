#pragma once

/* What a transcription service has heard in a recording. */

#include "base/arena.h"

struct spoken {
    struct str text;   /* empty: nobody said anything */
    double confidence; /* 0 to 1; 0 also when the service does not tell */
};

/* Reads the service's answer (json or verbose_json); false: it is none. Texts in `arena`. */
bool spoken_read(struct str body, struct arena *arena, struct spoken *out);
